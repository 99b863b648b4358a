"""Writes gradients.json: gradients of the mean loss of some cases of golden.py,
by PyTorch in float64.

    python3 gradients.py            (any Python 3 with torch)
"""

import json
import math
import os

import torch

import golden


def gradient(case):
    g = golden.Generator(case["seed"])
    net = golden.network(case["input"], case["layers"])
    scale = case["scale"] * math.sqrt(3)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(golden.rounded([(2 * g.uniform() - 1) * scale for _ in range(parameter.numel())]).reshape(parameter.shape))
    total = 0
    for _ in range(case["samples"]):
        size = math.prod(case["input"])
        x = golden.strokes(g, *case["input"]) if case["images"] == "strokes" else [g.uniform() for _ in range(size)]
        output = net(golden.rounded(x).reshape(1, *case["input"]))
        if case["loss"] == "cross-entropy":
            total = total + torch.nn.functional.cross_entropy(output.reshape(1, -1), torch.tensor([g.below(output.numel())]))
        else:
            total = total + golden.loss_of(case["loss"], output.flatten(), g)
    (total / case["samples"]).backward()
    flat = torch.cat([p.grad.flatten() for p in net.parameters()])
    return dict(name=case["name"], gradient=[float("%.8g" % v) for v in flat.tolist()])


if __name__ == "__main__":
    cases = [c for c in golden.cases() if not c["name"].startswith("Mair CNN, uniform") or c["scale"] == 0.2]
    lines = ",\n".join(json.dumps(gradient(c), separators=(",", ":")) for c in cases)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gradients.json"), "w") as file:
        file.write("[\n" + lines + "\n]\n")
