"""Writes quantiles.json: quantiles by NumPy (its method "hazen") of values with
equal weights."""

import json

import numpy

generator = numpy.random.default_rng(1)
cases = []
for size in (1, 2, 3, 10, 31):
    values = numpy.round(generator.normal(size=size), 3)
    if size == 31:
        values = numpy.round(values, 1)  # with ties
    levels = [0, 0.025, 0.1, 0.25, 0.5, 0.61, 0.9, 0.975, 1]
    cases.append({
        "values": values.tolist(),
        "levels": levels,
        "quantiles": [float(numpy.quantile(values, level, method="hazen")) for level in levels],
    })
with open("quantiles.json", "w") as file:
    json.dump(cases, file)
    file.write("\n")
