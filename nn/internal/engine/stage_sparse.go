package engine

import "github.com/trajens/trajens/internal/kernel"

// A sparseDenseStage computes a dense first layer from the inputs that are
// not zero.
type sparseDenseStage struct {
	plan   *sparsePlan
	lists  *lists
	out    *buffer
	origin []int32
	gather kernel.Gather
}

func newSparseDenseStage(plan *sparsePlan, lists *lists, out *buffer, samples int) *sparseDenseStage {
	s := &sparseDenseStage{plan: plan, lists: lists, out: out}
	for j := range samples {
		s.origin = append(s.origin, int32(j*out.sample))
	}
	s.gather = kernel.Gather{Mode: kernel.GatherRow, Floor: plan.stage.floor}
	return s
}

func (s *sparseDenseStage) compute(w *packed, samples int) {
	s.sum(w, samples)
	if s.plan.stage.tanh {
		applyTanh(s.out, samples)
	}
}

// sum computes the sums, after the floor.
func (s *sparseDenseStage) sum(w *packed, samples int) {
	k, panels := &s.gather, s.plan.packing.panels
	k.Values, k.Places, k.Ends = s.lists.values, s.lists.places, s.lists.ends[:samples]
	k.DstOrigins = s.origin[:samples]
	for i := len(panels) - 1; i >= 0; i-- {
		p := panels[i]
		k.Vectors, k.Table, k.Bias = p.vectors, w.numbers[p.weights:], w.numbers[p.bias:]
		k.Dst = s.out.data[p.channel:]
		k.Run()
	}
}

// A sparseConvStage computes a convolution, and the pooling and activation
// after it, from the inputs that are not zero.
type sparseConvStage struct {
	plan   *sparsePlan
	lists  *lists
	out    *buffer
	gather kernel.Gather

	// Windows of 2×2 are the tiles. For others the tiles are put together
	// first.
	tiles   []float32
	origins [3][]int32 // where each tile begins in tiles, by vectors of the panel
	pool    rowPool
}

func newSparseConvStage(plan *sparsePlan, lists *lists, out *buffer) *sparseConvStage {
	s := &sparseConvStage{plan: plan, lists: lists, out: out}
	s.gather = kernel.Gather{Mode: kernel.GatherPool, Floor: plan.stage.floor}
	if (plan.stage.pool == window2D{2, 2}) {
		for ty := range plan.tileRows {
			for tx := range plan.tileColumns {
				s.gather.DstOrigins = append(s.gather.DstOrigins, int32(out.at(ty, tx)))
			}
		}
		return s
	}
	s.gather.Mode, s.gather.Floor = kernel.GatherTile, noFloor
	s.pool = newRowPool(plan.stage, out)
	s.tiles = make([]float32, kernel.Tile*plan.tileRows*plan.tileColumns*plan.packing.panels[0].vectors*kernel.Lanes)
	for vectors := 1; vectors <= 2; vectors++ {
		for ty := range plan.tileRows {
			for tx := range plan.tileColumns {
				s.origins[vectors] = append(s.origins[vectors], int32(2*(ty*2*plan.tileColumns+tx)*vectors*kernel.Lanes))
			}
		}
	}
	return s
}

func (s *sparseConvStage) compute(w *packed, samples int) {
	k, panels := &s.gather, s.plan.packing.panels
	k.Values, k.Places = s.lists.values, s.lists.places
	for i := len(panels) - 1; i >= 0; i-- { // the last panel leaves an excess where the first one writes
		p := panels[i]
		k.Vectors, k.Table, k.Bias = p.vectors, w.numbers[p.weights:], w.numbers[p.bias:]
		for j := range samples {
			k.First, k.Ends = s.lists.first(j), s.lists.of(j)
			if s.tiles == nil {
				k.Dst = s.out.of(j)[p.channel:]
				k.Run()
			} else {
				s.gatherAndPool(p, j)
			}
			if i == len(panels)-1 {
				s.out.clean(j)
			}
		}
	}
	if s.plan.stage.tanh {
		applyTanh(s.out, samples)
	}
}

func (s *sparseConvStage) gatherAndPool(p panel, sample int) {
	k, lanes := &s.gather, p.vectors*kernel.Lanes
	row := 2 * s.plan.tileColumns * lanes
	k.Dst, k.DstOrigins, k.DstPixel, k.DstRow = s.tiles, s.origins[p.vectors], lanes, row
	k.Run()
	s.pool.poolTo(s.out.of(sample)[s.out.at(0, 0)+p.channel:], s.out.height, s.tiles, row, p.vectors)
}
