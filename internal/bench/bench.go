package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/trajens/trajens/internal/kernel"
	"github.com/trajens/trajens/nn"
)

// A bench measures and prints.
type bench struct {
	seconds float64   // of one measurement
	rounds  int       // of measurements
	torch   *torch    // nil if there is none
	peaks   []float64 // FMA peaks measured so far, FLOP/s
}

// A party is one way to do some work that several parties do.
type party struct {
	name    string
	threads int
	measure func() (float64, error) // samples a second
	rates   []float64               // of the rounds so far
}

// losses compares the losses of all problems.
func (b *bench) losses() error {
	all, err := problems()
	if err != nil {
		return err
	}
	t := newTable("two models", "model-samples/s")
	if err := b.fill(t, all, (*nn.Network).NeededMultiplyAdds, b.lossParties); err != nil {
		return err
	}
	return b.print(t, "default, channels_last and optimize_for_inference")
}

// fill adds a row for each problem: of returns the parties to compare, and a
// function that closes them.
func (b *bench) fill(t table, problems []*problem, needed func(*nn.Network) int, of func(*problem) (*parties, func(), error)) error {
	for _, p := range problems {
		parties, done, err := of(p)
		if err == nil {
			err = b.compare(t, p.name, needed(p.net), parties)
		}
		done()
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func (b *bench) lossParties(p *problem) (*parties, func(), error) {
	one, closeOne, err := b.ours(p, 1)
	if err != nil {
		return nil, func() {}, err
	}
	two, closeTwo, err := b.ours(p, 2)
	if err != nil {
		return nil, closeOne, err
	}
	theirs, err := b.theirs(p)
	return &parties{one, two, theirs}, func() { closeOne(); closeTwo() }, err
}

// parties are those that do the same work: this library on one and on two
// workers, and PyTorch in several ways.
type parties struct {
	one, two *party
	theirs   []*party
}

// A table is written in Markdown.
type table struct{ *tabwriter.Writer }

func newTable(what, rate string) table {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintf(w, "| %s |\tneeded multiply-adds |\t%s |\tof FMA peak |\t2 workers |\tPyTorch, 1 thread |\tratio |\tPyTorch, 2 threads |\tratio |\n", what, rate)
	fmt.Fprintln(w, "|---|\t---|\t---|\t---|\t---|\t---|\t---|\t---|\t---|")
	return table{w}
}

// print writes the table, and below it the FMA peak and the ways of PyTorch.
func (b *bench) print(t table, variants string) error {
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Printf("\nFMA peak, one core: %.1f GFLOP/s", median(b.peaks)/1e9)
	if b.torch != nil {
		fmt.Printf("; PyTorch %s, the fastest of %s", b.torch.version, variants)
	}
	fmt.Print("\n\n")
	return nil
}

// compare measures all parties in turn and adds a row to the table.
func (b *bench) compare(t table, name string, needed int, p *parties) error {
	one, two := p.one, p.two
	shares := make([]float64, 0, b.rounds)
	for range b.rounds {
		peak := kernel.FMAPeak(time.Duration(b.seconds * float64(time.Second) / 4))
		b.peaks = append(b.peaks, peak)
		for _, party := range append([]*party{one, two}, p.theirs...) {
			rate, err := party.measure()
			if err != nil {
				return err
			}
			party.rates = append(party.rates, rate)
		}
		shares = append(shares, one.rates[len(one.rates)-1]*2*float64(needed)/peak)
	}

	fmt.Fprintf(t, "| %s |\t%d |\t%.0f |\t%.0f %% |\t× %.2f |", name, needed,
		median(slices.Clone(one.rates)), 100*median(shares), ratio(two, one))
	for threads := 1; threads <= 2; threads++ {
		best := fastest(p.theirs, threads)
		if best == nil {
			fmt.Fprintf(t, "\t– |\t– |")
			continue
		}
		mine := one
		if threads == 2 {
			mine = two
		}
		fmt.Fprintf(t, "\t%.0f (%s) |\t%.1f |", median(slices.Clone(best.rates)), best.name, ratio(mine, best))
	}
	fmt.Fprintln(t)
	return nil
}

// ratio returns the median over the rounds of a's rate to b's.
func ratio(a, b *party) float64 {
	ratios := make([]float64, len(a.rates))
	for i := range ratios {
		ratios[i] = a.rates[i] / b.rates[i]
	}
	return median(ratios)
}

func fastest(parties []*party, threads int) *party {
	var best *party
	for _, p := range parties {
		if p.threads == threads && (best == nil || median(slices.Clone(p.rates)) > median(slices.Clone(best.rates))) {
			best = p
		}
	}
	return best
}

// ours returns this library as a party.
func (b *bench) ours(p *problem, workers int) (*party, func(), error) {
	losses, err := nn.NewLosses(p.net, p.data, nn.CrossEntropy, nn.Config{Workers: workers})
	if err != nil {
		return nil, nil, err
	}
	dst := rows(len(p.models), len(p.samples))
	measure := func() (float64, error) {
		calls := b.repeat(func() { losses.Losses(dst, p.models, p.samples) })
		return calls * float64(len(p.models)*len(p.samples)), nil
	}
	return &party{threads: workers, measure: measure}, losses.Close, nil
}

// repeat calls do for the time of a measurement and returns calls per second.
func (b *bench) repeat(do func()) float64 {
	calls, start := 0, time.Now()
	for {
		do()
		calls++
		if elapsed := time.Since(start).Seconds(); elapsed > b.seconds {
			return float64(calls) / elapsed
		}
	}
}

func rows(n, length int) [][]float64 {
	dst := make([][]float64, n)
	for k := range dst {
		dst[k] = make([]float64, length)
	}
	return dst
}

// theirs returns the ways of PyTorch as parties, after a check that PyTorch
// computes the same losses.
func (b *bench) theirs(p *problem) ([]*party, error) {
	if b.torch == nil {
		return nil, nil
	}
	variants, expected, err := b.torch.load(p)
	if err != nil {
		return nil, err
	}
	losses, err := nn.NewLosses(p.net, p.data, nn.CrossEntropy, nn.Config{})
	if err != nil {
		return nil, err
	}
	dst := rows(len(p.models), len(p.samples))
	losses.Losses(dst, p.models, p.samples)
	for k := range dst {
		for j, loss := range dst[k] {
			if !(math.Abs(loss-expected[k][j]) <= 1e-4*(1+math.Abs(loss))) {
				return nil, fmt.Errorf("the loss of sample %d is %v here and %v in PyTorch", j, loss, expected[k][j])
			}
		}
	}
	var parties []*party
	for _, variant := range variants {
		for threads := 1; threads <= 2; threads++ {
			parties = append(parties, b.torch.party(p, variant, threads, b.seconds))
		}
	}
	return parties, nil
}
