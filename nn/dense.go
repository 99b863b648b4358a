package nn

import "fmt"

// Dense is a fully connected layer: output = weight · input + bias, from a
// vector to a vector. Its weight is [Outputs, inputs], row-major, its bias
// [Outputs].
type Dense struct {
	Outputs int  // at least 1
	NoBias  bool // leave the bias out
}

// String returns the layer and its settings.
func (l Dense) String() string {
	text := fmt.Sprintf("Dense(%d", l.Outputs)
	if l.NoBias {
		text += ", no bias"
	}
	return text + ")"
}

func (l Dense) resolve(input []int) (operation, error) {
	if err := checkField("Outputs", l.Outputs, 1); err != nil {
		return operation{}, err
	}
	if len(input) != 1 {
		return operation{}, fmt.Errorf("the input is %s, want a vector: add Flatten before this layer", formatShape(input))
	}
	op := operation{
		kind:         kindDense,
		input:        input,
		output:       []int{l.Outputs},
		weight:       []int{l.Outputs, input[0]},
		multiplyAdds: product(l.Outputs, input[0]),
	}
	if !l.NoBias {
		op.bias = l.Outputs
	}
	return op, nil
}

// A denseStep evaluates a Dense layer. The weight is used as it is.
type denseStep struct {
	op           operation
	weight, bias []float32 // views of the parameters; bias may be empty
	dst          []float32
}

func newDenseStep(op operation) *denseStep {
	return &denseStep{op: op, dst: make([]float32, op.output[0])}
}

func (s *denseStep) load(params []float32) {
	s.weight = params[s.op.weightAt:][:product(s.op.weight...)]
	s.bias = params[s.op.biasAt:][:s.op.bias]
}

func (s *denseStep) apply(src []float32) []float32 {
	n := s.op.input[0]
	src = src[:n]
	row := 0
	for ; row+8 <= len(s.dst); row += 8 {
		dot8((*[8]float32)(s.dst[row:]), s.weight[row*n:(row+8)*n], src)
	}
	for ; row < len(s.dst); row++ {
		s.dst[row] = dot(s.weight[row*n:][:n], src)
	}
	for i, b := range s.bias {
		s.dst[i] += b
	}
	return s.dst
}

// dot8 sets dst to the products of eight rows of weights, one after the
// other, with x. Eight sums at once hide the latency of the additions.
func dot8(dst *[8]float32, rows, x []float32) {
	n := len(x)
	w0, w1, w2, w3 := rows[:n], rows[n:][:n], rows[2*n:][:n], rows[3*n:][:n]
	w4, w5, w6, w7 := rows[4*n:][:n], rows[5*n:][:n], rows[6*n:][:n], rows[7*n:][:n]
	var a0, a1, a2, a3, a4, a5, a6, a7 float32
	for i, v := range x {
		a0 += v * w0[i]
		a1 += v * w1[i]
		a2 += v * w2[i]
		a3 += v * w3[i]
		a4 += v * w4[i]
		a5 += v * w5[i]
		a6 += v * w6[i]
		a7 += v * w7[i]
	}
	*dst = [8]float32{a0, a1, a2, a3, a4, a5, a6, a7}
}

// dot returns the product of two vectors of the same length, in four
// interleaved partial sums.
func dot(w, x []float32) float32 {
	w = w[:len(x)]
	var a0, a1, a2, a3 float32
	for len(x) >= 4 && len(w) >= 4 {
		a0 += w[0] * x[0]
		a1 += w[1] * x[1]
		a2 += w[2] * x[2]
		a3 += w[3] * x[3]
		w, x = w[4:], x[4:]
	}
	for i, v := range x {
		a0 += w[i] * v
	}
	return (a0 + a1) + (a2 + a3)
}
