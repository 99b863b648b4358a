package report

import (
	"github.com/trajens/trajens/ensemble/report/internal/chart"
	"github.com/trajens/trajens/ensemble/report/internal/number"
)

func (v *view) configuration(r *Report) *section {
	return &section{ID: "configuration", Title: "Configuration", Settings: r.Configuration}
}

func (v *view) training(r *Report) *section {
	s := &section{ID: "training", Title: "Training", Figures: v.plots(r.Training, nil)}
	for _, h := range r.Histograms {
		if len(h.Counts) == 0 {
			continue
		}
		d := chart.Histogram(h.Edges, h.Counts, chart.Axis(h.X), chart.Axis(h.Y))
		s.Figures = append(s.Figures, v.figure(h.Title, h.Caption, "Histogram", d))
	}
	return s
}

func (v *view) metrics(r *Report) *section {
	s := &section{ID: "metrics", Title: "Metrics"}
	for _, t := range r.Tables {
		if len(t.Rows) == 0 {
			continue
		}
		shown := tableView{Title: t.Title, Caption: t.Caption, Corner: t.Corner, Columns: t.Columns}
		for _, row := range t.Rows {
			cells := make([]cellView, len(row.Values))
			for j, value := range row.Values {
				cells[j] = cellView{value.main(), value.interval(), value.kind == textValue}
			}
			shown.Rows = append(shown.Rows, rowView{row.Name, cells})
		}
		s.Tables = append(s.Tables, shown)
	}
	return s
}

func (v *view) calibration(r *Report) *section {
	s := &section{
		ID: "calibration", Title: "Calibration",
		Intro: "Samples are binned by confidence, the probability of the predicted class. A point is a bin: " +
			"its accuracy is the share of the bin's samples whose predicted class is right. On the dashed diagonal the two agree; " +
			"below it the predictions are overconfident, above it underconfident. Thin vertical lines are 95% intervals of the accuracy, " +
			"wide ones the distance from the diagonal.",
	}
	for _, diagram := range r.Reliability {
		if len(diagram.Bins) == 0 {
			continue
		}
		bins := make([]chart.Bin, len(diagram.Bins))
		for i, b := range diagram.Bins {
			bins[i] = chart.Bin(b)
		}
		f := v.figure(diagram.Title, diagram.Caption, "Reliability diagram", chart.Reliability(bins))
		if ece, ok := calibrationError(diagram.Bins); ok {
			f.Remarks = append(f.Remarks, "Mean distance from the diagonal over the samples (expected calibration error): "+number.Format(ece)+".")
		}
		s.Figures = append(s.Figures, f)
	}
	return s
}

func (v *view) sizes(r *Report) *section {
	return &section{ID: "sizes", Title: "Number of members", Figures: v.plots(r.Sizes, nil)}
}

func (v *view) shifts(r *Report) *section {
	s := &section{
		ID: "shifts", Title: "Shifted data",
		Intro: "The same models on data that were changed step by step. Level 0 is the data as they are. " +
			"Plots of the same metric have the same vertical axis.",
	}
	ranges := map[string]chart.Range{}
	for i := range r.Shifts {
		p := &r.Shifts[i]
		ranges[p.Y.Label] = append(ranges[p.Y.Label], chart.Extremes(chartLines(p), chart.Axis(p.Y))...)
	}
	s.Figures = v.plots(r.Shifts, ranges)
	return s
}

func (v *view) notes(r *Report) *section {
	return &section{ID: "notes", Title: "Notes", Notes: r.Notes}
}

// plots returns the figures of the plots that have lines. The vertical axis of
// each covers the range of its label.
func (v *view) plots(plots []Plot, ranges map[string]chart.Range) []figure {
	var figures []figure
	for i := range plots {
		if p := &plots[i]; len(p.Lines) > 0 {
			figures = append(figures, v.plot(p, ranges[p.Y.Label]))
		}
	}
	return figures
}

// plot returns the figure of a plot whose vertical axis covers a range.
func (v *view) plot(p *Plot, cover chart.Range) figure {
	d := chart.Lines(chartLines(p), chart.Axis(p.X), chart.Axis(p.Y), cover)
	f := v.figure(p.Title, p.Caption, "Plot", d)
	if len(p.Lines) == 1 && p.Lines[0].Name == "" {
		return f
	}
	for i, l := range p.Lines {
		f.Legend = append(f.Legend, legendEntry{Name: l.Name, Series: i%chart.Series + 1, Band: l.Low != nil})
	}
	return f
}

func chartLines(p *Plot) []chart.Line {
	lines := make([]chart.Line, len(p.Lines))
	for i, l := range p.Lines {
		lines[i] = chart.Line(l)
	}
	return lines
}
