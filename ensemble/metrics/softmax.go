package metrics

import (
	"fmt"
	"math"
)

// LogSoftmax returns the log-probabilities that logits stand for, samples ×
// classes:
//
//	log p_k = z_k − log Σ_j exp z_j
//
// A logit of −Inf is a probability of zero. The error names the first logit
// that is NaN or +Inf, or the first sample without any that is finite. The
// logits are not changed.
func LogSoftmax[F float32 | float64](logits []F, classes int) ([]float64, error) {
	if err := checkRows(len(logits), classes); err != nil {
		return nil, err
	}
	logProbabilities := make([]float64, len(logits))
	for i, z := range logits {
		logProbabilities[i] = float64(z)
		if !(float64(z) <= math.MaxFloat64) {
			return nil, fmt.Errorf("metrics: the logit of class %d of sample %d is %v, want a finite number or -Inf", i%classes, i/classes, z)
		}
	}
	for first := 0; first < len(logits); first += classes {
		row := logProbabilities[first : first+classes]
		total := logSumExp(row)
		if math.IsInf(total, -1) {
			return nil, fmt.Errorf("metrics: the logits of sample %d are all -Inf", first/classes)
		}
		for k := range row {
			row[k] -= total
		}
	}
	return logProbabilities, nil
}

// logSumExp returns log Σ exp(x) without overflow, −Inf if all are.
func logSumExp(x []float64) float64 {
	top := x[largest(x)]
	if math.IsInf(top, -1) {
		return top
	}
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}

// logAddExp returns log(exp a + exp b) of numbers that may be −Inf.
func logAddExp(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
