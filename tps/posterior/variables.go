package posterior

import (
	"encoding/binary"
	"math"

	"github.com/trajens/trajens/internal/zarr"
)

// heldOutName is the name of the held-out samples in the groups that have them.
const heldOutName = "held_out"

// stepName is the variable that tells when a draw was made.
const stepName = "step"

// variables returns what is recorded at each draw.
func variables(config *Config, tau int) []variable {
	var list []variable
	if n := len(config.Coordinates); n > 0 {
		list = append(list, variable{
			group: posteriorGroup, name: "theta", kind: zarr.Float32,
			dimensions: []string{modelDimension, parameterDimension}, shape: []int{tau, n},
			attributes: map[string]any{"long_name": "parameters"},
			write:      (*recorder).writeParameters,
		})
	}
	if k := len(config.Directions); k > 0 {
		list = append(list, variable{
			group: posteriorGroup, name: "projection", kind: zarr.Float64,
			dimensions: []string{modelDimension, directionDimension}, shape: []int{tau, k},
			attributes: map[string]any{"long_name": "inner products of the parameters and the directions"},
			write:      (*recorder).writeProjections,
		})
	}
	list = append(list, stats(config)...)
	if config.HeldOut != nil {
		v := variable{
			group: likelihoodGroup, name: heldOutName, kind: zarr.Float64,
			dimensions: []string{sampleDimension}, shape: []int{config.HeldOut.Samples()},
			attributes: map[string]any{"long_name": "log-likelihood of the committee", "units": "nats"},
			write:      (*recorder).writeLikelihoods,
		}
		if config.ByModel {
			v.dimensions, v.shape = []string{modelDimension, sampleDimension}, []int{tau, v.shape[0]}
			v.attributes["long_name"] = "log-likelihood of each model"
		}
		list = append(list, v)
	}
	return list
}

// stats returns the variables of sample_stats, a number each.
func stats(config *Config) []variable {
	losses := "estimates on minibatches"
	if config.ExactLosses {
		losses = "means over all samples"
	}
	var list []variable
	add := func(name, longName, losses string, value func(*recorder) float64) {
		v := variable{
			group: statsGroup, name: name, kind: zarr.Float64,
			attributes: map[string]any{"long_name": longName},
			write: func(r *recorder, dst []byte) error {
				putFloat64(dst, 0, value(r))
				return nil
			},
		}
		if losses != "" {
			v.attributes["losses"] = losses
		}
		list = append(list, v)
	}
	add("lp", "logarithm of the target density of the trajectory, up to a constant", losses, func(r *recorder) float64 { return r.logDensity() })
	add("loss", "mean of the models' losses", losses, func(r *recorder) float64 { return r.loss })
	add("tilt", "s", "", func(r *recorder) float64 { return r.tilt })
	add("acceptance_rate", "share of the steps since the last draw that were accepted", "", func(r *recorder) float64 { return r.tally.mean(r.tally.accepted) })
	add("batch_size", "mean number of samples drawn in a step since the last draw", "", func(r *recorder) float64 { return r.tally.mean(r.tally.samples) })
	add("doubtful_rate", "share of the steps since the last draw whose decision is doubtful", "", func(r *recorder) float64 { return r.tally.mean(r.tally.doubtful) })
	add(stepName, "number of steps made", "", func(r *recorder) float64 { return float64(r.seen) })
	return list
}

// writeParameters writes the chosen coordinates of each model.
func (r *recorder) writeParameters(dst []byte) error {
	trajectory := r.chain.Trajectory()
	coordinates := r.store.config.Coordinates
	at := 0
	for t := range trajectory.Len() {
		model := trajectory.Model(t)
		for _, i := range coordinates {
			binary.LittleEndian.PutUint32(dst[at:], math.Float32bits(model[i]))
			at += 4
		}
	}
	return nil
}

// writeProjections writes the inner products of each model with the directions.
func (r *recorder) writeProjections(dst []byte) error {
	trajectory := r.chain.Trajectory()
	at := 0
	for t := range trajectory.Len() {
		model := trajectory.Model(t)
		for _, direction := range r.store.config.Directions {
			sum := 0.0
			for i, x := range model {
				sum += direction[i] * float64(x)
			}
			putFloat64(dst, at, sum)
			at++
		}
	}
	return nil
}
