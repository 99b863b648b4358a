package engine

import (
	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/internal/kernel"
	"github.com/trajens/trajens/internal/random"
)

// A sparsePlan is how to compute the first stage from those inputs alone that
// are not zero. The inputs are looked at in patches: for a convolution all
// that a tile of 2×2 pixels is computed from, for a dense layer all of the
// sample. Each input that is not zero meets one row of a table, which has its
// weights for all four pixels of the tile and a panel of channels, or for a
// panel of outputs.
type sparsePlan struct {
	stage   *stagePlan
	packing packing

	patches      kernel.Patches // without image and results
	copied       *extent        // of the copy with a border of zeros that patches are found in, nil if it is the sample
	tileRows     int            // of a convolution
	tileColumns  int
	placesOfTile int // numbers in a patch
}

// newSparsePlan returns nil if the first stage of the plan has no sparse
// variant.
func newSparsePlan(p *plan) *sparsePlan {
	switch stage := &p.stages[0]; stage.kind {
	case KindDense:
		return newSparseDense(stage)
	case KindConv2D:
		return newSparseConvolution(stage)
	}
	return nil
}

func newSparseDense(stage *stagePlan) *sparsePlan {
	const width = kernel.MaxPatchWidth
	n := stage.input.size()
	rows := (n + width - 1) / width
	s := &sparsePlan{stage: stage, placesOfTile: n}
	if n%width != 0 {
		s.copied = &extent{1, rows * width, 1}
	}
	p := newPacking(&stage.layer, kernel.Tile*kernel.Lanes)
	unit := kernel.Tile * kernel.Lanes * p.panels[0].vectors
	s.patches = kernel.Patches{Origins: []int32{0}, Rows: rows, Width: width, Row: width, Channels: 1, Unit: unit}
	var places []place
	for at := range n {
		places = append(places, place{int32(at * unit), int32(at)})
	}
	p.lay(func(panel) int { return n * unit }, kernel.Tile, func(panel panel) (vectors []vector) {
		for v := range kernel.Tile * panel.vectors {
			at := v * kernel.Lanes
			vectors = append(vectors, panel.newVector(panel.channel+at, panel.weights+at, places, []int{panel.bias + at}))
		}
		return vectors
	})
	s.packing = p
	return s
}

func newSparseConvolution(stage *stagePlan) *sparsePlan {
	layer := &stage.layer
	k, stride := layer.Kernel, layer.Stride
	side := k + stride
	s := &sparsePlan{
		stage:        stage,
		tileRows:     (stage.convolved.height + 1) / 2,
		tileColumns:  (stage.convolved.width + 1) / 2,
		placesOfTile: layer.Input[0] * side * side,
	}
	if side > kernel.MaxPatchWidth || 2*s.tileRows > layer.Output[1] || 2*s.tileColumns > layer.Output[2] {
		return nil
	}
	height, width := layer.Input[1], layer.Input[2]
	if layer.Padding > 0 {
		height, width = layer.reach(2*s.tileRows), layer.reach(2*s.tileColumns)
		s.copied = &extent{height, width, layer.Input[0]}
	}
	p := newPacking(layer, kernel.Lanes)
	unit := kernel.Tile * kernel.Lanes * p.panels[0].vectors
	s.patches = kernel.Patches{
		Rows: side, Width: side, Row: width,
		Channels: layer.Input[0], Channel: height * width,
		Unit: unit,
	}
	for ty := range s.tileRows {
		for tx := range s.tileColumns {
			s.patches.Origins = append(s.patches.Origins, int32(2*stride*(ty*width+tx)))
		}
	}
	p.lay(func(panel) int { return s.placesOfTile * unit }, kernel.Tile, func(panel panel) (vectors []vector) {
		lanes := panel.vectors * kernel.Lanes
		places := s.tilePlaces(unit, lanes)
		for v := range panel.vectors {
			at := v * kernel.Lanes
			var biases []int
			for pixel := range kernel.Tile {
				biases = append(biases, panel.bias+pixel*lanes+at)
			}
			vectors = append(vectors, panel.newVector(panel.channel+at, panel.weights+at, places, biases))
		}
		return vectors
	})
	s.packing = p
	return s
}

// tilePlaces returns the places of weights in the table of a convolution: row
// by row of the table the four pixels of the tile, of which each sees the
// patch through the kernel at its own place.
func (s *sparsePlan) tilePlaces(unit, lanes int) []place {
	k, stride := s.stage.layer.Kernel, s.stage.layer.Stride
	side := k + stride
	var places []place
	for at := range s.placesOfTile {
		c, row, column := at/(side*side), at/side%side, at%side
		for pixel := range kernel.Tile {
			ky, kx := row-pixel/2*stride, column-pixel%2*stride
			if ky >= 0 && ky < k && kx >= 0 && kx < k {
				places = append(places, place{int32(at*unit + pixel*lanes), int32((c*k+ky)*k + kx)})
			}
		}
	}
	return places
}

// Costs of the sparse kernels, in units of what a product of a number with a
// vector of weights costs in the dense one. They were measured on Zen 5 with
// two models: for fourteen layers, with a share from 0.1 to 0.8 that is not
// zero, the variant they choose was never more than a tenth slower than the
// other.
const (
	patchCost  = 1.1  // to look at an input in the patches of a convolution
	sampleCost = 0.25 // and in a sample of a dense layer
	callCost   = 40   // to look at a sample of a dense layer at all
	listCost   = 10   // to begin a list, for each vector of a pixel
	nearCost   = 1.0  // a product with a table in the first-level cache
	farCost    = 2.1  // and with a larger one

	nearTable = 32 << 10 // bytes
)

// pays reports whether the sparse variant is the faster one, for patches of
// which this share is not zero.
func (s *sparsePlan) pays(density float64) bool {
	places := float64(s.placesOfTile)
	dense, products, sparse := 0.0, s.packing.inner, callCost+sampleCost*places
	if s.stage.kind == KindConv2D {
		products, sparse = kernel.Tile*s.packing.inner, patchCost*places
	}
	for _, panel := range s.stage.packing.panels {
		dense += float64(products * panel.vectors)
	}
	cost := nearCost
	if 4*s.placesOfTile*s.patches.Unit > nearTable {
		cost = farCost
	}
	for _, panel := range s.packing.panels {
		sparse += float64(panel.vectors) * (listCost + cost*density*kernel.Tile*places)
	}
	return sparse < dense
}

// sparsePays reports whether to use the sparse variant for a dataset, if there
// is one. It depends on the dataset alone, so that losses depend on nothing
// else.
func (p *plan) sparsePays(d *data.Dataset) bool {
	return p.sparse != nil && p.sparse.pays(p.sparse.density(d))
}

// densitySamples is how many samples are looked at to decide. Their patches are
// so many that what is left of chance does not matter.
const densitySamples = 1024

// density returns how much of the patches of the dataset is not zero, from some
// samples drawn at random.
func (s *sparsePlan) density(d *data.Dataset) float64 {
	source := random.Source(0, uint64(d.Len()))
	lists := newLists(s, 1)
	found, n := 0, min(d.Len(), densitySamples)
	for i := range n {
		if n < d.Len() {
			i = random.Below(source, d.Len())
		}
		lists.find(0, d.Input(i))
		found += lists.length()
	}
	return float64(found) / (float64(n) * float64(len(s.patches.Origins)*s.placesOfTile))
}
