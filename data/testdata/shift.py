"""Writes shift.json: an image of one channel and what SciPy makes of it."""

import json

import numpy as np
from scipy import ndimage

height, width = 9, 7
image = np.random.default_rng(1).random((height, width)).astype(np.float32)
exact = image.astype(np.float64)


def flat(a):
    return [float(v) for v in np.clip(a, 0, 1).ravel()]


golden = {
    "height": height,
    "width": width,
    "image": [float(v) for v in image.ravel()],
    # By the angle in degrees, against the clock.
    "rotated": {
        str(angle): flat(ndimage.rotate(exact, angle, reshape=False, order=1, mode="grid-constant"))
        for angle in (-60, -12, 24, 36, 48, 60, 90, 180)
    },
    # By rows and columns.
    "translated": {
        f"{dy} {dx}": flat(ndimage.shift(exact, (dy, dx), order=1, mode="grid-constant"))
        for dy, dx in ((1.5, 0), (0, -3), (2.25, 3.75), (-1.125, 0.5), (20, 0))
    },
    # By the standard deviation.
    "blurred": {
        str(s): flat(ndimage.gaussian_filter(exact, s, mode="constant", truncate=4))
        for s in (0.5, 1, 1.5, 2, 2.5)
    },
    # By the factor.
    "faded": {str(f): flat((exact - exact.mean()) * f + exact.mean()) for f in (0.75, 0.15)},
}
with open("shift.json", "w") as file:
    json.dump(golden, file)
    file.write("\n")
