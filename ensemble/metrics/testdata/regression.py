"""Writes regression.json: what SciPy's distributions and numerical integration make of small regressions.

Debian's python3-numpy and python3-scipy, by

    python3 regression.py
"""

import json
import math

import numpy as np
from scipy import integrate, optimize, special, stats

PROBABILITY = 0.9


def plain(x):
    """JSON without infinities and NaN: these become strings."""
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple, np.ndarray)):
        return [plain(value) for value in x]
    if isinstance(x, (str, int)):
        return x
    x = float(x)
    return x if math.isfinite(x) else repr(x)


def cdf(y, mean, scale, weight):
    steps = (mean <= y).astype(float)
    smooth = stats.norm.cdf(y, mean, np.where(scale > 0, scale, 1))
    return np.sum(weight * np.where(scale > 0, smooth, steps))


def crps(y, mean, scale, weight):
    """The integral of the definition, in pieces between all that has a corner."""
    reach = 12 * scale.max()
    corners = np.unique(np.concatenate([mean, [y, mean.min() - reach, mean.max() + reach, y - reach, y + reach]]))
    corners = np.unique(np.concatenate([corners, np.concatenate([mean + k * scale for k in (-6, -3, -1, 1, 3, 6)])]))
    total = 0
    for low, high in zip(corners[:-1], corners[1:]):
        middle = (low + high) / 2

        def integrand(z):
            # A point mass is where the pieces end; its step belongs to the piece's side.
            steps = np.sum(weight[(scale == 0) & (mean <= middle)])
            smooth = scale > 0
            f = steps + np.sum(weight[smooth] * stats.norm.cdf(z, mean[smooth], scale[smooth]))
            return (f - (middle > y)) ** 2

        total += integrate.quad(integrand, low, high, epsabs=1e-13, epsrel=1e-12)[0]
    return total


def crps_of_samples(y, x, weight):
    return np.sum(weight * np.abs(x - y)) - 0.5 * np.sum(np.outer(weight, weight) * np.abs(x[:, None] - x))


def quantile(level, mean, scale, weight):
    if np.all(scale == 0):
        order = np.argsort(mean)
        total = np.cumsum(weight[order])
        return mean[order][np.argmax(total >= level - 1e-12)]
    z = stats.norm.ppf(level)
    low, high = np.min(mean + z * scale) - 1e-9, np.max(mean + z * scale) + 1e-9
    return optimize.brentq(lambda y: cdf(y, mean, scale, weight) - level, low, high, xtol=1e-14, rtol=1e-15)


def case(name, means, scales, targets, weights=None):
    n, members = means.shape
    weight = np.full(members, 1 / members) if weights is None else np.array(weights) / np.sum(weights)
    rows = list(zip(targets, means, scales))
    center = means @ weight
    points = np.any(scales == 0)
    density = math.nan
    if not points:
        density = np.mean([-special.logsumexp(stats.norm.logpdf(y, m, s), b=weight) for y, m, s in rows])
    pit = np.array([cdf(y, m, s, weight) for y, m, s in rows])
    levels = np.arange(1, 100) / 100
    shares = np.array([np.mean(pit <= level + 1e-12) for level in levels])
    low = np.array([quantile((1 - PROBABILITY) / 2, m, s, weight) for _, m, s in rows])
    high = np.array([quantile((1 + PROBABILITY) / 2, m, s, weight) for _, m, s in rows])
    all_points = np.all(scales == 0)
    return {
        "name": name,
        "members": members,
        "means": means.ravel(),
        "scales": scales.ravel(),
        "weights": [] if weights is None else weights,
        "targets": targets,
        "nll": density,
        "rmse": np.sqrt(np.mean((center - targets) ** 2)),
        "mean": center,
        "aleatoric": scales**2 @ weight,
        "epistemic": (means - center[:, None]) ** 2 @ weight,
        "crps": [crps_of_samples(y, m, weight) if all_points else crps(y, m, s, weight) for y, m, s in rows],
        "pit": pit,
        "calibration_error": np.mean(np.abs(shares - levels)),
        "probability": PROBABILITY,
        "low": low,
        "high": high,
        "coverage": np.mean((low <= targets) & (targets <= high)),
        "width": np.mean(high - low),
    }


def cases():
    rng = np.random.default_rng(4)
    means, scales = rng.normal(size=(25, 5)), rng.uniform(0.2, 2, size=(25, 5))
    yield case("random", means, scales, rng.normal(size=25) * 1.5)
    yield case("weighted", means, scales, rng.normal(size=25), [1, 0.5, 3, 0.25, 2])
    yield case("one member", means[:, :1], scales[:, :1], rng.normal(size=25))
    yield case("one sample", means[:1], scales[:1], np.array([0.3]))
    yield case("apart", np.tile([-40.0, 3.0, 35.0], (6, 1)), np.tile([0.5, 1.5, 1.0], (6, 1)), np.array([-41, -20, 3, 10, 36, 60.0]), [1, 2, 3])
    yield case("far off", means[:4], scales[:4] / 100, np.array([50, -50, 0.5, 8.0]))
    yield case("samples", means, np.zeros((25, 5)), rng.normal(size=25))
    yield case("samples with ties", rng.integers(0, 3, size=(20, 6)).astype(float), np.zeros((20, 6)), rng.integers(0, 3, size=20).astype(float))
    yield case("weighted samples", means, np.zeros((25, 5)), rng.normal(size=25), [3, 1, 0, 2, 4])
    yield case("one point", means[:, :1], np.zeros((25, 1)), rng.normal(size=25))
    mixed = scales.copy()
    mixed[:, 2] = 0
    yield case("a point among Gaussians", means, mixed, rng.normal(size=25), [1, 1, 0.05, 1, 1])


with open("regression.json", "w") as file:
    json.dump(plain(list(cases())), file)
    file.write("\n")
