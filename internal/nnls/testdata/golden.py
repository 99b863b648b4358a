"""Writes golden.csv: the solutions of scipy.optimize.nnls for the problems of TestGolden."""
import numpy as np
from scipy.optimize import nnls

with open("golden.csv", "w") as out:
    out.write("rows,cols,norm,x\n")
    for rows, cols in [(3, 2), (8, 5), (20, 12), (40, 30), (15, 25)]:
        i = np.arange(1, rows + 1)[:, None]
        j = np.arange(1, cols + 1)[None, :]
        a = np.sin(i * j * 0.7) + 0.3
        b = np.cos(1.3 * i[:, 0]) + 0.5
        x, norm = nnls(a, b, maxiter=10000)
        out.write(f"{rows},{cols},{norm!r},{' '.join(repr(float(v)) for v in x)}\n".replace("np.float64(", "").replace(")", ""))
