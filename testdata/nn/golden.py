"""Writes golden.json: outputs and losses of networks, by PyTorch in float64.

    python3 golden.py            (any Python 3 with torch)

Parameters and inputs are not stored. They come from a linear congruential
generator, which nn/golden_test.go has too:

    x <- 6364136223846793005 x + 1442695040888963407  mod 2^64,  starting at the seed
    u =  (x >> 40) / 2^24,  in [0, 1)

In this order: the parameters, (2u - 1) sqrt(3) scale, which have the standard
deviation scale; then for each sample its input, and its label, floor(u
classes), or its targets, 2u - 1 each, half as many as outputs for the Gaussian
losses. All are rounded to float32. Inputs are

    uniform  u for each number
    strokes  zero but for three strokes of a pen; see strokes()
"""

import json
import math
import os

import torch

A, C, MASK = 6364136223846793005, 1442695040888963407, (1 << 64) - 1


class Generator:
    def __init__(self, seed):
        self.x = seed

    def uniform(self):
        self.x = (A * self.x + C) & MASK
        return (self.x >> 40) / 2.0**24

    def below(self, n):
        return int(self.uniform() * n)


def strokes(g, channels, height, width):
    """Three strokes of 14 steps of a pen of 2x2 pixels in each channel."""
    image = [0.0] * (channels * height * width)
    for c in range(channels):
        for _ in range(3):
            y, x = g.below(height), g.below(width)
            dy, dx = g.below(3) - 1, g.below(3) - 1
            for _ in range(14):
                ink = (128 + g.below(128)) / 255.0
                for v in (y, y + 1):
                    for h in (x, x + 1):
                        if 0 <= v < height and 0 <= h < width:
                            at = (c * height + v) * width + h
                            image[at] = max(image[at], ink)
                y, x = y + dy, x + dx
    return image


def cross_entropy(logits, label):
    """As torch's, which loses the digits of small losses to cancellation."""
    d = [z - logits[label] for z in logits]
    top = max(d)
    others = sum(math.exp(z - top) for k, z in enumerate(d) if k != d.index(top))
    loss = top + math.log1p(others)
    want = torch.nn.functional.cross_entropy(torch.tensor([logits], dtype=torch.float64), torch.tensor([label])).item()
    assert abs(loss - want) <= 1e-12 * max(map(abs, logits)), (loss, want)
    return loss


def gaussian(kind, output, target):
    """By torch: the first half of the outputs are means, the second half give scales."""
    mean, z = output[: target.numel()], output[target.numel() :]
    scale = z.exp() if kind == "gaussian-exp" else torch.nn.functional.softplus(z, threshold=40) + 1e-6
    return torch.nn.functional.gaussian_nll_loss(mean, target, scale**2, full=True, eps=1e-300, reduction="sum")


def loss_of(kind, output, g):
    """The loss of targets that g gives."""
    if kind.startswith("gaussian"):
        return gaussian(kind, output, rounded([2 * g.uniform() - 1 for _ in range(output.numel() // 2)]))
    target = rounded([2 * g.uniform() - 1 for _ in range(output.numel())])
    return 0.5 * torch.nn.functional.mse_loss(output, target, reduction="sum")


def layer(spec, channels):
    kind = spec["type"]
    bias = not spec.get("no_bias", False)
    if kind == "dense":
        return torch.nn.Linear(channels, spec["outputs"], bias=bias)
    if kind == "conv":
        return torch.nn.Conv2d(channels, spec["channels"], spec["kernel"], stride=spec.get("stride", 1), padding=spec.get("padding", 0), bias=bias)
    if kind == "pool":
        return torch.nn.MaxPool2d(spec["kernel"], stride=spec.get("stride", spec["kernel"]))
    return {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "flatten": torch.nn.Flatten}[kind]()


def network(shape, specs):
    layers, x = [], torch.zeros(1, *shape)
    for spec in specs:
        layers.append(layer(spec, x.shape[1]))
        x = layers[-1](x)
    return torch.nn.Sequential(*layers).double()


def rounded(values):
    return torch.tensor(values, dtype=torch.float32).double()


def evaluate(case):
    g = Generator(case["seed"])
    net = network(case["input"], case["layers"])
    net.requires_grad_(False)
    scale = case["scale"] * math.sqrt(3)
    for parameter in net.state_dict().values():
        parameter.copy_(rounded([(2 * g.uniform() - 1) * scale for _ in range(parameter.numel())]).reshape(parameter.shape))
    case["params"] = sum(p.numel() for p in net.parameters())
    case["outputs"], case["losses"] = [], []
    for _ in range(case["samples"]):
        size = math.prod(case["input"])
        x = strokes(g, *case["input"]) if case["images"] == "strokes" else [g.uniform() for _ in range(size)]
        output = net(rounded(x).reshape(1, *case["input"]))
        if case["loss"] == "cross-entropy":
            loss = cross_entropy(output.flatten().tolist(), g.below(output.numel()))
        else:
            loss = loss_of(case["loss"], output.flatten(), g).item()
        case["outputs"] += output.flatten().tolist()
        case["losses"].append(loss)
    return case


def conv(channels, kernel, **more):
    return dict(type="conv", channels=channels, kernel=kernel, **more)


def pool(kernel, **more):
    return dict(type="pool", kernel=kernel, **more)


def dense(outputs, **more):
    return dict(type="dense", outputs=outputs, **more)


RELU, TANH, FLATTEN = dict(type="relu"), dict(type="tanh"), dict(type="flatten")
CNN = [conv(16, 5), RELU, pool(2), conv(8, 3), RELU, pool(4), FLATTEN, dense(10)]


def cases():
    seed = 0

    def case(name, shape, layers, scale, loss="cross-entropy", images="uniform", samples=8):
        nonlocal seed
        seed += 1
        return dict(name=name, seed=seed, scale=scale, input=shape, layers=layers, loss=loss, images=images, samples=samples)

    for scale in (0.05, 0.2, 1, 5):
        for images in ("uniform", "strokes"):
            yield case(f"Mair CNN, {images}, scale {scale}", [1, 28, 28], CNN, scale, images=images, samples=16)
    half = "half-squared-error"
    yield case("line", [1], [dense(1)], 1, half)
    yield case("plane", [13], [dense(1)], 1, half)
    yield case("plane without bias", [10], [dense(1, no_bias=True)], 1, half)
    yield case("tanh regression", [3], [dense(17), TANH, dense(9, no_bias=True), TANH, dense(2)], 0.5, half)
    yield case("MLP", [100], [dense(21), RELU, dense(10)], 0.2)
    yield case("stride and padding", [3, 11, 9], [conv(5, 3, stride=2, padding=1), TANH, conv(9, 2, padding=1), RELU, pool(3, stride=2), FLATTEN, dense(4)], 0.3)
    yield case("first layer with padding", [2, 8, 10], [conv(11, 5, padding=2), RELU, pool(2), FLATTEN, dense(3)], 0.2, images="strokes")
    yield case("kernel as large as the image", [2, 5, 5], [conv(7, 5, no_bias=True), FLATTEN, dense(3, no_bias=True)], 0.3)
    yield case("stride beyond the kernel", [1, 13, 14], [conv(3, 2, stride=3), RELU, conv(4, 1), TANH, pool(2, stride=3), FLATTEN, dense(2)], 0.5, images="strokes")
    yield case("pool first, image out", [3, 7, 6], [pool(2, stride=1), conv(2, 3), TANH], 0.3, half)
    yield case("more padding than kernel", [2, 3, 4], [TANH, conv(3, 2, stride=2, padding=3), RELU], 0.5, half, images="strokes")
    for kind in ("gaussian-exp", "gaussian-softplus"):
        yield case(f"{kind}, line", [1], [dense(2)], 1, kind)
        yield case(f"{kind}, large outputs", [13], [dense(6)], 4, kind)
        yield case(f"{kind}, tanh regression", [3], [dense(17), TANH, dense(9, no_bias=True), TANH, dense(4)], 0.5, kind)
        yield case(f"{kind}, strokes", [2, 8, 10], [conv(11, 5, padding=2), RELU, pool(2), FLATTEN, dense(6)], 0.2, kind, images="strokes")
        yield case(f"{kind}, image out", [3, 7, 6], [pool(2, stride=1), conv(4, 3), TANH], 0.3, kind)


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(evaluate(c), separators=(",", ":")) for c in cases())
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as file:
        file.write("[\n" + lines + "\n]\n")
