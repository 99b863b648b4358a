package ensemble

import (
	"math"
	"runtime"

	"github.com/trajens/trajens/data"
)

// growthTogether is how many bytes the members' probabilities for the samples of a
// block may take, if one sample does not take more.
const growthTogether = 4 << 20

// A growth judges committees that grow, member by member in some orders, by what
// all members say of a block of samples.
type growth struct {
	committee *Committee
	data      *data.Dataset
	classes   int
	blockSize int
	orders    [][]int // of members
	sizes     []int   // increasing
}

// A growthBlock is what the members say of a block of samples: samples × members.
type growthBlock struct {
	probabilities []float64 // × classes
	logLabels     []float64 // of the labels
	votes         []int32
}

func newGrowth(c *Committee, d *data.Dataset, sizes []int) *growth {
	g := &growth{committee: c, data: d, classes: c.net.Outputs(), sizes: sizes}
	g.blockSize = min(max(growthTogether/(8*c.Len()*(g.classes+2)), 1), blockSize, d.Len())
	return g
}

// bytes returns about how much memory the growth of so many orders takes: blocks
// and sums for each goroutine, and those that wait for their turn.
func (g *growth) bytes(orders int) float64 {
	block := 8 * float64(g.blockSize) * float64(g.committee.Len()) * float64(g.classes+2)
	sums := float64(orders) * float64(len(g.sizes)) * 8 * (4 + 2*calibrationBins)
	return float64(runtime.GOMAXPROCS(0))*(block+2*sums) + sums
}

func (g *growth) newBlock(samples int) *growthBlock {
	n := samples * g.committee.Len()
	return &growthBlock{make([]float64, n*g.classes), make([]float64, n), make([]int32, n)}
}

// add adds what a member says.
func (g *growth) add(s *growthBlock, b block) {
	for j := range b.samples {
		at := j*g.committee.Len() + b.member
		output := b.output(j)
		normalization, _ := addProbabilities(s.probabilities[at*g.classes:][:g.classes], output, 1)
		s.logLabels[at] = float64(output[g.data.Label(b.first+j)]) - normalization
		s.votes[at] = int32(largest(output))
	}
}

// judge returns the sums over the samples of the block, orders × sizes.
func (g *growth) judge(s *growthBlock, b block) []qualitySums {
	sums := make([]qualitySums, len(g.orders)*len(g.sizes))
	c := newGrowing(g.classes)
	for j := range b.samples {
		label, row := g.data.Label(b.first+j), j*g.committee.Len()
		for i, order := range g.orders {
			at := sums[i*len(g.sizes):][:len(g.sizes)]
			c.reset()
			for k, member := range order {
				from := row + member
				c.add(g.committee.weight(member), int(s.votes[from]), s.logLabels[from], s.probabilities[from*g.classes:][:g.classes])
				if k+1 == g.sizes[len(g.sizes)-len(at)] {
					at[0].add(c.winner == label, c.logLabel(), c.means(), label)
					if at = at[1:]; len(at) == 0 {
						break
					}
				}
			}
		}
	}
	return sums
}

// A growing is what the members so far say of one sample. Sums are weighted.
type growing struct {
	weight        float64
	votes         []float64
	winner        int // of the vote
	probabilities []float64
	mean          []float64

	// The sum of the label's probabilities is sum · exp(top).
	top, sum float64
}

func newGrowing(classes int) *growing {
	return &growing{votes: make([]float64, classes), probabilities: make([]float64, classes), mean: make([]float64, classes)}
}

func (c *growing) reset() {
	clear(c.votes)
	clear(c.probabilities)
	c.weight, c.winner, c.top, c.sum = 0, 0, math.Inf(-1), 0
}

func (c *growing) add(weight float64, vote int, logLabel float64, probabilities []float64) {
	c.weight += weight
	c.votes[vote] += weight
	if v, most := c.votes[vote], c.votes[c.winner]; v > most || v == most && vote < c.winner {
		c.winner = vote
	}
	for class, p := range probabilities {
		c.probabilities[class] += weight * p
	}
	if logLabel <= c.top {
		c.sum += weight * math.Exp(logLabel-c.top)
	} else {
		c.sum = c.sum*math.Exp(c.top-logLabel) + weight
		c.top = logLabel
	}
}

// logLabel returns the logarithm of the label's mean probability.
func (c *growing) logLabel() float64 { return c.top + math.Log(c.sum/c.weight) }

// means returns the mean probabilities, valid until the next call.
func (c *growing) means() []float64 {
	for class, p := range c.probabilities {
		c.mean[class] = p / c.weight
	}
	return c.mean
}
