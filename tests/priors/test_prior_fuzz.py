"""Whatever the text of a prior and its bounds, a table of priors results or a PriorError with words in it."""

import warnings

from hypothesis import given, settings
from hypothesis import strategies as st

from partialpool.errors import DataWarning, PriorError
from partialpool.priors.distributions import DISTRIBUTIONS
from partialpool.priors.prior import Prior, PriorTable, prior
from partialpool.priors.resolution import resolve

DEFAULTS = PriorTable(
    (
        *(Prior("", "b", coef, source="default") for coef in ("", "x", "z")),
        Prior("lkj(1)", "cor", source="default"),
        Prior("", "cor", group="g", source="default"),
        Prior("student_t(3, 0, 2.5)", "sd", lb=0.0, source="default"),
        Prior("", "sd", group="g", source="default"),
        Prior("", "sd", "x", "g", source="default"),
    )
)
_SPELLED = """
normal( student_t( lkj( dirichlet( constant( horseshoe( c( rep( exp( log( x min_Y pi TRUE NA Inf 'a' 0 1 -1 .5 2L 1e400 10^400
1/0 log(-1) rep(1,3) rep(1,1e9) c() c(1,2) broadcast= mu= , , ) ) + - * / ^ ( = : ~ |
"""
_WORDS = [*_SPELLED.split(), *(f"{name}(" for name in DISTRIBUTIONS)]
_NUMBERS = ["0", "1", "2", "-1", "0.5", "1e-8", "1e8", "1e-300", "1e300", "c(1, 2)", "min_Y", "exp(800)", "-1e300"]


@st.composite
def laws(draw: st.DrawFn) -> str:
    """Return a distribution with the right number of arguments, which may be beyond all measure."""
    law = DISTRIBUTIONS[draw(st.sampled_from(sorted(DISTRIBUTIONS)))]
    return f"{law.name}({', '.join(draw(st.sampled_from(_NUMBERS)) for _ in law.parameters)})"


_SOUP = st.lists(st.sampled_from(_WORDS), max_size=10).map(" ".join)
_CLASSES = st.sampled_from(["b", "sd", "cor", "q", ""])
_LOWER = st.sampled_from([None, 0, -1, 1, 100.0, 1e300, "min_Y", "x", float("inf")])
_UPPER = st.sampled_from([None, 1, 2, 1e6, -5, 1e-200, float("-inf")])


@settings(deadline=None, max_examples=400)
@given(st.one_of(laws(), _SOUP, st.text(max_size=20)), _CLASSES, st.sampled_from(["", "x"]), _LOWER, _UPPER)
def test_any_text_and_bounds(text, class_, coef, lb, ub):
    def refused(error):
        assert any(letter.isalpha() for letter in str(error))

    group = "g" if class_ == "sd" and coef else ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
            priors = resolve(DEFAULTS, prior(text, class_, coef, group, lb=lb, ub=ub), {"min_Y": 0.5})
    except PriorError as error:
        refused(error)
    else:
        for leaf in priors.leaves():
            assert leaf.lb < leaf.ub
        assert len(priors.summary()) == len(DEFAULTS)
