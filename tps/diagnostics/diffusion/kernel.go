package diffusion

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"github.com/trajens/trajens/internal/memory"
)

// points are draws in float64, about their mean.
type points struct {
	x       []float64 // n × params
	params  int
	squares []float64 // |x_i|²
}

func newPoints(centered []float64, params int) *points {
	p := &points{x: centered, params: params, squares: make([]float64, len(centered)/params)}
	for i := range p.squares {
		p.squares[i] = floats.Dot(p.at(i), p.at(i))
	}
	return p
}

func (p *points) len() int           { return len(p.squares) }
func (p *points) at(i int) []float64 { return p.x[i*p.params : (i+1)*p.params] }

// distance2 returns the squared distance of two points.
func (p *points) distance2(i, j int) float64 {
	return max(0, p.squares[i]+p.squares[j]-2*floats.Dot(p.at(i), p.at(j)))
}

// A kernel is a sparse symmetric matrix with ones on its diagonal, by rows.
type kernel struct {
	start  []int // of row i; one more at the end
	column []int32
	value  []float64
}

// A pair is two points, j < i.
type pair struct {
	i, j      int32
	distance2 float64
}

// newKernel has the values exp(−d²/4ε) of pairs within the radius, all of them or those of nearest
// neighbors.
func newKernel(ctx context.Context, p *points, epsilon, radius float64, neighbors int) (*kernel, error) {
	find := p.within
	if neighbors > 0 {
		find = func(ctx context.Context, radius float64) ([]pair, error) { return p.nearest(ctx, radius, neighbors) }
	}
	pairs, err := find(ctx, radius)
	if err != nil {
		return nil, err
	}
	n := p.len()
	k := &kernel{start: make([]int, n+1), column: make([]int32, n+2*len(pairs)), value: make([]float64, n+2*len(pairs))}
	next := make([]int, n) // where the next value of a row goes
	for _, pair := range pairs {
		next[pair.i]++
		next[pair.j]++
	}
	for i, others := range next {
		k.start[i+1] = k.start[i] + 1 + others
		next[i] = k.start[i]
	}
	put := func(i, j int32, value float64) {
		k.column[next[i]], k.value[next[i]] = j, value
		next[i]++
	}
	for i := range int32(n) {
		put(i, i, 1)
	}
	for _, pair := range pairs {
		value := math.Exp(-pair.distance2 / (4 * epsilon))
		put(pair.i, pair.j, value)
		put(pair.j, pair.i, value)
	}
	return k, nil
}

// within returns all pairs within the radius.
func (p *points) within(ctx context.Context, radius float64) (pairs []pair, err error) {
	for i := range p.len() {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for j := range i {
			if d2 := p.distance2(i, j); d2 <= radius*radius {
				pairs = append(pairs, pair{int32(i), int32(j), d2})
			}
		}
		const bytesEach = 16*2.25 + 2*12 // a pair in a slice that grows, and two values
		if err := memory.Check(float64(len(pairs)) * bytesEach); err != nil {
			return nil, fmt.Errorf("diffusion: the kernel of %d draws %w: take Neighbors, or a smaller Radius or Epsilon", p.len(), err)
		}
	}
	return pairs, nil
}

// nearest returns the pairs within the radius of which one is among the nearest neighbors of the
// other.
func (p *points) nearest(ctx context.Context, radius float64, neighbors int) (pairs []pair, err error) {
	row := make([]pair, 0, p.len())
	for i := range p.len() {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		row = row[:0]
		for j := range p.len() {
			high, low := max(i, j), min(i, j)
			if d2 := p.distance2(high, low); j != i && d2 <= radius*radius {
				row = append(row, pair{int32(high), int32(low), d2})
			}
		}
		slices.SortFunc(row, func(a, b pair) int { return cmp.Or(cmp.Compare(a.distance2, b.distance2), byPlace(a, b)) })
		pairs = append(pairs, row[:min(neighbors, len(row))]...)
	}
	slices.SortFunc(pairs, byPlace)
	return slices.Compact(pairs), nil // neighbors of each other are there twice
}

func byPlace(a, b pair) int { return cmp.Or(cmp.Compare(a.i, b.i), cmp.Compare(a.j, b.j)) }

// Len returns the number of points.
func (k *kernel) Len() int { return len(k.start) - 1 }

// Product writes the product of the kernel with v to dst.
func (k *kernel) Product(dst, v []float64) {
	for i := range dst {
		sum := 0.0
		columns := k.column[k.start[i]:k.start[i+1]]
		values := k.value[k.start[i]:k.start[i+1]]
		for j, column := range columns {
			sum += values[j] * v[column]
		}
		dst[i] = sum
	}
}

// parts returns how many sets of points there are that no value connects.
func (k *kernel) parts() int {
	parts := 0
	seen := make([]bool, k.Len())
	var open []int32
	for first := range seen {
		if seen[first] {
			continue
		}
		parts++
		seen[first] = true
		for open = append(open[:0], int32(first)); len(open) > 0; {
			i := open[len(open)-1]
			open = open[:len(open)-1]
			for _, j := range k.column[k.start[i]:k.start[i+1]] {
				if !seen[j] {
					seen[j] = true
					open = append(open, j)
				}
			}
		}
	}
	return parts
}
