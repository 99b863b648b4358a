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

type bench struct {
	seconds float64
	rounds  int
	torch   *torch // nil: none
	peaks   []float64
}

// A party is one way to do the same work.
type party struct {
	name    string
	threads int
	measure func() (float64, error) // a rate
	rates   []float64
}

func (b *bench) run() error {
	all, err := problems()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| two models |\tneeded multiply-adds |\tmodel-samples/s |\tof FMA peak |\t2 workers |\tPyTorch, 1 thread |\tratio |\tPyTorch, 2 threads |\tratio |")
	fmt.Fprintln(w, "|---|\t---|\t---|\t---|\t---|\t---|\t---|\t---|\t---|")
	for _, p := range all {
		if err := b.compare(w, p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Printf("\nFMA peak, one core: %.1f GFLOP/s", median(b.peaks)/1e9)
	if b.torch != nil {
		fmt.Printf("; PyTorch %s, the fastest of default, channels_last and optimize_for_inference", b.torch.version)
	}
	fmt.Println()
	return nil
}

// compare measures one problem and prints its row.
func (b *bench) compare(w *tabwriter.Writer, p *problem) error {
	one, closeOne, err := b.ours(p, 1)
	if err != nil {
		return err
	}
	defer closeOne()
	two, closeTwo, err := b.ours(p, 2)
	if err != nil {
		return err
	}
	defer closeTwo()
	parties := []*party{one, two}
	theirs, err := b.theirs(p)
	if err != nil {
		return err
	}
	parties = append(parties, theirs...)

	shares := make([]float64, 0, b.rounds)
	flops := 2 * float64(p.net.NeededMultiplyAdds())
	for range b.rounds {
		peak := kernel.FMAPeak(time.Duration(b.seconds * float64(time.Second) / 4))
		b.peaks = append(b.peaks, peak)
		for _, party := range parties {
			rate, err := party.measure()
			if err != nil {
				return err
			}
			party.rates = append(party.rates, rate)
		}
		shares = append(shares, one.rates[len(one.rates)-1]*flops/peak)
	}

	fmt.Fprintf(w, "| %s |\t%d |\t%.0f |\t%.0f %% |\t× %.2f |", p.name, p.net.NeededMultiplyAdds(),
		median(slices.Clone(one.rates)), 100*median(shares), ratio(two, one))
	for threads := 1; threads <= 2; threads++ {
		best := fastest(theirs, threads)
		if best == nil {
			fmt.Fprintf(w, "\t– |\t– |")
			continue
		}
		mine := one
		if threads == 2 {
			mine = two
		}
		fmt.Fprintf(w, "\t%.0f (%s) |\t%.1f |", median(slices.Clone(best.rates)), best.name, ratio(mine, best))
	}
	fmt.Fprintln(w)
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

// ours measures this library.
func (b *bench) ours(p *problem, workers int) (*party, func(), error) {
	losses, err := nn.NewLosses(p.net, p.data, nn.CrossEntropy, nn.LossesConfig{Workers: workers})
	if err != nil {
		return nil, nil, err
	}
	dst := rows(len(p.models), len(p.samples))
	measure := func() (float64, error) {
		calls, start := 0, time.Now()
		for {
			losses.Losses(dst, p.models, p.samples)
			calls++
			if elapsed := time.Since(start).Seconds(); elapsed > b.seconds {
				return float64(calls*len(p.models)*len(p.samples)) / elapsed, nil
			}
		}
	}
	return &party{threads: workers, measure: measure}, losses.Close, nil
}

func rows(n, length int) [][]float64 {
	dst := make([][]float64, n)
	for k := range dst {
		dst[k] = make([]float64, length)
	}
	return dst
}

// theirs measures PyTorch, after a check that it computes the same losses.
func (b *bench) theirs(p *problem) ([]*party, error) {
	if b.torch == nil {
		return nil, nil
	}
	variants, expected, err := b.torch.load(p)
	if err != nil {
		return nil, err
	}
	losses, err := nn.NewLosses(p.net, p.data, nn.CrossEntropy, nn.LossesConfig{})
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
			parties = append(parties, &party{name: variant, threads: threads, measure: func() (float64, error) {
				return b.torch.rate(p.name, variant, threads, b.seconds)
			}})
		}
	}
	return parties, nil
}
