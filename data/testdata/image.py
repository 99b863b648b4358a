"""Writes image.json: gray pictures and their scaled images, by NumPy.

The area of a pixel is averaged exactly by writing each pixel of the picture
several times, so that blocks of whole pixels make the pixels of the image.
"""

import json

import numpy as np

side = 28
random = np.random.default_rng(1)
golden = []
for height, width in ((28, 28), (42, 42), (42, 63), (21, 6), (1, 3), (14, 7)):
    longer = max(height, width)
    repeat = side // np.gcd(side, longer)
    block = longer // np.gcd(side, longer)
    picture = random.integers(0, 256, (height, width))
    large = np.kron(picture / 255, np.ones((repeat, repeat)))
    canvas = np.zeros((side * block, side * block))
    top, left = (canvas.shape[0] - large.shape[0]), (canvas.shape[1] - large.shape[1])
    assert top % 2 == 0 and left % 2 == 0
    canvas[top // 2 : top // 2 + large.shape[0], left // 2 : left // 2 + large.shape[1]] = large
    image = canvas.reshape(side, block, side, block).mean(axis=(1, 3))
    golden.append(
        {
            "height": height,
            "width": width,
            "picture": picture.ravel().tolist(),
            "image": [round(v, 8) for v in image.ravel().tolist()],
        }
    )
with open("image.json", "w") as file:
    json.dump(golden, file)
    file.write("\n")
