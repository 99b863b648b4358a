"""Writes tensors.safetensors and halves.safetensors from the definition of the
format, with numbers of NumPy and PyTorch:

    python3 tensors.py

tensors.safetensors has one tensor of each type and kind of shape. In
halves.safetensors are numbers of 16 bits and, as float32, what they are.
"""

import json
import struct

import numpy as np
import torch


def write(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def array(dtype, values):
    a = np.array(values, {"F64": "<f8", "F32": "<f4", "F16": "<f2"}[dtype])
    return dtype, list(a.shape), a.tobytes()


write("tensors.safetensors", {
    "doubles": array("F64", [0.1, -0.0, np.inf, 1e300]),
    "matrix": array("F32", [[0, 0.25, 0.5], [0.75, 1, 1.25]]),
    "number": array("F32", 7),
    "nothing": array("F32", np.zeros((0, 3))),
    "halves": array("F16", [[1.5], [-2]]),
    "brains": ("BF16", [2], torch.tensor([1.5, -2]).to(torch.bfloat16).view(torch.int16).numpy().tobytes()),
    "ünïcode \"<&>\"": array("F32", [1]),
}, {"format": "pt", "a text": "<é>\n\"\u2028"})

# All exponents and signs with some fractions; NaN is left out, for it is not unique.
bits = np.array([s << 15 | e << 10 | f for s in range(2) for e in range(32) for f in [0, 1, 2, 511, 512, 1023]
                 if e < 31 or f == 0], "<u2")
values = bits.view("<f2").astype("<f4")
brain_bits = np.array([s << 15 | e << 7 | f for s in range(2) for e in range(256) for f in [0, 1, 63, 127]
                       if e < 255 or f == 0], "<u2")
brain_values = torch.from_numpy(brain_bits.view("<i2").copy()).view(torch.bfloat16).to(torch.float32).numpy()
write("halves.safetensors", {
    "f16": ("F16", [len(bits)], bits.tobytes()),
    "f16 values": ("F32", [len(bits)], values.tobytes()),
    "bf16": ("BF16", [len(brain_bits)], brain_bits.tobytes()),
    "bf16 values": ("F32", [len(brain_bits)], brain_values.astype("<f4").tobytes()),
}, {})
