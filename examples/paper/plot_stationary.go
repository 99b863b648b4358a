package main

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// network is the title of the network's panels.
func (s *sheet) network() string { return "CNN, " + s.about }

// drawLoss draws figure 2(b), the mean loss against s.
func (s *sheet) drawLoss(name string) error {
	p := newPlot(s.network(), "tilt s", "mean loss per model, nats")
	return s.drawCells(p, name, true, func(c *cell) mark {
		e := c.loss()
		return mark{x: c.config.S, y: e.Mean, yBar: e.bar()}
	}, func() error {
		if err := horizontal(p, math.Ln10, "ln 10: a guess"); err != nil {
			return err
		}
		logX(p)
		logY(p)
		p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, vg.Points(6), vg.Points(4)
		return nil
	})
}

// drawAccuracy draws figure 2(c), the accuracy of the vote against s.
func (s *sheet) drawAccuracy(name string) error {
	p := newPlot(s.network(), "tilt s", "accuracy by vote")
	return s.drawCells(p, name, true, func(c *cell) mark {
		e := c.over(func(r *result) float64 { return float64(r.Accuracy) })
		return mark{x: c.config.S, y: e.Mean, yBar: e.bar()}
	}, func() error {
		logX(p)
		p.Y.Min, p.Y.Max = 0, 1
		p.Legend.Top, p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, true, vg.Points(6), -vg.Points(3)
		return nil
	})
}

// drawBatch draws figure 2(d), ⟨b⟩ against the mean loss.
func (s *sheet) drawBatch(name string) error {
	p := newPlot(s.network(), "mean loss per model, nats", "samples drawn in a step, mean")
	return s.drawCells(p, name, true, func(c *cell) mark {
		loss, batch := c.loss(), c.batch()
		return mark{x: loss.Mean, y: batch.Mean, xBar: loss.bar(), yBar: batch.bar()}
	}, func() error {
		logX(p)
		p.Y.Max *= 5 // room for the legend: marks may be anywhere
		logY(p)
		p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs = true, -vg.Points(6), -vg.Points(3)
		return nil
	})
}

// drawCells draws a panel with a mark for each cell.
func (s *sheet) drawCells(p *plot.Plot, name string, joined bool, of func(*cell) mark, finish func() error) error {
	if err := s.writeCells(name); err != nil {
		return err
	}
	for _, a := range s.seriesOf(func(c *cell) mark {
		m := of(c)
		m.filled = c.stationary()
		return m
	}) {
		if err := addSeries(p, a, joined); err != nil {
			return err
		}
	}
	if err := s.legend(p, true); err != nil {
		return err
	}
	if err := finish(); err != nil {
		return err
	}
	return s.save(name, p)
}
