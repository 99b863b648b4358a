package joint

import (
	"fmt"
	"math"

	"github.com/trajens/trajens/data"
)

// A Family says which distributions the outputs η of a module, and their averages,
// stand for, with η as natural parameters:
//
//	NLL(η) = A(η) − ⟨y, η⟩ + c(y),   ŷ = ∇A(η)
type Family int

const (
	// Softmax is for datasets with labels: η are logits, A is log Σ exp(η), y is 1 at
	// the label, c = 0. NLL is in nats.
	Softmax Family = iota + 1

	// Gaussian is for datasets with real targets, with unit variance: A = ½‖η‖² and
	// c = ½‖y‖², so that NLL is half the squared error. The constant ½ ln 2π of each
	// target is left out.
	Gaussian

	// Poisson is for datasets whose targets are counts, from 0: η are logarithms of
	// rates, A = Σ exp(η), c = Σ ln Γ(y + 1). NLL is in nats.
	Poisson
)

// String returns the family's name.
func (f Family) String() string {
	switch f {
	case Softmax:
		return "Softmax"
	case Gaussian:
		return "Gaussian"
	case Poisson:
		return "Poisson"
	}
	return fmt.Sprintf("Family(%d)", int(f))
}

// resolve returns the family, or that which fits a dataset if it is 0, for a number of
// outputs. The error says what does not fit.
func (f Family) resolve(outputs int, d *data.Dataset) (Family, error) {
	if f == 0 {
		f = Gaussian
		if d.Classes() > 0 {
			f = Softmax
		}
	}
	if f < Softmax || f > Poisson {
		return 0, fmt.Errorf("joint: family = %d, want Softmax, Gaussian, Poisson, or 0 for what fits the dataset", int(f))
	}
	if f == Softmax {
		if d.Classes() != outputs {
			return 0, fmt.Errorf("joint: the dataset has %d classes, the network %d outputs; family %v needs as many", d.Classes(), outputs, f)
		}
		return f, nil
	}
	if d.Outputs() != outputs {
		return 0, fmt.Errorf("joint: the dataset has %d targets, the network %d outputs; family %v needs as many", d.Outputs(), outputs, f)
	}
	if f == Poisson {
		for i := range d.Len() {
			for k, y := range d.Target(i) {
				if y < 0 {
					return 0, fmt.Errorf("joint: target %d of sample %d is %v, want a count from 0 for family %v", k, i, y, f)
				}
			}
		}
	}
	return f, nil
}

// A truth is what a dataset says of a sample.
type truth struct {
	label   int       // of Softmax
	targets []float32 // of others
}

func (f Family) truth(d *data.Dataset, sample int) truth {
	if f == Softmax {
		return truth{label: d.Label(sample)}
	}
	return truth{targets: d.Target(sample)}
}

// residuals returns NLL(η), and writes ŷ − y to dst.
func (f Family) residuals(dst, eta []float64, y truth) float64 {
	switch f {
	case Softmax:
		return softmaxResiduals(dst, eta, y.label)
	case Gaussian:
		loss := 0.0
		for k, target := range y.targets {
			r := eta[k] - float64(target)
			dst[k] = r
			loss += r * r / 2
		}
		return loss
	}
	loss := 0.0
	for k, target := range y.targets {
		t, rate := float64(target), math.Exp(eta[k])
		dst[k] = rate - t
		lgamma, _ := math.Lgamma(t + 1)
		loss += rate - t*eta[k] + lgamma
	}
	return loss
}

// softmaxResiduals sums the exponentials of other classes than the label apart, so
// that small losses and residuals keep their digits.
func softmaxResiduals(dst, eta []float64, label int) float64 {
	top := eta[0]
	for _, z := range eta {
		top = max(top, z)
	}
	others := 0.0
	for k, z := range eta {
		dst[k] = math.Exp(z - top)
		if k != label {
			others += dst[k]
		}
	}
	all := others + dst[label]
	for k, power := range dst {
		dst[k] = power / all
	}
	dst[label] = -others / all
	gap := top - eta[label]
	if gap == 0 {
		return math.Log1p(others)
	}
	return gap + math.Log(others+math.Exp(-gap))
}

// partition returns A(η).
func (f Family) partition(eta []float64) float64 {
	sum := 0.0
	switch f {
	case Softmax:
		top := math.Inf(-1)
		for _, z := range eta {
			top = max(top, z)
		}
		for _, z := range eta {
			sum += math.Exp(z - top)
		}
		return top + math.Log(sum)
	case Gaussian:
		for _, z := range eta {
			sum += z * z / 2
		}
	case Poisson:
		for _, z := range eta {
			sum += math.Exp(z)
		}
	}
	return sum
}
