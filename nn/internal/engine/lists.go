package engine

import "github.com/trajens/trajens/internal/kernel"

// Lists are those inputs of a block that are not zero, patch by patch, sample
// after sample without gaps. They serve all models of a call.
type lists struct {
	plan   *sparsePlan
	values []float32
	places []uint32
	ends   []int32 // of each patch of each sample
	copied []float32
	kernel kernel.Patches
}

func newLists(plan *sparsePlan, samples int) *lists {
	l := &lists{plan: plan, kernel: plan.patches}
	patches := samples * len(plan.patches.Origins)
	room := patches*plan.patches.MaxPatch() + kernel.Lanes
	l.values, l.places, l.ends = make([]float32, room), make([]uint32, room), make([]int32, patches)
	if plan.copied != nil {
		l.copied = make([]float32, plan.copied.size())
	}
	return l
}

// first returns where the lists of sample j start.
func (l *lists) first(j int) int {
	if j == 0 {
		return 0
	}
	return int(l.ends[j*len(l.plan.patches.Origins)-1])
}

// of returns the ends of the lists of sample j.
func (l *lists) of(j int) []int32 {
	patches := len(l.plan.patches.Origins)
	return l.ends[j*patches : (j+1)*patches]
}

// find makes the lists of sample j, after those of the samples before it.
func (l *lists) find(j int, input []float32) {
	if l.copied != nil {
		l.copy(input)
		input = l.copied
	}
	first := l.first(j)
	k := &l.kernel
	k.Image, k.Values, k.Places, k.Ends = input, l.values[first:], l.places[first:], l.of(j)
	k.Run()
	for t := range k.Ends {
		k.Ends[t] += int32(first)
	}
}

// copy copies a sample into the border of zeros, which is never written to.
func (l *lists) copy(input []float32) {
	layer, padding := &l.plan.stage.layer, l.plan.stage.layer.Padding
	if l.plan.stage.kind == KindDense {
		copy(l.copied, input)
		return
	}
	height, width := layer.Input[1], layer.Input[2]
	rows, columns := l.plan.copied.height, l.plan.copied.width
	for c := range layer.Input[0] {
		for y := range min(height, rows-padding) {
			from := input[(c*height+y)*width:][:min(width, columns-padding)]
			copy(l.copied[(c*rows+y+padding)*columns+padding:], from)
		}
	}
}

// length returns the length of the lists of the first sample, without what
// makes them even.
func (l *lists) length() int {
	n, from := 0, 0
	for _, end := range l.of(0) {
		n += int(end) - from
		if int(end) > from && l.values[end-1] == 0 {
			n--
		}
		from = int(end)
	}
	return n
}
