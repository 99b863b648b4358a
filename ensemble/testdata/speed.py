"""Measures PyTorch on the members of a committee: one line on standard input names
a way and the numbers of images and of threads, one line on standard output has the
seconds of a call, the least of some short runs. The first line of output has the
ways, the second the mean outputs for the first image by each way.

Arguments: the committee's file, and one of raw float32 images of 28 x 28."""

import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional


def sequential():
    return nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 8, 3), nn.ReLU(),
                         nn.MaxPool2d(4), nn.Flatten(), nn.Linear(32, 10))


class Grouped(nn.Module):
    """All members in one network: convolutions in groups, dense layers in a batch."""

    def __init__(self, nets):
        super().__init__()
        self.members = len(nets)
        for name, i in (("first", 0), ("second", 3)):
            setattr(self, name + "_weight", nn.Parameter(torch.cat([net[i].weight for net in nets])))
            setattr(self, name + "_bias", nn.Parameter(torch.cat([net[i].bias for net in nets])))
        self.weight = nn.Parameter(torch.stack([net[7].weight.T for net in nets]))
        self.bias = nn.Parameter(torch.stack([net[7].bias for net in nets])[:, None])

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(functional.conv2d(x, self.first_weight, self.first_bias)), 2)
        x = functional.conv2d(x, self.second_weight, self.second_bias, groups=self.members)
        x = functional.max_pool2d(functional.relu(x), 4)
        x = x.reshape(len(x), self.members, 32).transpose(0, 1)
        return torch.baddbmm(self.bias, x, self.weight)


def traced(net, x):
    net = torch.jit.optimize_for_inference(torch.jit.trace(net.eval(), x))
    for _ in range(3):
        net(x)
    return net


def summarize(outputs):
    return functional.softmax(outputs, 2).mean(0)


def each(nets):
    return lambda x: torch.stack([net(x) for net in nets])


def main():
    nets = []
    for model in numpy.load(sys.argv[1])["trajectory"]:
        net = sequential().eval().requires_grad_(False)
        nn.utils.vector_to_parameters(torch.from_numpy(model), net.parameters())
        nets.append(net)
    images = torch.from_numpy(numpy.fromfile(sys.argv[2], dtype=numpy.float32)).reshape(-1, 1, 28, 28)
    grouped = Grouped(nets).eval().requires_grad_(False)
    ways = {"one by one": lambda n: each(nets), "grouped": lambda n: grouped}
    ways["one by one, traced"] = lambda n: each([traced(net, images[:n]) for net in nets])
    ways["grouped, traced"] = lambda n: traced(grouped, images[:n])
    print(";".join(ways), flush=True)
    with torch.inference_mode():
        print(";".join(" ".join(map(str, way(1)(images[:1]).mean(0)[0].tolist())) for way in ways.values()), flush=True)
        made = {}
        for line in sys.stdin:
            name, n, threads = line.strip().split(";")
            n = int(n)
            torch.set_num_threads(int(threads))
            batch = min(n, 250)  # of those tried, the fastest
            key = name, batch
            if key not in made:
                made[key] = ways[name](batch)
            run = made[key]
            times = []
            for repetition in range(8 if n == 1 else 2):
                calls = 20 if n == 1 else 1
                start = time.perf_counter()
                for _ in range(calls):
                    for at in range(0, n, batch):
                        summarize(run(images[at:at + batch]))
                times.append((time.perf_counter() - start) / calls)
            print(min(times), flush=True)


main()
