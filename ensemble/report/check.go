package report

import (
	"errors"
	"fmt"
)

// maxSide is the largest side of an image in pixels.
const maxSide = 4096

// check returns an error if slices that belong together have other sizes than
// they should.
func (r *Report) check() error {
	return errors.Join(
		each("Training", r.Training, (*Plot).check),
		each("Histograms", r.Histograms, (*Histogram).check),
		each("Tables", r.Tables, (*Table).check),
		each("Confusions", r.Confusions, (*Confusion).check),
		each("Sizes", r.Sizes, (*Plot).check),
		each("Shifts", r.Shifts, (*Plot).check),
		each("Galleries", r.Galleries, (*Gallery).check),
	)
}

// each returns the first error of the elements of a field, with its place.
func each[T any](field string, elements []T, check func(*T) error) error {
	for i := range elements {
		if err := check(&elements[i]); err != nil {
			return fmt.Errorf("%s[%d]: %w", field, i, err)
		}
	}
	return nil
}

func (p *Plot) check() error { return each("Lines", p.Lines, (*Line).check) }

func (l *Line) check() error {
	if len(l.X) != len(l.Y) {
		return fmt.Errorf("X has %d numbers and Y %d, want as many", len(l.X), len(l.Y))
	}
	if (l.Low == nil) != (l.High == nil) {
		return errors.New("one of Low and High is nil, want both or none")
	}
	if l.Low != nil && (len(l.Low) != len(l.X) || len(l.High) != len(l.X)) {
		return fmt.Errorf("Low has %d numbers and High %d, want %d as in X", len(l.Low), len(l.High), len(l.X))
	}
	return nil
}

func (h *Histogram) check() error {
	if len(h.Edges) == 0 && len(h.Counts) == 0 {
		return nil
	}
	if len(h.Edges) != len(h.Counts)+1 {
		return fmt.Errorf("%d edges for %d counts, want %d", len(h.Edges), len(h.Counts), len(h.Counts)+1)
	}
	return nil
}

func (t *Table) check() error {
	for i, row := range t.Rows {
		if len(row.Values) != len(t.Columns) {
			return fmt.Errorf("Rows[%d] has %d values, want %d as there are columns", i, len(row.Values), len(t.Columns))
		}
	}
	return nil
}

func (c *Confusion) check() error {
	for i, row := range c.Counts {
		if len(row) != len(c.Counts) {
			return fmt.Errorf("Counts[%d] has %d numbers, want %d as there are rows", i, len(row), len(c.Counts))
		}
	}
	return nil
}

func (g *Gallery) check() error { return each("Images", g.Images, (*Image).check) }

func (i *Image) check() error {
	if i.Width < 1 || i.Height < 1 || i.Width > maxSide || i.Height > maxSide {
		return fmt.Errorf("the image is %d × %d pixels, want 1 to %d each way", i.Width, i.Height, maxSide)
	}
	if len(i.Pixels) != i.Width*i.Height {
		return fmt.Errorf("%d pixels, want %d × %d", len(i.Pixels), i.Width, i.Height)
	}
	return nil
}
