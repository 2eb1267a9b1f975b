"""Builds and samples the posteriors of posteriordb that formulas express, and compares gradients with those of CmdStan.

Run it as `python benchmarks/posteriordb.py FOLDER`, where FOLDER has `index.json`, `data/` and `cmdstan_gradients.json`.
Prints a table, and saves it as JSON.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import partialpool as pp
from partialpool.model.model import Model
from posteriordb_models import NOT_EXPRESSED, POSTERIORS, Part, Posterior

_STEP = 1e-30  # of complex steps, which lose no digits


def build(posterior: Posterior, data: dict[str, Any], *, centred: bool = False, **options: Any) -> pp.Fit:
    """Return the fit of a posterior, with a centred intercept where that is the same posterior."""
    formula, priors = posterior.formula, list(posterior.priors(data))
    if centred and posterior.centred:
        formula, priors = posterior.centred, [*priors, pp.prior("", class_="Intercept")]
    return pp.brm(formula, posterior.columns(data), posterior.family, priors or None, **options)


# Stan's parameters ------------------------------------------------------------------------------------------------


def places(model: Model, name: str) -> NDArray[np.int64]:
    """Return where in the unconstrained vector a parameter or one of its elements stands."""
    known = model.param_unc_names()
    found = [i for i, known_name in enumerate(known) if known_name == name or known_name.startswith(f"{name}.")]
    if not found:
        raise KeyError(f"{name} is none of {known[:10]}")
    return np.array(found)


def bounds_of(model: Model, name: str) -> tuple[float, float]:
    """Return the bounds of a parameter of ours."""
    parameter = next(p for p in model.parameters if p.name == name.split(".")[0])
    return getattr(parameter.constraint, "lower", -np.inf), getattr(parameter.constraint, "upper", np.inf)


def constrained(u: NDArray[Any], low: float, high: float) -> NDArray[Any]:
    if np.isinf(high):
        return low + np.exp(u)
    return low + (high - low) / (1 + np.exp(-u))


def translated(x: NDArray[Any], model: Model, parts: tuple[Part, ...]) -> tuple[NDArray[Any], Any]:
    """Return our unconstrained parameters of Stan's, and what else Stan's density has: the log determinant of the map."""
    u, start, determinant = np.zeros(model.param_unc_num(), dtype=x.dtype), 0, 0.0
    pending = []
    for part in parts:
        at = places(model, part.name)
        size = part.n_levels or len(at)
        piece, start = x[start : start + size], start + size
        if part.scale:
            pending.append((part, at, piece))
        elif part.bounds is not None:
            low, high = part.bounds
            u[at] = constrained(piece, low, high)
            share = (u[at] - low) / (high - low)
            determinant = determinant + np.sum(np.log((high - low) * share * (1 - share)))
        else:
            u[at] = piece
    for part, at, piece in pending:
        scale = constrained(u[places(model, part.scale)], *bounds_of(model, part.scale))
        mean = u[places(model, part.mean)] if part.mean else 0.0
        standard = (piece - mean) / scale
        determinant = determinant - len(piece) * np.sum(np.log(scale))
        if part.n_levels:
            block = model.spec.blocks[int(part.name.removeprefix("z_")) - 1]
            seen = np.array([int(level) - 1 for level in block.levels])
            # Levels that do not occur have their normal density and nothing else.
            determinant = determinant - np.sum(np.delete(standard, seen) ** 2) / 2
            standard = standard[seen]
        u[at] = standard
    if start != len(x):
        raise ValueError(f"{start} parameters are named, Stan has {len(x)}")
    return u, determinant


def gradient_in_stan(model: Model, parts: tuple[Part, ...], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gradient of our log density with respect to Stan's parameters."""
    u, _ = translated(x, model, parts)
    gradient = model.log_density_gradient(u)[1]
    found = np.empty(len(x))
    for i in range(len(x)):
        moved = x.astype(complex)
        moved[i] += 1j * _STEP
        direction, determinant = translated(moved, model, parts)
        found[i] = gradient @ direction.imag / _STEP + np.imag(determinant) / _STEP
    return found


def point(n: int, number: int) -> NDArray[np.float64]:
    """Return the point at which CmdStan's gradient was recorded."""
    i = np.arange(n)
    return [0.1 + 0.05 * (i % 7) - 0.15 * (i % 3), 0.02 * ((i % 5) - 2.0), np.zeros(n)][number]


def worst_gradient_error(model: Model, posterior: Posterior, recorded: dict[str, Any] | None) -> float | None:
    """Return the largest difference from CmdStan's gradient, relative to the larger of the entry and 1e-6 of the largest."""
    if recorded is None or posterior.map is None:
        return None
    expected = np.array(recorded["gradient"])
    found = gradient_in_stan(model, tuple(posterior.map), point(len(expected), recorded["point"]))
    scale = np.maximum(np.abs(expected), max(1.0, 1e-6 * np.abs(expected).max()))
    return float(np.max(np.abs(found - expected) / scale))


# Sampling ---------------------------------------------------------------------------------------------------------


def sampled(posterior: Posterior, data: dict[str, Any], seed: int) -> dict[str, Any]:
    """Sample at default settings; return divergences, convergence and time."""
    from arviz_stats.base import array_stats

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        start = time.perf_counter()
        fit = build(posterior, data, centred=True, seed=seed, progress=False)
        seconds = time.perf_counter() - start
    varying = [i for i in range(fit.draws.values.shape[2]) if np.ptp(fit.draws.values[:, :, i]) > 0]
    values = fit.draws.values[:, :, varying]
    rhat = [float(array_stats.rhat(values[:, :, i], chain_axis=0, draw_axis=1)) for i in range(len(varying))]
    ess = [float(array_stats.ess(values[:, :, i], chain_axis=0, draw_axis=1)) for i in range(len(varying))]
    return {
        "divergences": int(fit.sampler_stats["diverging"].sum()),
        "max_treedepth": int(fit.sampler_stats["reached_max_treedepth"].sum()),
        "rhat": max(rhat),
        "ess": min(ess),
        "seconds": seconds,
        "warnings": [str(warning.message) for warning in caught],
    }


def checked(
    name: str, data: dict[str, Any], recorded: dict[str, Any] | None, *, seed: int, sampling: bool
) -> dict[str, Any]:
    """Return all figures of a posterior."""
    posterior = POSTERIORS[name]
    model = build(posterior, data, empty=True).model
    result: dict[str, Any] = {"name": name, "parameters": model.param_unc_num(), "rows": model.spec.frame.n_rows}
    result["gradient_error"] = worst_gradient_error(model, posterior, recorded)
    if sampling:
        result |= sampled(posterior, data, seed)
    if posterior.note:
        result["note"] = posterior.note
    return result


def shown(result: dict[str, Any]) -> str:
    """Return a row of the table."""
    error = "-" if result["gradient_error"] is None else f"{result['gradient_error']:.0e}"
    line = f"{result['name']:54s} {result['rows']:6d} {result['parameters']:5d} {error:>7s}"
    if "rhat" not in result:
        return line
    counts = f"{result['divergences']:5d} {result['max_treedepth']:5d}"
    return f"{line} {counts} {result['rhat']:6.3f} {result['ess']:6.0f} {result['seconds']:8.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with index.json, data/ and cmdstan_gradients.json")
    parser.add_argument("--only", nargs="*", default=[], help="names, or beginnings of names, of posteriors")
    parser.add_argument("--no-sampling", action="store_true", help="compare gradients alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("posteriordb.json"), help="file that the results are saved in")
    arguments = parser.parse_args()
    index = json.loads((arguments.folder / "index.json").read_text())["posteriors"]
    recorded = json.loads((arguments.folder / "cmdstan_gradients.json").read_text())["posteriors"]
    print(f"{'posterior':54s}   rows param gradient diverg. depth  Rhat    ESS  seconds")
    results = []
    for entry in index:
        name = entry["name"]
        if arguments.only and not any(name.startswith(beginning) for beginning in arguments.only):
            continue
        if name in NOT_EXPRESSED:
            print(f"{name:54s} not expressed: {NOT_EXPRESSED[name]}")
            results.append({"name": name, "not_expressed": NOT_EXPRESSED[name]})
            continue
        data = json.loads((arguments.folder / entry["data"]).read_text())
        result = checked(name, data, recorded.get(name), seed=arguments.seed, sampling=not arguments.no_sampling)
        print(shown(result), flush=True)
        results.append(result)
    arguments.out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
