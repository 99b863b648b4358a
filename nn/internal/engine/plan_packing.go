package engine

import "github.com/trajens/trajens/internal/kernel"

// A packing says how the parameters of a stage, weight then bias, are laid
// out for the kernels: a weight for several output channels, in whole
// vectors, before the next weight. Models change at each step of a chain, so
// packing has to be fast; where things go is found out once.
type packing struct {
	panels  []panel
	outputs int // output channels
	inner   int // weights of each
	bias    bool
	vectors []vector
	length  int // of the packed numbers
}

// A panel is the part of a stage's outputs that one call of a kernel computes.
type panel struct {
	channel       int // the first one
	end           int // the channel after the last one of the panel's group
	vectors       int // 1 or 2
	weights, bias int // where they start in the packed numbers
}

// A vector is kernel.Lanes output channels.
type vector struct {
	channel int // the first one
	end     int // where the channels of its group end
	weights int // where they start in the packed numbers
	series  []series
	places  []place // the places that are in no series
	biases  []int   // where the biases go
}

// A place is where in the packed numbers, counted from the start of a
// vector's weights, the weights go that stand at the given place in [in,
// height, width] of each output channel. Numbers that no place has, and
// channels beyond the last of the group, are zero.
type place struct{ to, from int32 }

// A series is some places of which each has the next weight, and of which each
// is the same distance after the one before it.
type series struct {
	place        // the first one
	step, length int
}

// newVector divides the places into series that are long enough for
// kernel.Transpose, and others. A vector that is not whole has no series.
func (p *panel) newVector(channel, weights int, places []place, biases []int) vector {
	v := vector{channel: channel, end: p.end, weights: weights, biases: biases}
	if channel+kernel.Lanes > p.end {
		v.places = places
		return v
	}
	for len(places) > 0 {
		r := firstSeries(places)
		if r.length >= kernel.Lanes {
			v.series = append(v.series, r)
		} else {
			v.places = append(v.places, places[:r.length]...)
		}
		places = places[r.length:]
	}
	return v
}

// firstSeries returns the series that the places begin with.
func firstSeries(places []place) series {
	r := series{places[0], kernel.Lanes, 1}
	for _, next := range places[1:] {
		last := places[r.length-1]
		step := int(next.to - last.to)
		if next.from != last.from+1 || step < kernel.Lanes || r.length > 1 && step != r.step {
			break
		}
		r.step = step
		r.length++
	}
	return r
}

// newPacking divides the output channels, those of each group apart, into panels
// of two units each, and a last one of one unit where that is enough.
func newPacking(layer *Operation, unit int) packing {
	p := packing{outputs: layer.Weight[0], inner: Product(layer.Weight[1:]...), bias: layer.Bias > 0}
	group := p.outputs / max(layer.Groups, 1)
	for end := group; end <= p.outputs; end += group {
		for at := end - group; at < end; at += 2 * unit {
			vectors := 2
			if end-at <= unit {
				vectors = 1
			}
			p.panels = append(p.panels, panel{channel: at, end: end, vectors: vectors})
		}
	}
	return p
}

// lay gives memory to the panels, weights first, then the given number of
// times the biases, and adds their vectors.
func (p *packing) lay(weights func(panel) int, biases int, vectors func(panel) []vector) {
	for i := range p.panels {
		p.panels[i].weights = p.length
		p.length += weights(p.panels[i])
	}
	for i := range p.panels {
		p.panels[i].bias = p.length
		p.length += biases * p.panels[i].vectors * kernel.Lanes
		p.vectors = append(p.vectors, vectors(p.panels[i])...)
	}
}

// packLinear lays parameters out for kernel.Linear. Image pixels, or those under the kernel of
// a convolution, come one after the other with all channels, while the
// weights are [channels, height, width].
func packLinear(layer *Operation, pixels, channels int) packing {
	p := newPacking(layer, kernel.Lanes)
	var places [3][]place // by vectors of the panel
	for vectors := 1; vectors <= 2; vectors++ {
		for c := range channels {
			for pixel := range pixels {
				to := (pixel*channels + c) * vectors * kernel.Lanes
				places[vectors] = append(places[vectors], place{int32(to), int32(c*pixels + pixel)})
			}
		}
	}
	p.lay(func(panel panel) int { return pixels * channels * panel.vectors * kernel.Lanes }, 1, func(panel panel) (vectors []vector) {
		for v := range panel.vectors {
			at := v * kernel.Lanes
			vectors = append(vectors, panel.newVector(panel.channel+at, panel.weights+at, places[panel.vectors], []int{panel.bias + at}))
		}
		return vectors
	})
	return p
}

// pack writes the packed numbers of parameters. In dst all must be zero
// before the first time.
func (p *packing) pack(dst, params, zeros []float32, k *kernel.Transpose) {
	var rows [kernel.Lanes][]float32
	for i := range p.vectors {
		v := &p.vectors[i]
		for l := range rows {
			if o := v.channel + l; o < v.end {
				rows[l] = params[o*p.inner:][:p.inner]
				if p.bias {
					for _, at := range v.biases {
						dst[at+l] = params[p.outputs*p.inner+o]
					}
				}
			} else {
				rows[l] = zeros[:p.inner]
			}
		}
		for _, r := range v.series {
			k.Dst, k.X = dst[v.weights+int(r.to):], params[v.channel*p.inner+int(r.from):]
			k.DstRow, k.XRow, k.Length = r.step, p.inner, r.length
			k.Run()
		}
		packPlaces(dst[v.weights:], v.places, &rows)
	}
}

// packPlaces copies one weight of eight rows at a time.
func packPlaces(dst []float32, places []place, rows *[kernel.Lanes][]float32) {
	r0 := rows[0]
	n := len(r0)
	r1, r2, r3 := rows[1][:n], rows[2][:n], rows[3][:n]
	r4, r5, r6, r7 := rows[4][:n], rows[5][:n], rows[6][:n], rows[7][:n]
	for _, p := range places {
		at := uint32(p.from)
		d := (*[kernel.Lanes]float32)(dst[uint32(p.to):])
		d[0], d[1], d[2], d[3] = r0[at], r1[at], r2[at], r3[at]
		d[4], d[5], d[6], d[7] = r4[at], r5[at], r6[at], r7[at]
	}
}
