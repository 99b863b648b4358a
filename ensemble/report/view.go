package report

import (
	_ "embed"
	"fmt"
	"html/template"

	"github.com/trajens/trajens/ensemble/report/internal/chart"
)

// The template and the style sheet of the page.
var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	styleText string

	page = template.Must(template.New("page.html").Parse(pageText))
)

// A view is what the template shows.
type view struct {
	Title, Subtitle string
	Style           template.CSS
	Headlines       []headlineView
	Sections        []*section

	charts int // drawings so far, for their identifiers
}

// A section is a part of the page with a heading. Only one of its lists has
// elements.
type section struct {
	ID, Title, Intro string

	Settings  []Setting
	Tables    []tableView
	Figures   []figure
	Galleries []galleryView
	Notes     []string
}

type headlineView struct {
	Name, Value, Interval, Note string
	Text                        bool
}

type tableView struct {
	Title, Caption, Corner string
	Columns                []string
	Rows                   []rowView
}

type rowView struct {
	Name  string
	Cells []cellView
}

type cellView struct {
	Value, Interval string
	Text            bool
}

// A figure is a chart with what stands around it.
type figure struct {
	ID             string // of the drawing
	Title, Caption string
	Name           string // what a screen reader calls the drawing
	Legend         []legendEntry
	Drawing        *chart.Drawing
	Remarks        []string
	Errors         []errorView // of a confusion matrix: the most frequent ones
}

type legendEntry struct {
	Name   string
	Series int // from 1
	Band   bool
}

// newView returns what the template shows of a report without errors.
func newView(r *Report) *view {
	v := &view{Title: r.Title, Subtitle: r.Subtitle, Style: template.CSS(styleText)}
	if v.Title == "" {
		v.Title = "Ensemble report"
	}
	for _, h := range r.Headlines {
		v.Headlines = append(v.Headlines, headlineView{h.Name, h.Value.main(), h.Value.interval(), h.Note, h.Value.kind == textValue})
	}
	for _, s := range []*section{
		v.configuration(r), v.training(r), v.metrics(r), v.calibration(r), v.confusions(r),
		v.sizes(r), v.shifts(r), v.images(r), v.notes(r),
	} {
		if !s.empty() {
			v.Sections = append(v.Sections, s)
		}
	}
	return v
}

func (s *section) empty() bool {
	return len(s.Settings)+len(s.Tables)+len(s.Figures)+len(s.Galleries)+len(s.Notes) == 0
}

// figure returns a figure with an identifier of its own.
func (v *view) figure(title, caption, kind string, d *chart.Drawing) figure {
	v.charts++
	f := figure{ID: fmt.Sprintf("chart-%d", v.charts), Title: title, Caption: caption, Name: title, Drawing: d}
	if f.Name == "" {
		f.Name = kind
	}
	switch {
	case d.Undrawn == 1:
		f.Remarks = append(f.Remarks, "One value has no place in the chart and is left out: it is not finite, or outside of what the axes can show.")
	case d.Undrawn > 1:
		f.Remarks = append(f.Remarks, fmt.Sprintf("%d values have no place in the chart and are left out: they are not finite, or outside of what the axes can show.", d.Undrawn))
	}
	return f
}
