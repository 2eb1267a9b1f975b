"""Saved fits: what comes back, what is refused, and when a kept fit still holds."""

from __future__ import annotations

import io
import json
import pickle
import warnings
import zipfile

import numpy as np
import pandas as pd
import polars as pl
import pytest

import made_up
from partialpool import (
    StorageError,
    bernoulli,
    bf,
    binomial,
    brm,
    load,
    negbinomial,
    poisson,
    prior,
    register_function,
    save,
    student,
)

FRAME = pd.DataFrame(made_up.data())
NEW = FRAME.head(6).assign(g=["ann", "zoe", "bob", "zoe", "cy", "kim"], count=[0, 1, 2, 3, 1, 0])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.ppfit"


def assert_same(one, other):
    assert other.draws.names == one.draws.names
    np.testing.assert_array_equal(other.draws.values, one.draws.values)
    assert other.formula == one.formula
    assert other.family == one.family
    assert other.model.variables == one.model.variables
    u = np.random.default_rng(1).normal(0, 0.3, one.model.param_unc_num())
    assert other.model.log_density(u) == one.model.log_density(u)
    options = {"allow_new_levels": True, "seed": 3, "sample_new_levels": "gaussian"}
    for method in ("posterior_epred", "posterior_predict", "log_lik"):
        np.testing.assert_array_equal(getattr(other, method)(NEW, **options), getattr(one, method)(NEW, **options))
        np.testing.assert_array_equal(getattr(other, method)(seed=3), getattr(one, method)(seed=3))
    pd.testing.assert_frame_equal(other.posterior_summary(), one.posterior_summary())
    assert str(other.prior_summary()) == str(one.prior_summary())
    for name, values in one.sampler_stats.items():
        np.testing.assert_array_equal(other.sampler_stats[name], values)


register_function("dampen", lambda x: x / (1 + np.abs(x)))

MODELS = {
    "group": ("y ~ x * f + (x | g) + (1 | h)", None, {}),
    "parameters": (bf("y ~ x + (x | p | g)", "sigma ~ z + (1 | p | g)"), None, {}),
    "fixed": (bf("y ~ x", nu=4, center=False), student(), {}),
    "tied": (bf("y ~ x", nu="sigma"), student(), {}),
    "QR": (bf("y ~ x * z", decomp="QR"), None, {"prior": prior("normal(0, 2)", class_="b")}),
    "bases": ("y ~ poly(x, 2) + scale(z) + bs(time, df = 4) + log(w)", None, {}),
    "registered": ("y ~ dampen(x) + (dampen(x) | g)", None, {}),
    "sum contrasts": ("y ~ f", None, {"contrasts": {"f": "sum"}}),
    "contrasts from a level": ("y ~ f", None, {"contrasts": {"f": ("treatment", "v")}}),
    "contrasts from a matrix": ("y ~ f", None, {"contrasts": {"f": np.array([[1.0, 0], [0, 1], [-1, -1]])}}),
    "named contrasts": (
        *("y ~ f", None),
        {"contrasts": {"f": pd.DataFrame([[1.0, 0], [0, 1], [-1, -1]], columns=["first", "second"])}},
    ),
    "trials": ("count | trials(n) ~ z", binomial("probit"), {}),
    "rate": ("count | rate(time) ~ z", negbinomial(link_shape="softplus"), {}),
    "weights": ("yes | weights(w, scale = TRUE) ~ z", bernoulli(), {}),
    "offset": ("count ~ z + offset(log(time))", poisson(), {}),
    "priors": (
        *("y ~ x + z + (1 | g)", None),
        {
            "prior": [
                prior("normal(0, 1)", class_="b"),
                prior("constant(2)", class_="b", coef="x"),
                prior("student_t(4, 0, 1)", class_="sd", group="g", lb=0),
            ]
        },
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_saved_comes_back(name, path):
    formula, family, options = MODELS[name]
    frame = FRAME.assign(count=np.minimum(FRAME["count"], FRAME["n"]))
    fit = made_up.fit(formula, family, frame, draws={"spread": 0.2}, **options)
    fit.save(path)
    assert_same(fit, load(path))


def test_kinds_of_columns(path):
    """Ordered factors, unused levels, truth values, missing values, labels of rows, polars."""
    frame = FRAME.assign(
        size=pd.Categorical(FRAME["f"], ["w", "v", "u", "unused"], ordered=True),
        g=pd.Categorical(FRAME["g"], ["dee e", "cy", "bob", "ann"]),
        flag=FRAME["z"] > 0,
        z=FRAME["z"].mask(FRAME["z"] > 0.8),
        when=pd.Timestamp("2020-01-01"),
    ).set_index(pd.Index([f"row {i}" for i in range(len(FRAME))]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rows are dropped
        fit = made_up.fit("y ~ size + flag + z + (flag | g)", frame=frame)
    fit.save(path)
    found = load(path)  # without a warning
    assert found.nobs() == fit.nobs() < len(frame)
    np.testing.assert_array_equal(found.posterior_epred(), fit.posterior_epred())
    new = frame.head(4).assign(z=0.1)
    np.testing.assert_array_equal(found.posterior_epred(new), fit.posterior_epred(new))
    assert found.model.spec.frame.row_name(2) == fit.model.spec.frame.row_name(2)
    one = made_up.fit("y ~ x + f", frame=pl.DataFrame(FRAME))
    save(one, path)
    assert_same(one, load(path))


def test_sampled_fits_with_warmup_and_prior_draws(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few draws do not converge
        fit = brm(
            *("y ~ x + (1 | g)", FRAME),
            prior=prior("normal(0, 1)", class_="b"),
            sample_prior="yes",
            save_warmup=True,
            iter=200,
            chains=2,
            seed=np.int64(5),
            progress=False,
            control={"adapt_delta": np.float64(0.9)},
            init={"sigma": 2.0},
        )
    fit.save(path)
    found = load(path)
    assert_same(fit, found)
    assert "prior_b" in found.draws.names
    np.testing.assert_array_equal(found.warmup.values, fit.warmup.values)
    assert set(found.warmup_stats) == set(fit.warmup_stats)
    assert found.settings.seed == 5
    assert str(found.summary()) == str(fit.summary())
    assert found.idata["posterior"].equals(fit.idata["posterior"])


def test_empty_fits(path):
    fit = brm("y ~ x", FRAME, empty=True)
    fit.save(path)
    assert load(path).is_empty
    assert load(path).model.log_density(np.zeros(3)) == fit.model.log_density(np.zeros(3))


def test_saving_again_replaces_the_file_and_leaves_nothing_else(path):
    made_up.fit("y ~ x", frame=FRAME).save(path)
    fit = made_up.fit("y ~ x + z", frame=FRAME)
    fit.save(path)
    assert_same(fit, load(path))
    assert list(path.parent.iterdir()) == [path]


def test_places_where_nothing_can_be_written_or_read(tmp_path):
    fit = made_up.fit("y ~ x", frame=FRAME)
    with pytest.raises(StorageError, match="cannot be written"):
        fit.save(tmp_path / "nowhere" / "fit")
    with pytest.raises(StorageError, match="cannot be written"):
        fit.save(tmp_path)
    with pytest.raises(StorageError, match="cannot be read"):
        load(tmp_path / "none")
    with pytest.raises(StorageError, match="cannot be read"):
        load(tmp_path)


# Files that are damaged, foreign or hostile -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "fit"
    made_up.fit("y ~ x + f + (1 | g)", frame=FRAME).save(path)
    return path.read_bytes()


def members(saved):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(path, contents, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)


def npy(values, **options):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, values, **options)
    return stream.getvalue()


def header(shape, dtype="'<f8'"):
    text = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}"
    text = text + " " * (63 - (len(text) + 10) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize("keep", [0, 1, 10, 100, 1000, 0.5, 0.9, 0.999])
def test_truncated_files(saved, path, keep):
    path.write_bytes(saved[: int(keep if keep >= 1 or keep == 0 else keep * len(saved))])
    with pytest.raises(StorageError, match="not a saved fit, or is damaged"):
        load(path)


def test_bytes_changed_anywhere(saved, path):
    """Every change is noticed, or harmless: nothing but our error comes up."""
    rng = np.random.default_rng(1)
    for _ in range(150):
        damaged = bytearray(saved)
        for place in rng.integers(0, len(saved), rng.integers(1, 20)):
            damaged[place] = rng.integers(0, 256)
        path.write_bytes(bytes(damaged))
        try:
            load(path)
        except StorageError:
            continue


@pytest.mark.parametrize("contents", [b"", b"PK", b"hello", pickle.dumps({"kind": "partialpool fit"}), b"\0" * 1000])
def test_other_files(path, contents):
    path.write_bytes(contents)
    with pytest.raises(StorageError, match="not a saved fit"):
        load(path)


class _Bomb:
    fired = False

    def __reduce__(self):
        return (setattr, (_Bomb, "fired", True))


def edited(description, *keys, value):
    inner = description
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return description


EDITS = {
    "kind": ("kind", "something else"),
    "version of another type": ("version", "new"),
    "no names": ("names", ["a", "b"]),
    "names that are no names": ("names", 7),
    "recipe": ("recipe", None),
    "formula": ("recipe", "formula", {"kind": "model", "x": 1}),
    "formula text": ("recipe", "formula", "y ~ x"),
    "family": ("recipe", "family", {"family": "os.system"}),
    "prior": ("recipe", "prior", [{"prior": "__import__('os')", "class": "b"}]),
    "sample_prior": ("recipe", "sample_prior", "maybe"),
    "columns": ("recipe", "columns", []),
    "row labels": ("recipe", "row_labels", ["one"]),
    "kind of a column": ("recipe", "columns", 0, "kind", "factor"),
    "levels of a column": ("recipe", "columns", 3, "levels", ["u"]),
    "settings": ("settings", {}),
    "an unknown setting": ("settings", "command", "rm"),
    "iterations": ("settings", "iter", -5),
}


@pytest.mark.parametrize("name", EDITS)
def test_descriptions_that_are_wrong(saved, path, name):
    *keys, value = EDITS[name]
    contents = members(saved)
    contents["fit.json"] = json.dumps(edited(json.loads(contents["fit.json"]), *keys, value=value))
    written(path, contents)
    with pytest.raises(StorageError):
        load(path)


def test_later_versions(saved, path):
    contents = members(saved)
    description = edited(json.loads(contents["fit.json"]), "version", value=99)
    contents["fit.json"] = json.dumps(edited(description, "written_by", value="7.0.0"))
    written(path, contents)
    with pytest.raises(StorageError, match=r"written by partialpool 7\.0\.0, .* update partialpool"):
        load(path)


@pytest.mark.parametrize(
    "text",
    [b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"kind": "partialpool fit"}', b"1" * 5000],
    ids=["list", "null", "open", "bytes", "deep", "bare", "number"],
)
def test_descriptions_that_are_none(saved, path, text):
    written(path, {**members(saved), "fit.json": text})
    with pytest.raises(StorageError):
        load(path)


@pytest.mark.parametrize("gone", ["fit.json", "draws.npy", "rows.npy", "data/0.npy", "missing/1.npy"])
def test_members_that_are_not_there(saved, path, gone):
    written(path, {name: data for name, data in members(saved).items() if name != gone})
    with pytest.raises(StorageError, match="damaged"):
        load(path)


ARRAYS = {
    "pickled objects": npy(np.array([_Bomb()], dtype=object), allow_pickle=True),
    "too large a shape": header((10**12, 10**6)),
    "a shape larger than the data": header((2, 20, 30)) + b"\0" * 80,
    "a shape smaller than the data": header((1,)) + b"\0" * 800,
    "a negative shape": header((-1, 5)),
    "records": header((1,), "[('a', '<f8')]") + b"\0" * 8,
    "texts": header((2,), "'<U4'") + b"\0" * 32,
    "no array": b"hello",
    "another rank": npy(np.zeros(7)),
    "too few variables": npy(np.zeros((2, 20, 3))),
    "integers": npy(np.zeros((2, 20, 13), dtype=np.int64)),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_are_wrong(saved, path, name):
    written(path, {**members(saved), "draws.npy": ARRAYS[name]})
    with pytest.raises(StorageError):
        load(path)
    assert not _Bomb.fired


@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("rows", np.arange(3)),
        ("data/0", np.zeros(3)),
        ("data/0", np.zeros(48, dtype=np.int64)),
        ("data/3", np.full(48, 9, dtype=np.int32)),
        ("data/3", np.full(48, -7, dtype=np.int32)),
        ("missing/0", np.zeros(48)),
        ("stats/lp", np.zeros((2, 3))),
    ],
)
def test_columns_that_are_wrong(saved, path, member, values):
    written(path, {**members(saved), f"{member}.npy": npy(values)})
    with pytest.raises(StorageError):
        load(path)


def test_compressed_members_are_refused_unread(saved, path):
    contents = members(saved)
    written(path, {**contents, "draws.npy": header((2**27,)) + b"\0" * 2**24}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    with pytest.raises(StorageError, match="compressed"):
        load(path)


def test_members_that_share_their_bytes_are_refused_unread(saved, path):
    """A directory that lists one large member many times over."""
    names = [f"stats/{i:03d}.npy" for i in range(200)]
    written(path, {**members(saved), "stats/000.npy": npy(np.zeros(10_000)), **dict.fromkeys(names[1:], b"")})
    with zipfile.ZipFile(path) as archive:
        large = archive.getinfo("stats/000.npy")
    with zipfile.ZipFile(path, "a") as archive:
        for entry in archive.infolist():
            if entry.filename in names:
                entry.header_offset, entry.CRC = large.header_offset, large.CRC
                entry.file_size = entry.compress_size = large.file_size
        archive.writestr("end", b"")
    with pytest.raises(StorageError, match="larger than itself"):
        load(path)


def test_members_that_point_elsewhere_are_left_alone(saved, path):
    written(path, {**members(saved), "../evil.npy": npy(np.zeros(3)), "/tmp/evil.txt": b"x"})  # noqa: S108
    before = set(path.parent.parent.iterdir())
    assert load(path).nobs() == len(FRAME)
    assert set(path.parent.parent.iterdir()) == before


def test_models_that_can_no_longer_be_built(path):
    register_function("gone_tomorrow", lambda x: x)
    made_up.fit("y ~ gone_tomorrow(x)", frame=FRAME).save(path)
    contents = members(path.read_bytes())
    written(path, {n: d.replace(b"gone_tomorrow", b"never_was_here") for n, d in contents.items()})
    with pytest.raises(StorageError, match=r"cannot be built: .*never_was_here"):
        load(path)


# Kept fits ----------------------------------------------------------------------------------------------------------

SHORT = {"iter": 60, "chains": 2, "seed": 1, "progress": False}


def kept(path, formula="y ~ x + (1 | g)", frame=FRAME, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few draws do not converge
        return brm(formula, frame, file=path, **{**SHORT, **options})


def test_a_kept_fit_is_used_again(path):
    first = kept(path)
    written_at = path.stat().st_mtime_ns
    np.testing.assert_array_equal(kept(path).draws.values, first.draws.values)
    kept(path, cores=1, progress=None)
    assert path.stat().st_mtime_ns == written_at


def test_without_a_seed_any_will_do(path):
    first = kept(path, seed=None)
    np.testing.assert_array_equal(kept(path, seed=None).draws.values, first.draws.values)
    second = kept(path, seed=first.settings.seed + 1)
    assert not np.array_equal(second.draws.values, first.draws.values)


CHANGES = {
    "formula": {"formula": "y ~ z + (1 | g)"},
    "data": {"frame": FRAME.assign(x=FRAME["x"] + 1e-9)},
    "order of levels": {"frame": FRAME.assign(g=pd.Categorical(FRAME["g"], ["dee e", "cy", "bob", "ann"]))},
    "fewer rows": {"frame": FRAME.head(40)},
    "family": {"family": student()},
    "prior": {"prior": prior("normal(0, 1)", class_="b")},
    "sample_prior": {"sample_prior": "yes"},
    "iter": {"iter": 62},
    "warmup": {"warmup": 20},
    "chains": {"chains": 3},
    "thin": {"thin": 2},
    "seed": {"seed": 2},
    "control": {"control": {"adapt_delta": 0.9}},
    "init": {"init": {"sigma": 1.0}},
    "save_warmup": {"save_warmup": True},
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_refits(path, name):
    first = kept(path)
    second = kept(path, **CHANGES[name])
    same_shape = first.draws.values.shape == second.draws.values.shape
    assert name == "save_warmup" or not same_shape or not np.array_equal(first.draws.values, second.draws.values)
    written_at = path.stat().st_mtime_ns
    kept(path, **CHANGES[name])
    assert path.stat().st_mtime_ns == written_at


def test_starting_points_of_other_values_refit(path):
    first = kept(path, init={"sigma": 1.0})
    assert not np.array_equal(kept(path, init={"sigma": 2.0}).draws.values, first.draws.values)
    third = kept(path, init=lambda chain: np.full(8, 0.1 + chain))
    written_at = path.stat().st_mtime_ns
    again = kept(path, init=lambda chain: np.full(8, 0.1 + chain))
    assert path.stat().st_mtime_ns == written_at
    np.testing.assert_array_equal(again.draws.values, third.draws.values)
    kept(path, init=lambda chain: np.full(8, 0.2 + chain))
    assert path.stat().st_mtime_ns > written_at


def test_always_and_never(path):
    first = kept(path)
    written_at = path.stat().st_mtime_ns
    np.testing.assert_array_equal(kept(path, file_refit="never", seed=9).draws.values, first.draws.values)
    assert path.stat().st_mtime_ns == written_at
    kept(path, file_refit="always")
    assert path.stat().st_mtime_ns > written_at
    with pytest.raises(StorageError, match="did you mean 'never'"):
        kept(path, file_refit="neve")


def test_fits_with_and_without_draws_do_not_stand_for_each_other(path):
    assert kept(path, empty=True).is_empty
    assert not kept(path).is_empty
    assert kept(path, empty=True).is_empty


def test_an_interrupted_fit_is_made_again(path):
    fit = kept(path)
    cut = type(fit.draws)(fit.draws.names, fit.draws.values[:, :7])
    type(fit)(fit.recipe, fit.model, fit.settings, cut, {}).save(path)
    assert kept(path).draws.n_per_chain == 30


def test_a_file_of_something_else_is_not_overwritten(path):
    path.write_text("my thesis")
    with pytest.raises(StorageError, match="not a saved fit"):
        kept(path)
    assert path.read_text() == "my thesis"
