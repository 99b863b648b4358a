package ensemble

import "github.com/trajens/trajens/data"

// regress measures the committee as a regression.
func (c *Committee) regress(d *data.Dataset) (*Report, error) {
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
				sums[i*outputs+k] += float64(y)
				memberLoss[b.index][b.member] += halfSquare(float64(y) - float64(target[k]))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	r := &Report{Samples: n, MemberLoss: make([]float64, c.Len())}
	for i := range n {
		for k, target := range d.Target(i) {
			r.Loss += halfSquare(sums[i*outputs+k]/float64(c.Len()) - float64(target))
		}
	}
	r.Loss /= float64(n)
	for _, block := range memberLoss {
		for member, loss := range block {
			r.MemberLoss[member] += loss / float64(n)
		}
	}
	return r, nil
}

func halfSquare(x float64) float64 { return x * x / 2 }
