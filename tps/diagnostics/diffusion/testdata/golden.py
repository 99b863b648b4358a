# Diffusion maps of a few draws by NumPy, with dense and unsymmetric matrices, from the definitions
# of Banisch et al. (arXiv:1710.11487, section 3). Writes golden.json: python3 golden.py
import json
import numpy as np

rng = np.random.default_rng(1)
n, params, epsilon, k = 60, 3, 0.3, 3
x = rng.normal(size=(n, params)).astype(np.float32)
x[:, 0] += np.where(rng.random(n) < 0.5, -1.5, 1.5).astype(np.float32)
log_target = -((x[:, 0] ** 2 - 1) ** 2) - 0.4 * x[:, 1] ** 2 - 0.5 * x[:, 2] ** 2 + 1000
log_target = log_target.astype(float)

d2 = ((x[:, None, :].astype(float) - x[None, :, :].astype(float)) ** 2).sum(axis=2)


def spectrum(kernel, w):
    hops = kernel * w[None, :]
    hops /= hops.sum(axis=1, keepdims=True)
    values, vectors = np.linalg.eig(hops)
    order = np.argsort(-values.real)
    values, vectors = values.real[order], vectors.real[:, order]
    stationary = w * (kernel @ w)
    stationary /= stationary.sum()
    functions = []
    for j in range(1, k + 1):
        f = vectors[:, j] / np.sqrt((stationary * vectors[:, j] ** 2).sum())
        functions.append((f * np.sign(f[np.argmax(np.abs(f))])).tolist())
    return {"eigenvalues": values[1 : k + 1].tolist(), "functions": functions, "weights": stationary.tolist()}


def maps(kernel):
    q = kernel.sum(axis=1)
    target = np.exp((log_target - log_target.max()) / 2)
    return {"vanilla": spectrum(kernel, q**-0.5), "target": spectrum(kernel, target / q)}


radius = 3.0
neighbors = 8
full = np.exp(-d2 / (4 * epsilon))
within = np.where(d2 <= radius**2, full, 0)
nearest = np.zeros((n, n), dtype=bool)
for i in range(n):
    nearest[i, np.argsort(d2[i])[: neighbors + 1]] = True
near = np.where(nearest | nearest.T, full, 0)
json.dump(
    {
        "params": params, "epsilon": epsilon, "radius": radius, "neighbors": neighbors,
        "draws": x.ravel().astype(float).tolist(), "log_target": log_target.tolist(),
        "full": maps(full), "within": maps(within), "near": maps(near),
        "within_pairs": int(((within > 0).sum() - n) / 2), "near_pairs": int(((near > 0).sum() - n) / 2),
    },
    open("golden.json", "w"),
)
