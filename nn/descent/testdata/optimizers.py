"""Writes what PyTorch's optimizers make of a sequence of gradients: optimizers.json."""

import json
import math

import torch

runs = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1),
}
results = {}
for name, make in runs.items():
    theta = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer = make([theta])
    path = []
    for step in range(20):
        theta.grad = torch.tensor([math.sin(step), math.cos(2 * step) / 100, step - 8.0], dtype=torch.float64)
        optimizer.step()
        path.append(theta.tolist())
    results[name] = path
with open("optimizers.json", "w") as file:
    json.dump(results, file)
