package report

import (
	"bytes"
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/atomicfile"
)

// A Report is what a run is reported with. The page shows the fields in the
// order that they have here. Fields without data have no section, and tables
// without rows, plots without lines and the like are left out.
type Report struct {
	// Title names the run. The default is "Ensemble report".
	Title string
	// Subtitle is one line below the title: data, network, date.
	Subtitle string

	// Headlines are the few numbers that a reader wants first.
	Headlines []Headline
	// Configuration is how the run was set up.
	Configuration []Setting

	// Training has the loss, or anything else, over the time of training.
	Training []Plot
	// Histograms has distributions over the steps of training, such as those
	// of acceptance and of batch sizes. They stand beside the plots of Training.
	Histograms []Histogram

	// Tables compares methods, such as a single network and the ensemble.
	Tables []Table

	// Classes has the name of each class. If there are none, or too few, the
	// number of a class is its name.
	Classes []string
	// Reliability compares confidence with accuracy, one diagram for each
	// method.
	Reliability []Reliability
	// Confusions says which classes are taken for which.
	Confusions []Confusion

	// Sizes has metrics over the number of members.
	Sizes []Plot
	// Shifts has metrics over the level of a shift of the data, one plot for
	// each shift. Plots whose vertical axes have the same label show the same
	// range.
	Shifts []Plot

	// Galleries has images with their predictions, such as those that the
	// ensemble is least certain about.
	Galleries []Gallery

	// Notes has paragraphs of plain text.
	Notes []string
}

// Write writes the report as an HTML document in UTF-8. On an error of the
// report, nothing is written: the error names the slices whose sizes do not
// match.
func (r *Report) Write(w io.Writer) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var document bytes.Buffer
	if err := page.ExecuteTemplate(&document, "page.html", newView(r)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if _, err := w.Write(legible(document.Bytes())); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// WriteFile writes the document of Write to path. The file is there as a whole
// or not at all; one that was there before is replaced.
func (r *Report) WriteFile(path string) error {
	if err := atomicfile.Write(path, r.Write); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
