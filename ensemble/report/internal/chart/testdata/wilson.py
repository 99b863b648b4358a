"""Writes wilson.csv: scipy's 95% intervals of Wilson for right of count samples."""
from scipy.stats import binomtest

with open("wilson.csv", "w") as out:
    out.write("right,count,low,high\n")
    for right, count in [(0, 1), (1, 1), (1, 2), (0, 10), (3, 10), (10, 10), (81, 123), (999, 1000), (500000, 1000000)]:
        interval = binomtest(right, count).proportion_ci(0.95, "wilson")
        out.write(f"{right},{count},{float(interval.low)!r},{float(interval.high)!r}\n")
