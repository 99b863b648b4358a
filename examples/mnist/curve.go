package main

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strconv"
)

// A curve keeps the points of a run and writes each to loss.csv as it comes,
// so that the file is good whenever the run ends. A nil *curve does nothing.
type curve struct {
	dir     string
	file    *os.File
	csv     *csv.Writer
	several bool // chains: their numbers are the first column
	points  []point
}

// newCurve makes dir and loss.csv in it, with the points that there are, or
// returns nil if dir is empty.
func newCurve(dir string, several bool, earlier []point) (*curve, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(dir, "loss.csv"))
	if err != nil {
		return nil, err
	}
	c := &curve{dir: dir, file: file, csv: csv.NewWriter(file), several: several}
	err = c.write("chain", "step", "seconds", "loss", "acceptance", "mean_batch", "data_use")
	for _, p := range earlier {
		err = errors.Join(err, c.add(p))
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return c, nil
}

func (c *curve) add(p point) error {
	if c == nil {
		return nil
	}
	c.points = append(c.points, p)
	real := func(x float64) string { return strconv.FormatFloat(x, 'g', 8, 64) }
	return c.write(strconv.Itoa(p.Chain), strconv.Itoa(p.Step), real(p.Seconds), real(float64(p.Loss)),
		real(float64(p.Acceptance)), real(float64(p.MeanBatch)), strconv.Itoa(p.DataUse))
}

func (c *curve) write(row ...string) error {
	if !c.several {
		row = row[1:]
	}
	if err := c.csv.Write(row); err != nil {
		return err
	}
	c.csv.Flush()
	return c.csv.Error()
}

func (c *curve) close() {
	if c != nil {
		c.file.Close() // each row was flushed and checked
	}
}
