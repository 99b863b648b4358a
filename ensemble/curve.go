package ensemble

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/memory"
	"github.com/trajens/trajens/internal/null"
)

// A Quality says how good a committee of some size is on a dataset with labels. All
// are means over its samples.
type Quality struct {
	// Accuracy is the share of samples that the vote gets right, and
	// MeanProbabilityAccuracy that of those whose label has the largest mean
	// probability.
	Accuracy, MeanProbabilityAccuracy float64

	// NLL is the negative log-likelihood of the mean probabilities in nats, and
	// Brier their Brier score, as in Report.
	NLL, Brier float64

	// ECE is the expected calibration error of the mean probabilities, 0 to 1: the
	// mean distance of the accuracy from the mean of the largest probability, in 15
	// bins of equal width, (b/15, (b+1)/15] (Guo et al., arXiv 1706.04599, eq. 3).
	// A probability within 1e-12 above an end is taken as on it.
	ECE float64
}

// values returns the numbers of a quality in an order.
func (q *Quality) values() [5]*float64 {
	return [...]*float64{&q.Accuracy, &q.MeanProbabilityAccuracy, &q.NLL, &q.Brier, &q.ECE}
}

// A Curve says how good committees of increasing size are.
type Curve struct {
	// Sizes are the numbers of members, increasing.
	Sizes []int

	// Mean has for each size the quality of the committee, or its mean over the
	// draws.
	Mean []Quality

	// Deviation has for each size the standard deviation over the draws, with
	// Draws − 1 in the denominator: NaN for one draw, and 0 up to rounding for all
	// members. It is nil for a curve in order.
	Deviation []Quality
}

// CurveConfig has the settings of CurveInOrder and CurveAtRandom. The zero value
// works.
type CurveConfig struct {
	// Sizes are the numbers of members to look at, increasing, from 1 to that of
	// the members whose weight is not zero. nil: all of these.
	Sizes []int

	// Draws is how many random committees there are of each size, at least 1.
	// 0 means 10. CurveInOrder does without.
	Draws int
}

const defaultDraws = 10

// CurveInOrder returns how good the committees of the first members are, as members
// are added in their order. Members keep the ratios of their weights, and those of
// weight zero are left out. Members are evaluated once, in blocks of samples, and
// nothing is kept of a block but sums: the memory is independent of the number of
// samples.
func (c *Committee) CurveInOrder(d *data.Dataset, config CurveConfig) (*Curve, error) {
	sums, sizes, err := c.curves(d, config.Sizes, 1, func(voters []int) [][]int { return [][]int{voters} })
	if err != nil {
		return nil, err
	}
	curve := &Curve{Sizes: sizes}
	for i := range sizes {
		curve.Mean = append(curve.Mean, sums[i].quality(d.Len()))
	}
	return curve, nil
}

// CurveAtRandom returns how good committees of random members are, as members are
// removed at random: mean and standard deviation over the draws. A draw is a random
// order of the members, by source, whose first k make the committee of k members.
// So committees of the same size are independent of one another, and those of
// different sizes in a draw are not. All else is as for CurveInOrder.
func (c *Committee) CurveAtRandom(d *data.Dataset, source rand.Source, config CurveConfig) (*Curve, error) {
	if null.Is(source) {
		return nil, errNoSource
	}
	if config.Draws < 0 {
		return nil, fmt.Errorf("ensemble: Draws = %d, want at least 1, or 0 for %d", config.Draws, defaultDraws)
	}
	draws := cmp.Or(config.Draws, defaultDraws)
	sums, sizes, err := c.curves(d, config.Sizes, draws, func(voters []int) (orders [][]int) {
		for range draws {
			order := slices.Clone(voters)
			shuffle(order, source)
			orders = append(orders, order)
		}
		return orders
	})
	if err != nil {
		return nil, err
	}
	curve := &Curve{Sizes: sizes, Mean: make([]Quality, len(sizes)), Deviation: make([]Quality, len(sizes))}
	for i := range sizes {
		qualities := make([]Quality, draws)
		for draw := range qualities {
			qualities[draw] = sums[draw*len(sizes)+i].quality(d.Len())
		}
		curve.Mean[i], curve.Deviation[i] = spread(qualities)
	}
	return curve, nil
}

// spread returns mean and standard deviation of qualities.
func spread(qualities []Quality) (mean, deviation Quality) {
	n := float64(len(qualities))
	for v, m := range mean.values() {
		for i := range qualities {
			*m += *qualities[i].values()[v] / n
		}
		squares := 0.0
		for i := range qualities {
			squares += square(*qualities[i].values()[v] - *m)
		}
		*deviation.values()[v] = math.Sqrt(squares / (n - 1)) // 0/0 is NaN
	}
	return mean, deviation
}

// curves returns the sums for each order of members and size, orders × sizes.
func (c *Committee) curves(d *data.Dataset, sizes []int, draws int, orders func(voters []int) [][]int) ([]qualitySums, []int, error) {
	if err := c.checkLabels(d); err != nil {
		return nil, nil, err
	}
	voters := c.voters()
	sizes, err := curveSizes(sizes, len(voters))
	if err != nil {
		return nil, nil, err
	}
	g := newGrowth(c, d, sizes)
	if err := memory.Check(g.bytes(draws)); err != nil {
		return nil, nil, fmt.Errorf("ensemble: curves of %d members, %d sizes and %d draws: they %w", c.Len(), len(sizes), draws, err)
	}
	g.orders = orders(voters)
	total := make([]qualitySums, len(g.orders)*len(sizes))
	results := inOrder(func(sums []qualitySums) {
		for i := range sums {
			total[i].merge(&sums[i])
		}
	})
	blocks := make([]*growthBlock, (d.Len()+g.blockSize-1)/g.blockSize)
	err = c.eachBlockOf(g.blockSize, d, func(b block) {
		if b.member == 0 {
			blocks[b.index] = g.newBlock(b.samples)
		}
		g.add(blocks[b.index], b)
		if b.member == c.Len()-1 {
			results.put(b.index, g.judge(blocks[b.index], b))
			blocks[b.index] = nil
		}
	})
	return total, slices.Clone(sizes), err
}

// curveSizes checks the sizes, or returns all.
func curveSizes(sizes []int, most int) ([]int, error) {
	if sizes == nil {
		sizes = count(most)
		for i := range sizes {
			sizes[i]++
		}
		return sizes, nil
	}
	if len(sizes) == 0 {
		return nil, errors.New("ensemble: Sizes is empty, want at least one size, or nil for all")
	}
	last := 0
	for i, size := range sizes {
		if size <= last || size > most {
			return nil, fmt.Errorf("ensemble: Sizes[%d] = %d, want %d to %d", i, size, last+1, most)
		}
		last = size
	}
	return sizes, nil
}
