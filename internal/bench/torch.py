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


def network(specs, parameters):
    net = torch.nn.Sequential(*[layer(s) for s in specs])
    torch.nn.utils.vector_to_parameters(torch.from_numpy(parameters), net.parameters())
    return net.eval().requires_grad_(False)


class Problem:
    """Some models of one network, images and labels, in several variants."""

    def __init__(self, request):
        images = numpy.fromfile(request["images"], dtype=numpy.float32)
        self.images = torch.from_numpy(images).reshape(-1, *request["shape"])
        self.labels = torch.tensor(request["labels"])
        parameters = numpy.fromfile(request["parameters"], dtype=numpy.float32)
        parameters = parameters.reshape(request["models"], -1)
        nets = [network(request["layers"], p.copy()) for p in parameters]
        self.variants = {"default": (nets, self.images)}
        if self.images.dim() == 4:
            last = torch.channels_last
            nets_last = [network(request["layers"], p.copy()).to(memory_format=last) for p in parameters]
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


def main():
    problems = {}
    with torch.inference_mode():
        for line in sys.stdin:
            request = json.loads(line)
            name = request["name"]
            if request["do"] == "load":
                problems[name] = Problem(request)
                losses = [l.double().tolist() for l in problems[name].losses("default")]
                answer = {"variants": list(problems[name].variants), "losses": losses, "version": torch.__version__}
            else:
                rate = problems[name].rate(request["variant"], request["threads"], request["seconds"])
                answer = {"rate": rate}
            print(json.dumps(answer), flush=True)


main()
