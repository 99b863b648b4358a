"""Times 100 batches of 100 of joint training in PyTorch on one thread, for comparison
with go run ./internal/bench/joint -speed. The modules are one dense layer and a batched
product.

    python3 in_torch.py DIRECTORY_OF_FASHION_MNIST
"""

import gzip
import statistics
import sys
import time

import numpy
import torch

torch.set_num_threads(1)
folder, ROUNDS, SAMPLES = sys.argv[1], 3, 10_000


def read(name, skip):
    return numpy.frombuffer(gzip.open(f"{folder}/{name}.gz").read()[skip:], numpy.uint8)


images = read("train-images-idx3-ubyte", 16).reshape(-1, 784)[:SAMPLES]
x = torch.tensor((images / 255 - 0.2860) / 0.3530, dtype=torch.float32)
y = torch.tensor(read("train-labels-idx1-ubyte", 8)[:SAMPLES].astype(numpy.int64))
cross_entropy = torch.nn.functional.cross_entropy


def single(hidden):
    net = torch.nn.Sequential(torch.nn.Linear(784, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 10))
    return list(net.parameters()), lambda a, b: cross_entropy(net(a), b)


def joint(modules, hidden, weight):
    first = torch.nn.Linear(784, modules * hidden)
    last = torch.nn.Parameter((2 * torch.rand(modules, hidden, 10) - 1) / hidden**0.5)
    bias = torch.nn.Parameter((2 * torch.rand(modules, 1, 10) - 1) / hidden**0.5)

    def loss(a, b):
        h = torch.relu(first(a)).view(-1, modules, hidden).transpose(0, 1)
        eta = torch.baddbmm(bias, h, last)  # [module][sample][class]
        result = 0.0
        if weight > 0:
            result = result + weight * cross_entropy(eta.mean(0), b)
        if weight < 1:
            result = result + (1 - weight) * cross_entropy(eta.reshape(-1, 10), b.repeat(modules))
        return result

    return [*first.parameters(), last, bias], loss


def epoch(parameters, loss, sgd):
    start = time.perf_counter()
    order = torch.randperm(SAMPLES)
    for at in range(0, SAMPLES, 100):
        some = order[at : at + 100]
        sgd.zero_grad()
        loss(x[some], y[some]).backward()
        sgd.step()
    return time.perf_counter() - start


cases = {
    "1 × 1024": single(1024),
    "256 × 4, λ = 0": joint(256, 4, 0.0),
    "256 × 4, λ = 0.95": joint(256, 4, 0.95),
    "256 × 4, λ = 1": joint(256, 4, 1.0),
    "16 × 64, λ = 0.95": joint(16, 64, 0.95),
}
runs = {name: (p, f, torch.optim.SGD(p, lr=0.01, momentum=0.9)) for name, (p, f) in cases.items()}
times = {name: [] for name in runs}
for turn in range(ROUNDS + 1):
    for name, run in runs.items():
        seconds = epoch(*run)
        if turn > 0:
            times[name].append(seconds)
for name, seconds in times.items():
    print(f"{name}: {statistics.median(seconds):.3f} s")
