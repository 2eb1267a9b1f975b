from dataclasses import dataclass

from partialpool.fit.blocks import blocks


@dataclass(frozen=True)
class Listed:
    """What `blocks` reads of an output."""

    rank: str
    variable: str
    coords: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]


OUTPUTS = (
    Listed("b_Intercept", "b", (("Intercept",),), ("b_Intercept",)),
    Listed("b_Intercept", "b_sigma", (("Intercept",),), ("b_sigma_Intercept",)),
    Listed("b", "b", (("x", "x:z"),), ("b_x", "b_x:z")),
    Listed("bs", "bs", (("sx_1",),), ("bs_sx_1",)),
    Listed("bsp", "bsp", (("mox",),), ("bsp_mox",)),
    Listed("ar", "ar", (("1",),), ("ar[1]",)),
    Listed("cortime", "cortime", (("v1__v2",),), ("cortime__v1__v2",)),
    Listed("sd", "sd_g:h", (("Intercept", "a__b"),), ("sd_g:h__Intercept", "sd_g:h__a__b")),
    Listed("sd", "sd_k", (("sigma_Intercept",),), ("sd_k__sigma_Intercept",)),
    Listed("cor", "cor_g:h", (("Intercept__a__b",),), ("cor_g:h__Intercept__a__b",)),
    Listed("df", "df_k", (), ("df_k",)),
    Listed("sds", "sds", (("sx_1",),), ("sds_sx_1",)),
    Listed("sdgp", "sdgp", (("gpx",),), ("sdgp_gpx",)),
    Listed("dpar", "sigma", (), ("sigma",)),
    Listed("rescor", "rescor", (("y1__y2",),), ("rescor__y1__y2",)),
    Listed("simo", "simo_mox1", (("1", "2"),), ("simo_mox1[1]", "simo_mox1[2]")),
    Listed("r", "r_k", (("l",), ("Intercept",)), ("r_k[l,Intercept]",)),
)


def test_every_kind_of_parameter_stands_under_its_title_and_name():
    listed = [(block.title, block.group, list(block.labels.values())) for block in blocks(OUTPUTS)]
    assert listed == [
        ("Smoothing Spline Hyperparameters", "", ["sds(sx_1)"]),
        ("Gaussian Process Hyperparameters", "", ["sdgp(gpx)"]),
        ("Correlation Structures", "", ["ar[1]", "cortime(v1,v2)"]),
        ("Multilevel Hyperparameters", "g:h", ["sd(Intercept)", "sd(a__b)", "cor(Intercept,a__b)"]),
        ("Multilevel Hyperparameters", "k", ["sd(sigma_Intercept)", "df"]),
        ("Regression Coefficients", "", ["Intercept", "sigma_Intercept", "x", "x:z", "sx_1", "mox"]),
        ("Monotonic Simplex Parameters", "", ["mox1[1]", "mox1[2]"]),
        ("Further Distributional Parameters", "", ["sigma"]),
        ("Residual Correlations", "", ["rescor(y1,y2)"]),
    ]


def test_rows_know_their_variables():
    rows = {name: label for block in blocks(OUTPUTS) for name, label in block.labels.items()}
    assert rows["cor_g:h__Intercept__a__b"] == "cor(Intercept,a__b)"
    assert set(rows) == {name for output in OUTPUTS if output.rank != "r" for name in output.names}
