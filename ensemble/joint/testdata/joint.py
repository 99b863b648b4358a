"""Writes joint.json: losses and parameters of five steps of SGD with momentum 0.9 on
the joint loss by PyTorch, in float64, for three families. Numbers are made by number
below, as in golden_test.go.

    python3 joint.py > joint.json
"""

import json

import torch

torch.set_default_dtype(torch.float64)
MODULES, INPUTS, HIDDEN, OUTPUTS, SAMPLES = 3, 5, 4, 3, 8


def numbers(n, stream):
    """Numbers between −1 and 1, exact in float32."""
    return torch.tensor([((i * 7919 + stream * 104729 + 31) * 2654435761 % 2**32 >> 12) / 2**19 - 1 for i in range(n)])


def nll(family, eta, y):
    if family == "Softmax":
        return torch.nn.functional.cross_entropy(eta, y)
    if family == "Gaussian":
        return ((eta - y) ** 2 / 2).sum(1).mean()
    return (eta.exp() - y * eta + torch.lgamma(y + 1)).sum(1).mean()


x = numbers(SAMPLES * INPUTS, 1).reshape(SAMPLES, INPUTS)
truth = {
    "Softmax": torch.arange(SAMPLES) % OUTPUTS,
    "Gaussian": numbers(SAMPLES * OUTPUTS, 2).reshape(SAMPLES, OUTPUTS),
    "Poisson": (torch.arange(SAMPLES * OUTPUTS) % 4).reshape(SAMPLES, OUTPUTS).double(),
}
result = []
for family, y in truth.items():
    for weight in [0.0, 0.7, 1.0]:
        nets = []
        for j in range(MODULES):
            net = torch.nn.Sequential(torch.nn.Linear(INPUTS, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, OUTPUTS))
            values = numbers(sum(p.numel() for p in net.parameters()), 10 + j)
            at = 0
            with torch.no_grad():
                for p in net.parameters():
                    p.copy_(values[at : at + p.numel()].reshape(p.shape))
                    at += p.numel()
            nets.append(net)
        parameters = [p for net in nets for p in net.parameters()]
        sgd = torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
        losses = []
        for _ in range(5):
            etas = torch.stack([net(x) for net in nets])
            loss = weight * nll(family, etas.mean(0), y)
            loss = loss + (1 - weight) * sum(nll(family, eta, y) for eta in etas) / MODULES
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            losses.append(loss.item())
        flat = torch.cat([p.detach().flatten() for p in parameters])
        result.append({"family": family, "lambda": weight, "losses": losses, "modules": flat.tolist()})
print("[\n" + ",\n".join(json.dumps(r) for r in result) + "\n]")
