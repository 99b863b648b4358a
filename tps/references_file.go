package tps

import (
	"fmt"

	"github.com/trajens/trajens/internal/npz"
)

// Names of the arrays of a checkpoint that references are in, of those models that
// have one, in the order of time.
const (
	referencesArray = "references" // their parameters, n × P
	gradientsArray  = "gradients"  // n × P, if the losses have slopes
	strataArray     = "strata"     // the level of each sample, n × N bytes
	accountsArray   = "accounts"   // what is known of the costs, τ × 6 and 3
)

// arrays returns what a checkpoint holds of references, with a prefix to the names.
func (r *references) arrays(prefix string) []npz.Array {
	var models, gradients []float32
	var strata []byte
	accounts := make([]float64, 0, 6*len(r.of)+3)
	n := 0
	for t := range r.of {
		ref := &r.of[t]
		live := 0.0
		if ref.live {
			live = 1
			n++
			models, gradients = append(models, ref.model...), append(gradients, ref.gradient...)
			levels, _ := ref.strata.MarshalBinary()
			strata = append(strata, levels...)
		}
		accounts = append(accounts, live, ref.decisions, ref.cost, ref.uniform, ref.recent, ref.saved)
	}
	paying := 0.0
	if r.paying {
		paying = 1
	}
	accounts = append(accounts, paying, r.patience, r.spent)
	arrays := []npz.Array{{Name: prefix + accountsArray, Shape: []int{len(accounts)}, Data: accounts}}
	if n == 0 {
		return arrays
	}
	params, samples := r.losses.Params(), r.losses.Samples()
	arrays = append(arrays,
		npz.Array{Name: prefix + referencesArray, Shape: []int{n, params}, Data: models},
		npz.Array{Name: prefix + strataArray, Shape: []int{n, samples}, Data: strata})
	if r.slopes != nil {
		arrays = append(arrays, npz.Array{Name: prefix + gradientsArray, Shape: []int{n, params}, Data: gradients})
	}
	return arrays
}

// restored returns references as they are in a checkpoint.
func (r *references) restored(file npz.File, prefix string) (*references, error) {
	accounts, _, err := npz.Get[float64](file, prefix+accountsArray, 6*len(r.of)+3)
	if err != nil {
		return nil, err
	}
	for i, x := range accounts {
		if x-x != 0 {
			return nil, fmt.Errorf("number %d of %s is %v", i, accountsArray, x)
		}
	}
	general := accounts[6*len(r.of):]
	s := &references{
		losses: r.losses, slopes: r.slopes, from: r.from, always: r.always, least: r.least, price: r.price, of: make([]reference, len(r.of)),
		paying: general[0] != 0, patience: general[1], spent: general[2],
	}
	var live []*reference
	for t := range s.of {
		ref, a := &s.of[t], accounts[6*t:]
		ref.account = account{decisions: a[1], cost: a[2], uniform: a[3], recent: a[4], saved: a[5]}
		if a[0] != 0 {
			ref.live = true
			live = append(live, ref)
		}
	}
	if len(live) == 0 {
		return s, nil
	}
	params, samples := r.losses.Params(), r.losses.Samples()
	models, _, err := npz.Get[float32](file, prefix+referencesArray, len(live), params)
	if err != nil {
		return nil, err
	}
	levels, _, err := npz.Get[byte](file, prefix+strataArray, len(live), samples)
	if err != nil {
		return nil, err
	}
	gradients := make([]float32, len(models))
	if r.slopes != nil {
		if gradients, _, err = npz.Get[float32](file, prefix+gradientsArray, len(live), params); err != nil {
			return nil, err
		}
	}
	for k, ref := range live {
		ref.model, ref.gradient = models[k*params:][:params:params], gradients[k*params:][:params:params]
		if err := ref.strata.UnmarshalBinary(levels[k*samples:][:samples]); err != nil {
			return nil, err
		}
	}
	return s, nil
}
