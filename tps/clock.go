package tps

import "time"

// A clock tells when an interval is over. It is asked after each step. As a step
// may take less time than reading the system's clock does, it reads that one
// only now and then, some 50 times a second.
type clock struct {
	interval time.Duration // 0: never over
	since    time.Time
	looked   time.Time
	stride   int // how often it is asked until it looks
	asked    int
}

// lookEvery is about the time between two looks.
const lookEvery = 20 * time.Millisecond

func newClock(interval time.Duration) clock {
	now := time.Now()
	return clock{interval: interval, since: now, looked: now, stride: 1}
}

// restart begins a new interval.
func (c *clock) restart() { c.since = time.Now() }

// due tells whether the interval is over.
func (c *clock) due() bool {
	if c.interval == 0 {
		return false
	}
	if c.asked++; c.asked < c.stride {
		return false
	}
	now := time.Now()
	switch elapsed := now.Sub(c.looked); {
	case elapsed < lookEvery/2:
		c.stride = min(2*c.stride, 1<<20)
	case elapsed > lookEvery:
		c.stride = max(1, c.stride/2)
	}
	c.looked, c.asked = now, 0
	return now.Sub(c.since) >= c.interval
}
