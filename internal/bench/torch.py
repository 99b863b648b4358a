"""Measures PyTorch on the networks, parameters and images that the Go side
sends: one JSON request a line on standard input, one JSON answer a line on
standard output."""

import json
import sys
import time

import numpy
import torch


def layer(spec):
    kind = spec["kind"]
    if kind == "dense":
        return torch.nn.Linear(spec["in"], spec["out"])
    if kind == "conv":
        return torch.nn.Conv2d(spec["in"], spec["out"], spec["kernel"])
    if kind == "pool":
        return torch.nn.MaxPool2d(spec["kernel"])
    return {"relu": torch.nn.ReLU, "flatten": torch.nn.Flatten}[kind]()


def trainable(specs, parameters):
    net = torch.nn.Sequential(*[layer(s) for s in specs])
    at = 0
    with torch.no_grad():
        for p in net.parameters():  # copied, not views of one vector
            p.copy_(torch.from_numpy(parameters[at : at + p.numel()]).reshape(p.shape))
            at += p.numel()
    return net


def network(specs, parameters):
    return trainable(specs, parameters).eval().requires_grad_(False)


def read(request):
    """The images, labels and models of a request."""
    images = numpy.fromfile(request["images"], dtype=numpy.float32)
    images = torch.from_numpy(images).reshape(-1, *request["shape"])
    parameters = numpy.fromfile(request["parameters"], dtype=numpy.float32)
    labels = torch.tensor(request["labels"], dtype=torch.float32 if request["gaussian"] else torch.long)
    return images, labels, parameters.reshape(request["models"], -1)


def gaussian(outputs, targets):
    """The mean of -ln of normal densities: of means, and of logarithms of scales."""
    z = outputs[:, 1]
    return (z + 0.5 * ((outputs[:, 0] - targets) * torch.exp(-z)) ** 2).mean() + 0.918938533


class Problem:
    """Some models of one network, images and labels, in several variants."""

    def __init__(self, request):
        self.images, self.labels, parameters = read(request)
        nets = [network(request["layers"], p) for p in parameters]
        self.variants = {"default": (nets, self.images)}
        if self.images.dim() == 4:
            last = torch.channels_last
            nets_last = [network(request["layers"], p).to(memory_format=last) for p in parameters]
            self.variants["channels_last"] = (nets_last, self.images.contiguous(memory_format=last))
        frozen = []
        for net in nets:
            traced = torch.jit.optimize_for_inference(torch.jit.trace(net, self.images))
            for _ in range(3):
                traced(self.images)
            frozen.append(traced)
        self.variants["optimize_for_inference"] = (frozen, self.images)

    def losses(self, variant):
        nets, images = self.variants[variant]
        return [torch.nn.functional.cross_entropy(net(images), self.labels, reduction="none") for net in nets]

    def rate(self, variant, threads, seconds):
        torch.set_num_threads(threads)
        for _ in range(2):
            self.losses(variant)
        calls, start = 0, time.perf_counter()
        while True:
            self.losses(variant)
            calls += 1
            elapsed = time.perf_counter() - start
            if elapsed > seconds:
                nets, images = self.variants[variant]
                return calls * len(nets) * len(images) / elapsed


class Training:
    """One model, and images and labels in the order in which batches take them."""

    def __init__(self, request):
        self.images, self.labels, parameters = read(request)
        self.batch, self.learning_rate = request["batch"], request["rate"]
        self.specs, self.parameters = request["layers"], parameters[0]
        self.variants = {}
        self.loss = gaussian if request["gaussian"] else torch.nn.functional.cross_entropy
        layouts = ["default"]
        if self.images.dim() == 4:
            layouts.append("channels_last")
        self.first = {}  # losses of the first steps of each variant
        for layout in layouts:
            for traced in (False, True):
                variant = layout + (", traced" if traced else "")
                self.variants[variant] = self.start(layout, traced)
                self.first[variant] = self.losses(variant, request["steps"])

    def start(self, layout, traced):
        net, images = trainable(self.specs, self.parameters), self.images
        if layout == "channels_last":
            net = net.to(memory_format=torch.channels_last)
            images = images.contiguous(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(net.parameters(), lr=self.learning_rate)
        if traced:
            net = torch.jit.trace(net, images[: self.batch])
        return net, images, optimizer

    def step(self, variant, number):
        net, images, optimizer = self.variants[variant]
        at = number * self.batch % len(images)
        optimizer.zero_grad(set_to_none=True)
        loss = self.loss(net(images[at : at + self.batch]), self.labels[at : at + self.batch])
        loss.backward()
        optimizer.step()
        return loss

    def losses(self, variant, steps):
        return [self.step(variant, i).item() for i in range(steps)]

    def rate(self, variant, threads, seconds):
        torch.set_num_threads(threads)
        self.losses(variant, 3)
        calls, start = 0, time.perf_counter()
        while True:
            self.step(variant, calls)
            calls += 1
            elapsed = time.perf_counter() - start
            if elapsed > seconds:
                return calls * self.batch / elapsed


def answer(problems, request):
    do, name = request["do"], request.get("name")
    if do == "version":
        return {"version": torch.__version__}
    if do == "load":
        with torch.inference_mode():
            p = problems[name] = Problem(request)
            return {"variants": list(p.variants), "losses": [l.double().tolist() for l in p.losses("default")]}
    if do == "load training":
        p = problems[name] = Training(request)
        return {"variants": list(p.first), "losses": list(p.first.values())}
    p = problems[name]
    with torch.inference_mode(isinstance(p, Problem)):
        return {"rate": p.rate(request["variant"], request["threads"], request["seconds"])}


def main():
    problems = {}
    for line in sys.stdin:
        print(json.dumps(answer(problems, json.loads(line))), flush=True)


main()
