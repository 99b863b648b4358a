"""Writes the files that the tests of package npz read."""

import numpy as np

np.savez(
    "numpy.npz",
    floats=np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    doubles=np.array([np.nan, np.inf, -0.0, 0.1]),
    integers=np.array(-7),
    bytes=np.frombuffer(b"text", dtype=np.uint8),
    nothing=np.zeros((0, 3), dtype=np.float32),
)
np.savez("columns.npz", a=np.asfortranarray(np.ones((2, 3), dtype=np.float32)))
np.savez("halves.npz", a=np.ones(3, dtype=np.float16))
np.savez_compressed("compressed.npz", a=np.zeros(1000, dtype=np.float32))
