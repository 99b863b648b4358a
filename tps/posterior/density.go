package posterior

import "github.com/trajens/trajens/tps"

// logDensity returns the logarithm of the target density of the trajectory, up to a
// constant:
//
//	log p(θ₁) − Σₜ ‖θₜ₊₁ − θₜ‖²/2σ² − s Σₜ L(θₜ)
//
// (Mair, Causer and Garrahan, arXiv 2306.13442, eqs. 1–4), or with Σₜ log p(θₜ).
func (r *recorder) logDensity() float64 {
	density := logPath(r.path, r.chain.Trajectory())
	if r.tilt == 0 { // the losses do not count, known or not, finite or not
		return density
	}
	sum := 0.0
	for _, loss := range r.losses {
		sum += loss
	}
	return density - r.tilt*sum
}

// logPath returns the logarithm of the path measure, up to a constant.
func logPath(path tps.Path, trajectory *tps.Trajectory) float64 {
	walk, prior := 0.0, 0.0
	for t := range trajectory.Len() {
		model := trajectory.Model(t)
		if path.Prior != nil && (t == 0 || path.EveryModel) {
			for i, x := range model {
				d := (float64(x) - path.Prior.At(i)) / path.Prior.Sigma
				prior += d * d
			}
		}
		if t == 0 {
			continue
		}
		before := trajectory.Model(t - 1)
		for i, x := range model {
			d := (float64(x) - float64(before[i])) / path.Sigma
			walk += d * d
		}
	}
	return -(walk + prior) / 2
}

// evaluate finds the losses of a draw.
func (r *recorder) evaluate() error {
	if r.store.config.ExactLosses {
		if err := r.chain.MeanLosses(r.losses); err != nil {
			return err
		}
		r.loss = 0
		for _, loss := range r.losses {
			r.loss += loss / float64(len(r.losses))
		}
		return nil
	}
	for t := range r.losses {
		r.losses[t] = r.chain.ModelLossEstimate(t)
	}
	r.loss = r.chain.LossEstimate()
	return nil
}
