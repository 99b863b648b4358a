package kernel

import "math"

// Softmax has what the cross-entropy needs of rows of logits. For each row j
// < len(Labels), with top the largest of its Classes logits and own that of
// its label:
//
//	Gaps[j] = top − own
//	Others[j] = Σ_{k ≠ label} exp(logit_k − top)
//
// in float64, so that −log softmax(row)[label] = gap + log(others + exp(−gap)).
// The machine code sums classes 0, 4, 8, … and 1, 5, 9, … and so on apart,
// takes exp below −708 as 0, and has it right to 2 units in the last place.
//
// If a logit of the row is not finite, Others[j] is NaN, and Gaps[j] anything.
type Softmax struct {
	Others, Gaps []float64
	Logits       []float32 // len(Labels) × Classes
	Labels       []int32   // in [0, Classes)
	Classes      int       // at least 1
}

func (k *Softmax) check() {
	if k.Classes < 1 || len(k.Others) < len(k.Labels) || len(k.Gaps) < len(k.Labels) || len(k.Logits) < len(k.Labels)*k.Classes {
		panic("kernel: slice of Softmax too short")
	}
	for _, label := range k.Labels {
		if uint(label) >= uint(k.Classes) {
			panic("kernel: label out of range")
		}
	}
}

func softmaxGo(k *Softmax) {
	for j, label := range k.Labels {
		logits := k.Logits[j*k.Classes:][:k.Classes]
		var difference float32 // NaN if a logit is not finite
		top := logits[0]
		for _, z := range logits {
			difference += z - z
			top = max(top, z)
		}
		others := 0.0
		for class, z := range logits {
			if class != int(label) {
				others += math.Exp(float64(z) - float64(top))
			}
		}
		k.Gaps[j] = float64(top) - float64(logits[label])
		k.Others[j] = others + float64(difference)
	}
}
