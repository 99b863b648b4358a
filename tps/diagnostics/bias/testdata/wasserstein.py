# W2 of two normal distributions by scipy.linalg.sqrtm: python3 wasserstein.py
import numpy as np
from scipy.linalg import sqrtm

a = np.array([[2, 0.3, -0.5], [0.3, 1, 0.2], [-0.5, 0.2, 1.5]])
b = np.array([[1, -0.4, 0.1], [-0.4, 3, 0.6], [0.1, 0.6, 0.5]])
m = np.array([0.5, -0.25, 0])
r = sqrtm(a)
print(repr(float(np.sqrt(m @ m + np.trace(a + b - 2 * sqrtm(r @ b @ r)).real))))
