package ensemble

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/memory"
)

func checkVoters(k, voters int) error {
	if k > voters {
		return fmt.Errorf("ensemble: k = %d members, but the weights of only %d are not zero", k, voters)
	}
	return nil
}

// A choice is a committee in the making.
type choice interface {
	// loss returns that of the committee with one more member.
	loss(member int) float64
	// take adds a member.
	take(member int)
}

// greedy chooses k members one after the other.
func (c *Committee) greedy(k int, d *data.Dataset, replacement bool) (*Committee, error) {
	left := c.voters()
	if !replacement {
		if err := checkVoters(k, len(left)); err != nil {
			return nil, err
		}
	}
	choice, err := c.newChoice(d)
	if err != nil {
		return nil, err
	}
	var chosen []int // each once
	times := map[int]int{}
	for range k {
		at := least(left, choice.loss)
		member := left[at]
		choice.take(member)
		if times[member]++; times[member] == 1 {
			chosen = append(chosen, member)
		}
		if !replacement {
			left = slices.Delete(left, at, at+1)
		}
	}
	models, weights := make([][]float32, len(chosen)), make([]float64, len(chosen))
	for i, member := range chosen {
		models[i], weights[i] = c.members[member], float64(times[member])*c.weight(member)
	}
	return newCommittee(c.net, models, weights)
}

// least returns the place of the member with the least loss, the first of equal ones.
func least(members []int, loss func(int) float64) int {
	losses := make([]float64, len(members))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(members)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(members); i = int(next.Add(1)) - 1 {
				losses[i] = loss(members[i])
			}
		})
	}
	workers.Wait()
	at := 0
	for i, l := range losses {
		if l < losses[at] {
			at = i
		}
	}
	return at
}

func (c *Committee) newChoice(d *data.Dataset) (choice, error) {
	if err := c.check(d); err != nil {
		return nil, err
	}
	switch {
	case d.Classes() > 0:
		return c.newClassChoice(d)
	case d.Outputs() > 0:
		return c.newTargetChoice(d)
	}
	return nil, errors.New("ensemble: the dataset has neither labels nor targets to compare with")
}

// checkTable returns an error if the machine has not the memory for some numbers of
// each member.
func (c *Committee) checkTable(numbers int) error {
	if err := memory.Check(8 * float64(c.Len()) * float64(numbers)); err != nil {
		return fmt.Errorf("ensemble: a greedy choice among %d members: it %w", c.Len(), err)
	}
	return nil
}

// A classChoice has the NLL for its loss.
type classChoice struct {
	committee *Committee
	samples   int
	logs      []float64 // of the labels' probabilities: members × samples
	sums      []float64 // of those taken: log Σ of weight times probability
	weight    float64   // of those taken
}

func (c *Committee) newClassChoice(d *data.Dataset) (*classChoice, error) {
	if err := c.checkClasses(d); err != nil {
		return nil, err
	}
	n := d.Len()
	if err := c.checkTable(n); err != nil {
		return nil, err
	}
	s := &classChoice{committee: c, samples: n, logs: make([]float64, c.Len()*n), sums: make([]float64, n)}
	for i := range s.sums {
		s.sums[i] = math.Inf(-1)
	}
	return s, c.eachBlock(d, func(b block) {
		for j := range b.samples {
			output := b.output(j)
			s.logs[b.member*n+b.first+j] = float64(output[d.Label(b.first+j)]) - logSumExp(output)
		}
	})
}

func (s *classChoice) loss(member int) float64 {
	weight := s.committee.weight(member)
	logWeight, nll := math.Log(weight), 0.0
	for i, l := range s.logs[member*s.samples:][:s.samples] {
		nll -= logAdd(s.sums[i], logWeight+l)
	}
	return nll + float64(s.samples)*math.Log(s.weight+weight)
}

func (s *classChoice) take(member int) {
	weight := s.committee.weight(member)
	s.weight += weight
	for i, l := range s.logs[member*s.samples:][:s.samples] {
		s.sums[i] = logAdd(s.sums[i], math.Log(weight)+l)
	}
}

// A targetChoice has half the squared error of the mean for its loss.
type targetChoice struct {
	committee *Committee
	numbers   int
	errors    []float64 // output − target: members × samples × outputs
	sums      []float64 // of those taken, times their weights
	weight    float64   // of those taken
}

func (c *Committee) newTargetChoice(d *data.Dataset) (*targetChoice, error) {
	if err := c.checkTargets(d); err != nil {
		return nil, err
	}
	outputs := c.net.Outputs()
	n := d.Len() * outputs
	if err := c.checkTable(n); err != nil {
		return nil, err
	}
	s := &targetChoice{committee: c, numbers: n, errors: make([]float64, c.Len()*n), sums: make([]float64, n)}
	return s, c.eachBlock(d, func(b block) {
		for j := range b.samples {
			errors := s.errors[b.member*n+(b.first+j)*outputs:]
			for k, target := range d.Target(b.first + j) {
				errors[k] = float64(b.output(j)[k]) - float64(target)
			}
		}
	})
}

func (s *targetChoice) loss(member int) float64 {
	weight, loss := s.committee.weight(member), 0.0
	for i, e := range s.errors[member*s.numbers:][:s.numbers] {
		loss += halfSquare((s.sums[i] + weight*e) / (s.weight + weight))
	}
	return loss
}

func (s *targetChoice) take(member int) {
	weight := s.committee.weight(member)
	s.weight += weight
	for i, e := range s.errors[member*s.numbers:][:s.numbers] {
		s.sums[i] += weight * e
	}
}
