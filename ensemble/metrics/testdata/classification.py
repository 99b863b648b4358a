"""Writes classification.json: what scikit-learn, SciPy, and NumPy by the definitions make of small classifications.

Debian's python3-numpy, python3-scipy and python3-sklearn, by

    python3 classification.py
"""

import itertools
import json
import math

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics

BINS = 15


def plain(x):
    """JSON without infinities and NaN: these become strings."""
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple, np.ndarray)):
        return [plain(value) for value in x]
    if isinstance(x, (str, int)):
        return x
    if isinstance(x, np.integer):
        return int(x)
    x = float(x)
    return x if math.isfinite(x) else repr(x)


def equal_width(confidence, correct):
    """Bins (lo, hi]; 1e-12 above an end counts as on it; 0 is in the first."""
    ends = np.array([b / BINS for b in range(1, BINS)])
    index = np.digitize(confidence - 1e-12, ends, right=True)
    counts = np.array([np.sum(index == b) for b in range(BINS)])
    mean = [np.mean(confidence[index == b]) if counts[b] else math.nan for b in range(BINS)]
    share = [np.mean(correct[index == b]) if counts[b] else math.nan for b in range(BINS)]
    return counts, mean, share


def equal_mass(confidence, correct):
    """np.array_split of the sorted confidences; those that tie share what is correct."""
    expected = np.array([np.mean(correct[confidence == c]) for c in confidence])
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, BINS)
    counts = np.array([len(p) for p in parts])
    mean = [np.mean(confidence[p]) if len(p) else math.nan for p in parts]
    share = [np.mean(expected[p]) if len(p) else math.nan for p in parts]
    return counts, mean, share


def error(counts, mean, share):
    full = counts > 0
    return np.sum(counts[full] * np.abs(np.array(mean)[full] - np.array(share)[full])) / np.sum(counts)


def expected_losses(confidence, loss):
    """Expected sum of the losses of the k most confident, ties in random order."""
    sums = []
    for k in range(1, len(loss) + 1):
        threshold = np.sort(confidence)[::-1][k - 1]
        above, at = confidence > threshold, confidence == threshold
        sums.append(np.sum(loss[above]) + (k - np.sum(above)) * np.mean(loss[at]))
    return np.array(sums)


def temperature(log_p, labels):
    """Minimizes the NLL over log T from 0.01 to 100; NaN if a label has probability zero."""
    n = np.arange(len(labels))
    if np.any(np.isinf(log_p[n, labels])):
        return math.nan

    def slope(log_t):
        p = special.softmax(log_p / math.exp(log_t), axis=1)
        z = np.where(np.isinf(log_p), 0, log_p)
        return np.mean(np.sum(p * z, axis=1) - z[n, labels])

    low, high = math.log(0.01), math.log(100)
    if slope(0) == 0:
        return 1
    if slope(low) <= 0:
        return 0.01
    if slope(high) >= 0:
        return 100
    return math.exp(optimize.brentq(slope, low, high, xtol=1e-14, rtol=1e-14))


def case(name, log_p, labels, votes, coverage=0.7, risk=0.2):
    labels = np.asarray(labels)
    n, classes = log_p.shape
    p = np.exp(log_p)
    onehot = np.eye(classes)[labels]
    predicted = np.argmax(log_p, axis=1)
    correct = (predicted == labels).astype(float)
    confidence = p[np.arange(n), predicted]
    width, mass = equal_width(confidence, correct), equal_mass(confidence, correct)
    sums = expected_losses(log_p[np.arange(n), predicted], 1 - correct)
    k = np.arange(1, n + 1)
    kept = [j for j in k if sums[j - 1] / j <= risk]
    members = int(votes[0].sum())
    ballots = [np.repeat(np.arange(classes), v) for v in votes]
    pairs = [np.mean([a != b for a, b in itertools.combinations(ballot, 2)]) if members > 1 else math.nan for ballot in ballots]
    with np.errstate(divide="ignore"):
        nll = -np.log(p[np.arange(n), labels])
    t = temperature(log_p, labels)
    tempered = special.log_softmax(log_p / 2.5, axis=1)
    return {
        "name": name,
        "classes": classes,
        "log_probabilities": log_p.ravel(),
        "labels": labels,
        "votes": votes.ravel(),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "nll": np.mean(nll),
        "brier": np.mean(np.sum((p - onehot) ** 2, axis=1)),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=range(classes)).ravel(),
        "ece": error(*width),
        "adaptive_ece": error(*mass),
        "classwise_ece": np.mean([error(*equal_width(p[:, c], onehot[:, c])) for c in range(classes)]),
        "classwise_adaptive_ece": np.mean([error(*equal_mass(p[:, c], onehot[:, c])) for c in range(classes)]),
        "counts": width[0],
        "confidences": width[1],
        "accuracies": width[2],
        "mass_counts": mass[0],
        "mass_confidences": mass[1],
        "mass_accuracies": mass[2],
        "entropy": np.mean(stats.entropy(p, axis=1)),
        "risks": sums / k,
        "aurc": np.mean(sums / k),
        "augrc": np.trapz(np.concatenate([[0], sums]) / n, np.arange(n + 1) / n),
        "coverage": coverage,
        "risk_at_coverage": (sums / k)[math.ceil(round(coverage * n, 9)) - 1],
        "risk": risk,
        "coverage_at_risk": max(kept) / n if kept else 0,
        "disagreement": np.mean(pairs),
        "temperature": t,
        "tempered": tempered.ravel(),
    }


def log_softmax(z):
    return special.log_softmax(z, axis=1)


def votes(rng, members, log_p):
    return np.array([rng.multinomial(members, np.exp(row) / np.exp(row).sum()) for row in log_p])


def cases():
    rng = np.random.default_rng(1)
    z = rng.normal(size=(80, 4)) * 2
    labels = [rng.choice(4, p=row) for row in special.softmax(z * 0.6, axis=1)]
    log_p = log_softmax(z)
    yield case("random", log_p, labels, votes(rng, 7, log_p))

    # Few different rows, and classes of the same probability.
    z = rng.choice([0.0, 1.0], size=(60, 3))
    labels = [rng.choice(3, p=row) for row in special.softmax(z, axis=1)]
    log_p = log_softmax(z)
    yield case("ties", log_p, labels, votes(rng, 5, log_p), coverage=0.55, risk=0.45)

    # The shares of five votes: many confidences are on the ends of bins.
    shares = rng.multinomial(5, [0.6, 0.3, 0.1], size=50) / 5
    with np.errstate(divide="ignore"):
        log_p = np.log(shares)
    labels = rng.choice(3, p=[0.6, 0.3, 0.1], size=50)
    yield case("shares", log_p, labels, (shares * 5).round().astype(int), coverage=0.8, risk=0.4)

    z = np.column_stack([rng.normal(8, 1, size=40), np.zeros(40)])
    labels = (rng.random(40) < 0.1).astype(int)
    log_p = log_softmax(z)
    yield case("empty bins", log_p, labels, votes(rng, 2, log_p), risk=0.05)

    z = rng.normal(size=(30, 5))
    log_p = log_softmax(z)
    yield case("one member", log_p, rng.choice(5, size=30), np.eye(5, dtype=int)[np.argmax(z, axis=1)])

    # Wrong with certainty: zeros that the labels have, and ones that they do not.
    log_p = np.full((6, 3), -np.inf)
    log_p[np.arange(6), [0, 1, 2, 0, 1, 2]] = 0
    yield case("certain and wrong", log_p, [1, 2, 0, 1, 2, 0], np.eye(3, dtype=int)[[0, 1, 2, 0, 1, 2]] * 3)
    yield case("certain and right", log_p, [0, 1, 2, 0, 1, 2], np.eye(3, dtype=int)[[0, 1, 2, 0, 1, 2]] * 3)

    z = rng.normal(size=(25, 4)) * np.array([1, 1, 1, 0.2])
    log_p = log_softmax(z)
    yield case("a class without samples", log_p, rng.choice(3, size=25), votes(rng, 10, log_p))

    log_p = np.log(np.array([[0.2, 0.7, 0.1]]))
    yield case("one sample", log_p, [1], np.array([[1, 2, 0]]))
    yield case("one sample, wrong", log_p, [0], np.array([[3, 3, 3]]))

    # Zeros that are not the label's.
    z = rng.normal(size=(30, 4))
    labels = np.argmax(z + rng.gumbel(size=(30, 4)), axis=1)
    z[np.arange(30), (labels + 1) % 4] = -np.inf
    log_p = log_softmax(z)
    yield case("zeros", log_p, labels, votes(rng, 6, log_p))

    z = np.column_stack([np.full(20, 0.5), np.zeros(20)])
    log_p = log_softmax(z)
    yield case("worse than chance", log_p, [1] * 15 + [0] * 5, votes(rng, 4, log_p))
    yield case("always right", log_p, [0] * 20, votes(rng, 4, log_p))


def detections():
    rng = np.random.default_rng(2)
    for name, inside, outside in [
        ("random", rng.normal(size=70), rng.normal(1, 2, size=50)),
        ("ties", rng.integers(0, 5, size=60) / 4, rng.integers(2, 8, size=40) / 4),
        ("all equal", np.ones(5), np.ones(20)),
        ("apart", np.arange(20.0), np.arange(30.0) + 20),
        ("upside down", np.arange(20.0) + 30, np.arange(30.0)),
        ("one of each", np.array([0.5]), np.array([0.25])),
    ]:
        scores = np.concatenate([inside, outside])
        out = np.concatenate([np.zeros(len(inside)), np.ones(len(outside))])
        fpr, tpr, _ = metrics.roc_curve(out, scores, drop_intermediate=False)
        fpr_in, tpr_in, _ = metrics.roc_curve(1 - out, -scores, drop_intermediate=False)
        yield {
            "name": name,
            "in": inside,
            "out": outside,
            "auroc": metrics.roc_auc_score(out, scores),
            "aupr_out": metrics.average_precision_score(out, scores),
            "aupr_in": metrics.average_precision_score(1 - out, -scores),
            "fpr_out": fpr[np.argmax(tpr >= 0.95)],
            "fpr_in": fpr_in[np.argmax(tpr_in >= 0.95)],
        }


def committee():
    """Seven members of one committee, their aggregates and what is made of these."""
    rng = np.random.default_rng(3)
    members, n, classes = 7, 30, 4
    labels = rng.choice(classes, size=n)
    log_p = special.log_softmax(rng.normal(size=(members, n, classes)) * 2 + rng.normal(size=(n, classes)), axis=2)
    p = np.exp(log_p)
    mean, at = p.mean(axis=0), (np.arange(n), labels)
    member_entropy = stats.entropy(p, axis=2).mean(axis=0)
    mutual = np.mean([np.sum(p * (log_p - np.log(mean)), axis=2)], axis=(0, 1))
    geometric = special.softmax(log_p.mean(axis=0), axis=1)
    divergence = np.sum(geometric * (np.log(geometric) - log_p), axis=2)
    running = [np.sum(np.log(np.mean(p[: m + 1], axis=0)[at])) for m in range(members)]
    outputs, targets = rng.normal(size=(members, n)), rng.normal(size=n)
    half = p[:3].mean(axis=0)
    return {
        "members": members,
        "classes": classes,
        "labels": labels,
        "log_mean": np.log(mean).ravel(),
        "log_half": np.log(half).ravel(),
        "mean_log": log_p.mean(axis=0).ravel(),
        "label_log": [log_p[m][at] for m in range(members)],
        "member_entropy": member_entropy,
        "mutual_information": mutual,
        "running_lppd": running,
        "geometric": {
            "committee": np.mean(-np.log(geometric[at])),
            "members": np.mean([-log_p[m][at] for m in range(members)]),
            "ambiguity": np.mean(divergence),
        },
        "output_means": outputs.mean(axis=0),
        "output_variances": outputs.var(axis=0),
        "targets": targets,
        "squared": {
            "committee": np.mean((outputs.mean(axis=0) - targets) ** 2),
            "members": np.mean((outputs - targets) ** 2),
            "ambiguity": np.mean(outputs.var(axis=0)),
        },
        "agreement": np.mean(np.argmax(mean, axis=1) == np.argmax(half, axis=1)),
        "total_variation": np.mean(0.5 * np.sum(np.abs(mean - half), axis=1)),
    }


with open("classification.json", "w") as file:
    json.dump(plain({"cases": list(cases()), "detections": list(detections()), "committee": committee()}), file)
    file.write("\n")
