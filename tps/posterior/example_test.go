package posterior_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/tps"
	"github.com/trajens/trajens/tps/exact"
	"github.com/trajens/trajens/tps/posterior"
)

// Two chains write their draws into one directory, which xarray and ArviZ open.
func Example() {
	dir, err := os.MkdirTemp("", "posterior")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	line, _, err := data.Line(64, 0, rand.NewPCG(1, 0))
	if err != nil {
		panic(err)
	}
	perceptron, err := exact.NewLinear(line)
	if err != nil {
		panic(err)
	}
	var chains []*tps.Chain
	for k := range 2 {
		chain, err := tps.NewChain(tps.Config{Tau: 4, Sigma: 0.1, S: 100, Stream: uint64(k)}, perceptron)
		if err != nil {
			panic(err)
		}
		chains = append(chains, chain)
	}

	store, err := posterior.New(filepath.Join(dir, "run.zarr"), chains, posterior.Config{
		Every:   20,
		BurnIn:  1000,
		HeldOut: perceptron,
	})
	if err != nil {
		panic(err)
	}
	if err := store.Start(); err != nil {
		panic(err)
	}
	errs := tps.RunAll(context.Background(), chains, 3000, func(k int) []tps.Observer {
		return []tps.Observer{store.Observer(k)}
	})
	for _, err := range append(errs, store.Close()) {
		if err != nil {
			panic(err)
		}
	}
	fmt.Println(store.Draws(0), "draws of chain 0,", store.Draws(1), "of chain 1")
	groups, err := filepath.Glob(filepath.Join(store.Dir(), "[a-z]*"))
	if err != nil {
		panic(err)
	}
	for _, group := range groups {
		fmt.Println(filepath.Base(group))
	}
	// Output:
	// 100 draws of chain 0, 100 of chain 1
	// log_likelihood
	// posterior
	// sample_stats
}
