package nn

import "slices"

// A forward evaluates a network for one model and one sample at a time. It
// has scratch memory: one goroutine at a time may use it.
type forward struct {
	steps []step
}

// A step computes one stage of a network. Between steps images are [height,
// width, channels]; the samples and the network's outputs are not.
type step interface {
	load(params []float32) // takes over the parameters of the whole network

	// apply returns the output for src, in memory that is its own or that of
	// a step before it, until its next call. It never writes to the sample.
	apply(src []float32) []float32
}

func newForward(net *Network) *forward {
	f := new(forward)
	channelsLast := false
	transpose := func(shape []int, last bool) {
		if channelsLast = last; len(shape) != 3 || shape[0] == 1 || shape[1]*shape[2] == 1 {
			return
		}
		rows := shape[0]
		if !last {
			rows = shape[1] * shape[2]
		}
		f.steps = append(f.steps, &transposeStep{rows: rows, dst: make([]float32, product(shape...))})
	}
	var dst []float32 // of the last layer with memory of its own, for an activation to overwrite
	for _, op := range ordered(net.operations) {
		if (op.kind == kindConv2D || op.kind == kindMaxPool2D) && !channelsLast {
			transpose(op.input, true)
		}
		switch op.kind {
		case kindDense:
			s := newDenseStep(op)
			f.steps, dst = append(f.steps, s), s.dst
		case kindConv2D:
			fromData := !slices.ContainsFunc(f.steps, func(s step) bool { _, ok := s.(*transposeStep); return !ok })
			s := newConvStep(op, fromData)
			f.steps, dst = append(f.steps, s), s.dst
		case kindMaxPool2D:
			s := newMaxPoolStep(op)
			f.steps, dst = append(f.steps, s), s.dst
		case kindReLU, kindTanh:
			if dst == nil {
				dst = make([]float32, product(op.output...))
			}
			if op.kind == kindReLU {
				f.steps = append(f.steps, &reluStep{dst})
			} else {
				f.steps = append(f.steps, &tanhStep{dst})
			}
		case kindFlatten:
			if channelsLast {
				transpose(op.input, false)
			}
		}
	}
	if channelsLast {
		transpose(net.last().output, false)
	}
	return f
}

// ordered returns the operations with each ReLU after the max-pool that
// follows it, where there is less to do. The two commute.
func ordered(operations []operation) []operation {
	operations = slices.Clone(operations)
	for i := range operations[1:] {
		if relu, pool := operations[i], operations[i+1]; relu.kind == kindReLU && pool.kind == kindMaxPool2D {
			relu.input, relu.output = pool.output, pool.output
			operations[i], operations[i+1] = pool, relu
		}
	}
	return operations
}

func (f *forward) load(params []float32) {
	for _, s := range f.steps {
		s.load(params)
	}
}

func (f *forward) apply(input []float32) []float32 {
	x := input
	for _, s := range f.steps {
		x = s.apply(x)
	}
	return x
}
