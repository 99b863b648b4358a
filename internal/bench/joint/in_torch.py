"""Joint training in PyTorch on one thread, for comparison with
go run ./internal/bench/joint. The modules are one dense layer and a batched product.

    python3 in_torch.py DIRECTORY_OF_FASHION_MNIST time
    python3 in_torch.py DIRECTORY_OF_FASHION_MNIST train MODULES HIDDEN LAMBDA EPOCHS TRIAL

time reads lines MODULES HIDDEN LAMBDA and answers how many seconds 100 batches of 100
take. train prints errors after each epoch, with settings as in Go. PyTorch needs an
optimized BLAS, and OPENBLAS_NUM_THREADS=1 where that is OpenBLAS.
"""

import gzip
import sys
import time

import numpy
import torch

torch.set_num_threads(1)
folder = sys.argv[1]
cross_entropy = torch.nn.functional.cross_entropy


def read(name, skip):
    return numpy.frombuffer(gzip.open(f"{folder}/{name}.gz").read()[skip:], numpy.uint8)


def dataset(name):
    images = read(f"{name}-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = read(f"{name}-labels-idx1-ubyte", 8).astype(numpy.int64)
    return torch.tensor((images / 255 - 0.2860) / 0.3530, dtype=torch.float32), torch.tensor(labels)


class Modules:
    """Modules of one hidden layer. Weights and biases start uniform, as those of
    torch.nn.Linear."""

    def __init__(self, modules, hidden, weight):
        self.modules, self.hidden, self.weight = modules, hidden, weight
        self.first = torch.nn.Linear(784, modules * hidden)
        self.last = torch.nn.Parameter((2 * torch.rand(modules, hidden, 10) - 1) / hidden**0.5)
        self.bias = torch.nn.Parameter((2 * torch.rand(modules, 1, 10) - 1) / hidden**0.5)
        rate = 0.02 * modules * (0.3 if modules > 1 and weight >= 0.99 else 1)
        self.sgd = torch.optim.SGD([*self.first.parameters(), self.last, self.bias], lr=rate, momentum=0.9)

    def outputs(self, x):
        h = torch.relu(self.first(x))
        if self.modules == 1:
            return torch.addmm(self.bias[0], h, self.last[0])[None]
        h = h.view(-1, self.modules, self.hidden).transpose(0, 1)
        return torch.baddbmm(self.bias, h, self.last)  # [module][sample][class]

    def loss(self, x, y):
        eta = self.outputs(x)
        if self.modules == 1:
            return cross_entropy(eta[0], y)
        result = 0.0
        if self.weight > 0:
            result = result + self.weight * cross_entropy(eta.mean(0), y)
        if self.weight < 1:
            result = result + (1 - self.weight) * cross_entropy(eta.reshape(-1, 10), y.repeat(self.modules))
        return result

    def epoch(self, x, y):
        """Goes through the data, and returns the mean loss."""
        order = torch.randperm(len(y))
        losses = []
        for at in range(0, len(y), 100):
            some = order[at : at + 100]
            self.sgd.zero_grad()
            loss = self.loss(x[some], y[some])
            loss.backward()
            self.sgd.step()
            losses.append(loss.detach())
        return float(torch.stack(losses).mean())

    def error(self, x, y):
        wrong = 0
        with torch.no_grad():
            for at in range(0, len(y), 100):
                eta = self.outputs(x[at : at + 100]).mean(0)
                wrong += int((eta.argmax(1) != y[at : at + 100]).sum())
        return 100 * wrong / len(y)


def answer_times():
    x, y = dataset("train")
    x, y = x[:10_000], y[:10_000]
    known = {}
    for line in sys.stdin:
        if line not in known:
            modules, hidden, weight = line.split()
            known[line] = Modules(int(modules), int(hidden), float(weight))
            known[line].epoch(x, y)  # to warm up
        start = time.perf_counter()
        known[line].epoch(x, y)
        print(time.perf_counter() - start, flush=True)


def train(modules, hidden, weight, epochs, trial):
    torch.manual_seed(int(trial))
    x, y = dataset("train")
    test = dataset("t10k")
    order = torch.randperm(len(y))
    some, held = order[:50_000], order[50_000:]
    net = Modules(int(modules), int(hidden), float(weight))
    for number in range(1, int(epochs) + 1):
        loss = net.epoch(x[some], y[some])
        print(f"epoch {number}, loss {loss:.4f}: validation error {net.error(x[held], y[held]):.2f} %, test error {net.error(*test):.2f} %", flush=True)


if sys.argv[2] == "time":
    answer_times()
else:
    train(*sys.argv[3:])
