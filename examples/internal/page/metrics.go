package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/ensemble/metrics"
	"github.com/trajens/trajens/ensemble/report"
)

// resamples are the bootstrap samples of an interval. The end of a 95% interval is off
// by 7% of half of its width then.
const resamples = 400

// A metric is a column of the table: the mean of a number of each image, or a number
// of all images.
type metric struct {
	name      string
	perSample func(*metrics.Classification) []float64
	ofAll     func(*metrics.Classification) float64
}

// Columns that are headlines.
const (
	accuracy = 0
	nll      = 1
	ece      = 3
)

var columns = []metric{
	{name: "Accuracy", perSample: (*metrics.Classification).CorrectPerSample},
	{name: "NLL (nats)", perSample: (*metrics.Classification).NLLPerSample},
	{name: "Brier score", perSample: (*metrics.Classification).BrierPerSample},
	{name: "ECE", ofAll: (*metrics.Classification).ECE},
	{name: "Adaptive ECE", ofAll: (*metrics.Classification).AdaptiveECE},
	{name: "AURC", ofAll: func(c *metrics.Classification) float64 { return c.RiskCoverage().AURC() }},
}

const metricsCaption = "With 95%% bootstrap intervals over the %s test images. More is better for accuracy, less for all others. " +
	"NLL: negative log-likelihood. ECE: expected calibration error, in 15 bins of equal width; adaptive, in 15 bins of as many images each. " +
	"Drawing images anew adds to it, so its intervals lie high. " +
	"AURC: area under the curve of the error rate over the share of images that are answered, the surest first. " +
	"The mean %s has what each alone has on average. Of the vote, shares of the votes are taken as probabilities: its NLL is infinite if nobody votes for some label."

const temperaturesCaption = "A tempered method, of the ensemble the arithmetic mean, has its log-probabilities divided by a temperature, which is below 1 if they were not sure enough. " +
	"Each half of the test images, taken at random, has the temperature that makes the NLL of the other half least. " +
	"So no image is judged at a temperature that was fitted to it."

// metrics appends the tables of metrics and of temperatures, and the headlines, which
// are among the metrics.
func (j *judgment) metrics(r *report.Report) error {
	m := &j.methods
	single := "member"
	if j.severalNetworks() {
		single = "network or member"
	}
	t := report.Table{Title: "Quality", Corner: "Method", Caption: fmt.Sprintf(metricsCaption, Grouped(j.Test.Len()), single)}
	for _, c := range columns {
		t.Columns = append(t.Columns, c.name)
	}
	if j.severalNetworks() {
		if err := j.appendMean(&t, "Mean network at the start", j.Networks); err != nil {
			return err
		}
	}
	for _, network := range []*method{m.network, m.networkTempered} {
		if network != nil {
			if err := j.appendMethod(&t, network); err != nil {
				return err
			}
		}
	}
	if err := j.appendMean(&t, "Mean member", j.Committee); err != nil {
		return err
	}
	of := make(map[*method][]report.Value)
	for _, method := range []*method{m.vote, m.mean, m.geometric, m.tempered} {
		if err := j.appendMethod(&t, method); err != nil {
			return err
		}
		of[method] = t.Rows[len(t.Rows)-1].Values
	}
	r.Tables = append(r.Tables, t, m.temperatureTable())
	r.Headlines = append(r.Headlines,
		report.Headline{Name: "Test accuracy", Value: of[m.vote][accuracy], Note: "of the majority vote, 95% interval"},
		report.Headline{Name: "Test NLL", Value: of[m.mean][nll], Note: "of the mean probabilities, nats"},
		report.Headline{Name: "Calibration error", Value: of[m.mean][ece], Note: "of the mean probabilities, 15 bins"},
		report.Headline{Name: "Members", Value: report.Number(float64(j.Committee.Len()))},
	)
	return nil
}

// temperatureTable returns the temperatures of the methods that have them.
func (m *methods) temperatureTable() report.Table {
	t := report.Table{Title: "Temperatures", Caption: temperaturesCaption, Corner: "Method", Columns: []string{"One half", "Other half"}}
	for _, tempered := range []*method{m.networkTempered, m.tempered} {
		if tempered != nil {
			values := []report.Value{report.Number(tempered.temperatures[0]), report.Number(tempered.temperatures[1])}
			t.Rows = append(t.Rows, report.Row{Name: tempered.name, Values: values})
		}
	}
	return t
}

// appendMethod appends the row of a method.
func (j *judgment) appendMethod(t *report.Table, m *method) error {
	row := report.Row{Name: m.name}
	for _, c := range columns {
		value, err := j.value(c, m.Classification)
		if err != nil {
			return err
		}
		row.Values = append(row.Values, value)
	}
	t.Rows = append(t.Rows, row)
	return nil
}

// appendMean appends a row of what the members of a committee have on average. Numbers of
// all images have no interval: that would take the bootstrap of each member.
func (j *judgment) appendMean(t *report.Table, name string, c *ensemble.Committee) error {
	share := 1 / float64(c.Len())
	sums := make([][]float64, len(columns)) // for each image, or one number
	err := j.each(c, func(m *method) error {
		for k, column := range columns {
			values := column.values(m.Classification)
			if sums[k] == nil {
				sums[k] = make([]float64, len(values))
			}
			for i, v := range values {
				sums[k][i] += share * v
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	row := report.Row{Name: name}
	for k, column := range columns {
		value := report.Number(sums[k][0])
		if column.perSample != nil {
			if value, err = j.mean(sums[k]); err != nil {
				return err
			}
		}
		row.Values = append(row.Values, value)
	}
	t.Rows = append(t.Rows, row)
	return nil
}

// values returns the metric for each sample, or of all.
func (m metric) values(c *metrics.Classification) []float64 {
	if m.perSample != nil {
		return m.perSample(c)
	}
	return []float64{m.ofAll(c)}
}

// value returns a metric with its interval.
func (j *judgment) value(m metric, c *metrics.Classification) (report.Value, error) {
	if m.perSample != nil {
		return j.mean(m.perSample(c))
	}
	ranked := c.Subset(byConfidence(c))
	interval, err := metrics.Bootstrap(c.Len(), func(samples []int) float64 {
		return m.ofAll(ranked.Subset(sorted(samples)))
	}, j.source(bootstrapStream), metrics.BootstrapConfig{Resamples: resamples})
	return estimate(interval), err
}

// mean returns the mean of a number of each image with its interval.
func (j *judgment) mean(values []float64) (report.Value, error) {
	interval, err := metrics.BootstrapMean(values, j.source(bootstrapStream), metrics.BootstrapConfig{Resamples: resamples})
	return estimate(interval), err
}

func estimate(i metrics.Interval) report.Value {
	if math.IsInf(i.Value, 0) {
		return report.Number(i.Value)
	}
	return report.Estimate(i.Value, i.Low, i.High)
}

// byConfidence returns the samples in the order of their confidence. Metrics sort
// samples by it, which is quick for sorted ones.
func byConfidence(c *metrics.Classification) []int {
	confidence, order := c.ConfidencePerSample(), make([]int, c.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(confidence[a], confidence[b]) })
	return order
}

// sorted returns numbers from 0 to below their number in order.
func sorted(numbers []int) []int {
	counts := make([]int, len(numbers))
	for _, n := range numbers {
		counts[n]++
	}
	order := make([]int, 0, len(numbers))
	for n, count := range counts {
		for range count {
			order = append(order, n)
		}
	}
	return order
}
