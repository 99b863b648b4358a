package ensemble

import "github.com/trajens/trajens/data"

// Regress measures the committee as a regression on a dataset with real
// targets, as many a sample as the network has outputs: outputs that are means
// and scales are for PredictTargets and PredictRegression. The error says what
// does not fit, or which member has outputs that are not finite.
func (c *Committee) Regress(d *data.Dataset) (*Report, error) {
	if err := c.checkTargets(d); err != nil {
		return nil, err
	}
	n := d.Len()
	outputs := c.net.Outputs()
	sums := make([]float64, n*outputs) // over the members
	memberLoss := make([][]float64, blocksOf(d))
	err := c.eachBlock(d, func(b block) {
		if b.member == 0 {
			memberLoss[b.index] = make([]float64, c.Len())
		}
		for j := range b.samples {
			i := b.first + j
			target := d.Target(i)
			for k, y := range b.output(j) {
				sums[i*outputs+k] += c.weight(b.member) * float64(y)
				memberLoss[b.index][b.member] += halfSquare(float64(y) - float64(target[k]))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	loss := 0.0
	for i := range n {
		for k, target := range d.Target(i) {
			loss += halfSquare(sums[i*outputs+k]/c.total - float64(target))
		}
	}
	r := newReport(Regression, n, c)
	r.Loss = loss / float64(n)
	r.MemberLoss = make([]float64, c.Len())
	for _, block := range memberLoss {
		for member, loss := range block {
			r.MemberLoss[member] += loss / float64(n)
		}
	}
	return r, nil
}

func halfSquare(x float64) float64 { return x * x / 2 }
