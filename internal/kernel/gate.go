package kernel

// Gate goes backward through a ReLU: it sets derivatives to zero where the
// outputs are zero.
//
//	Slopes[i] = 0 where Outputs[i] is 0
type Gate struct {
	Slopes  []float32
	Outputs []float32 // as many
}

func (k *Gate) check() {
	if len(k.Outputs) != len(k.Slopes) {
		panic("kernel: lengths of Gate differ")
	}
}

func gateGo(k *Gate) {
	slopes := k.Slopes[:len(k.Outputs)]
	for i, y := range k.Outputs {
		if y == 0 {
			slopes[i] = 0
		}
	}
}
