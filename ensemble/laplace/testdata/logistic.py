# Writes logistic.json: Laplace's approximation of softmax regression, with three classes
# and two inputs, by NumPy and SciPy alone. The mode is the maximum of the posterior by
# SciPy's BFGS; the curvature is that of finite differences of the gradient, so that no
# formula is shared with the library; the best prior precision is that of a search.
import json
import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logsumexp

rng = np.random.default_rng(4)
n, dims, classes = 40, 2, 3
x = rng.normal(size=(n, dims)).astype(np.float32).astype(float)
truth = rng.normal(size=(classes, dims + 1))
logits = x @ truth[:, :dims].T + truth[:, dims]
labels = np.array([rng.choice(classes, p=np.exp(z - logsumexp(z))) for z in logits])
delta = 0.7


def outputs(params, x):  # weight [classes, dims], then bias
    return x @ params[: classes * dims].reshape(classes, dims).T + params[classes * dims :]


def nll(params):
    z = outputs(params, x)
    return np.sum(logsumexp(z, axis=1) - z[np.arange(n), labels])


def gradient(params):
    z = outputs(params, x)
    r = np.exp(z - logsumexp(z, axis=1, keepdims=True))
    r[np.arange(n), labels] -= 1
    return np.concatenate([(r.T @ x).ravel(), r.sum(0)])


mode = minimize(lambda p: nll(p) + delta / 2 * p @ p, np.zeros(classes * (dims + 1)), jac=lambda p: gradient(p) + delta * p,
                method="BFGS", options={"gtol": 1e-10}).x.astype(np.float32).astype(float)
size = len(mode)
step = 1e-5
hessian = np.array([(gradient(mode + step * e) - gradient(mode - step * e)) / (2 * step) for e in np.eye(size)])
hessian = (hessian + hessian.T) / 2
covariance = np.linalg.inv(hessian + delta * np.eye(size))


def evidence(delta, matrix):
    return -nll(mode) - delta / 2 * mode @ mode + size / 2 * np.log(delta) - np.linalg.slogdet(matrix + delta * np.eye(size))[1] / 2


def best(matrix):
    return np.exp(minimize_scalar(lambda t: -evidence(np.exp(t), matrix), bounds=(-10, 10), method="bounded", options={"xatol": 1e-10}).x)


new = rng.normal(size=(5, dims)).astype(np.float32).astype(float)
mean = outputs(mode, new)
jacobian = np.zeros((5, classes, size))
for k in range(classes):
    jacobian[:, k, k * dims : (k + 1) * dims] = new
    jacobian[:, k, classes * dims + k] = 1
variance = np.einsum("ikp,pq,ikq->ik", jacobian, covariance, jacobian)
output_covariance = np.einsum("ikp,pq,ilq->ikl", jacobian, covariance, jacobian)
pairs = variance[:, :, None] + variance[:, None, :] - 2 * output_covariance
odds = (mean[:, None, :] - mean[:, :, None]) / np.sqrt(1 + np.pi / 8 * pairs)
probit = 1 / np.sum(np.exp(odds), axis=2)
probit /= probit.sum(axis=1, keepdims=True)
per_sample = []
for i in range(n):
    z = outputs(mode, x[i : i + 1])
    r = np.exp(z - logsumexp(z))[0]
    r[labels[i]] -= 1
    per_sample.append(np.concatenate([np.outer(r, x[i]).ravel(), r]))
diagonal = np.diag(np.diag(hessian))
json.dump({
    "x": x.ravel().tolist(), "labels": labels.tolist(), "delta": delta, "mode": mode.tolist(), "logLikelihood": -nll(mode),
    "hessian": hessian.ravel().tolist(), "covariance": covariance.ravel().tolist(),
    "empirical": np.sum(np.square(per_sample), axis=0).tolist(),
    "evidence": evidence(delta, hessian), "best": best(hessian),
    "diagonalEvidence": evidence(delta, diagonal), "diagonalBest": best(diagonal),
    "new": new.ravel().tolist(), "mean": mean.ravel().tolist(), "variance": variance.ravel().tolist(), "probit": probit.ravel().tolist(),
}, open(__file__.replace(".py", ".json"), "w"), indent=1)
