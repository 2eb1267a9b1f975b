"""Where likelihoods of counts, proportions and of the first continuous families are looked at far out."""

from __future__ import annotations

import numpy as np

FAR = [-40.0, -3.0, 0.2, 3.0, 40.0]
MEANS = [*FAR, float(np.log(1e4)), float(np.log(1e9))]
SCALES = [float(np.log(scale)) for scale in (1e-6, 0.05, 1.0, 20.0, 1e4, 1e8)]
CHANCES = [-600.0, -40.0, 0.3, 40.0, 600.0]
DEGREES = [-40.0, -13.0, -2.0, 1.0, 5.0, 18.0]

REAL = [-40.0, 0.0, 0.7, 1e3]
POSITIVE = [1e-8, 0.7, 1.0, 1e3]
COUNTS = [0.0, 1.0, 7.0, 1e4, 1e9]
FEW = [0.0, 1.0, 7.0]
UNIT = [1e-10, 0.3, 1 - 2.0**-40]
CLOSED = [0.0, 1e-10, 0.3, 1.0]
OF_TRIALS = [
    *((0.0, 1.0), (1.0, 1.0), (3.0, 7.0), (0.0, 1e9), (1.0, 1e9), (1e9 - 2, 1e9), (1e9, 1e9), (5e8, 1e9), (1e4, 1e9)),
]
PROBABILITIES = [-40.0, -20.7, -11.5, -3.0, 0.01, 0.2, 3.0, 20.7, 40.0]
CLOGLOG = [-40.0, -3.0, 0.2, 3.0, 6.5, 6.9]

# Family, links that are not the default, responses (with trials), predictors, rows to pick, digits of mpmath.
CASES = [
    ("gaussian", {}, REAL, {"mu": FAR, "sigma": SCALES}, 30, 80),
    ("student", {}, REAL, {"mu": FAR, "sigma": SCALES, "nu": DEGREES}, 40, 80),
    ("lognormal", {}, POSITIVE, {"mu": FAR, "sigma": SCALES}, 30, 80),
    ("exponential", {}, POSITIVE, {"mu": FAR}, 20, 80),
    ("gamma", {}, POSITIVE, {"mu": FAR, "shape": SCALES}, 40, 80),
    ("poisson", {}, COUNTS, {"mu": MEANS}, 35, 80),
    ("poisson", {"link": "softplus"}, COUNTS, {"mu": [*FAR, 1e4, 1e9]}, 35, 80),
    ("poisson", {"link": "sqrt"}, COUNTS, {"mu": [-3e4, 1e-9, 0.2, 40.0, 3.2e4]}, 25, 80),
    ("geometric", {}, COUNTS, {"mu": MEANS}, 35, 80),
    ("negbinomial", {}, COUNTS, {"mu": MEANS, "shape": SCALES}, 60, 80),
    ("negbinomial", {"link": "squareplus"}, COUNTS, {"mu": [*FAR, 1e9], "shape": SCALES}, 40, 80),
    ("negbinomial2", {}, COUNTS, {"mu": MEANS, "sigma": SCALES}, 40, 80),
    ("discrete_weibull", {}, COUNTS, {"mu": PROBABILITIES, "shape": SCALES[:4]}, 40, 200),
    ("com_poisson", {}, [*FEW, 1e4], {"mu": [-40.0, -3.0, 0.2, 3.0, 9.2], "shape": [-3.0, -1.0, *SCALES[2:]]}, 20, 40),
    ("com_poisson", {}, FEW, {"mu": [-3.0, 0.2, 3.0], "shape": SCALES[:2]}, 2, 40),
    ("generalized_poisson", {}, COUNTS, {"mu": MEANS, "delta": CHANCES}, 40, 600),
    ("beta_negbinomial", {}, COUNTS, {"mu": MEANS, "shape": SCALES, "nu": DEGREES}, 100, 120),
    ("zero_inflated_poisson", {}, COUNTS, {"mu": MEANS, "zi": CHANCES}, 30, 600),
    ("zero_inflated_negbinomial", {}, FEW, {"mu": MEANS, "shape": SCALES, "zi": CHANCES}, 30, 600),
    ("hurdle_poisson", {}, COUNTS, {"mu": MEANS, "hu": CHANCES}, 30, 600),
    ("hurdle_negbinomial", {}, FEW, {"mu": MEANS, "shape": SCALES, "hu": CHANCES}, 30, 600),
    ("bernoulli", {}, [0.0, 1.0], {"mu": CHANCES}, 10, 600),
    ("bernoulli", {"link": "cloglog"}, [0.0, 1.0], {"mu": [-600.0, *CLOGLOG]}, 14, 520),
    ("bernoulli", {"link": "softit"}, [0.0, 1.0], {"mu": CHANCES}, 10, 600),
    ("binomial", {}, OF_TRIALS, {"mu": PROBABILITIES}, 60, 80),
    ("binomial", {"link": "probit"}, OF_TRIALS, {"mu": [-8.0, -5.9, 0.01, 3.0, 8.0]}, 30, 80),
    ("binomial", {"link": "cauchit"}, OF_TRIALS, {"mu": [-1e8, -40.0, 0.3, 40.0, 1e8]}, 20, 80),
    ("beta_binomial", {}, OF_TRIALS, {"mu": PROBABILITIES, "phi": SCALES}, 60, 120),
    ("zero_inflated_binomial", {}, OF_TRIALS, {"mu": PROBABILITIES, "zi": CHANCES}, 30, 600),
    ("zero_inflated_beta_binomial", {}, OF_TRIALS, {"mu": PROBABILITIES, "phi": SCALES, "zi": FAR}, 40, 120),
    ("beta", {}, UNIT, {"mu": FAR, "phi": SCALES}, 40, 80),
    ("beta", {"link": "cloglog"}, UNIT, {"mu": CLOGLOG, "phi": SCALES}, 20, 520),
    ("zero_inflated_beta", {}, [0.0, *UNIT], {"mu": FAR, "phi": SCALES, "zi": CHANCES}, 30, 600),
    ("zero_one_inflated_beta", {}, CLOSED, {"mu": FAR, "phi": SCALES, "zoi": CHANCES, "coi": CHANCES}, 30, 600),
    ("ordered_beta", {}, CLOSED, {"mu": FAR, "phi": SCALES, "xi": FAR, "kappa": SCALES}, 40, 120),
    ("xbeta", {}, CLOSED, {"mu": FAR[1:4], "phi": SCALES[1:5], "kappa": SCALES[:4]}, 20, 60),
]
