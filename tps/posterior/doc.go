// Package posterior records draws of chains during a run, in the form that users of
// ArviZ and xarray read: a directory in the Zarr format (version 2, not compressed)
// with the groups of ArviZ's InferenceData.
//
//	import xarray
//	draws = xarray.open_zarr("run.zarr", group="posterior").dropna("draw")
//	print(draws.theta.mean(["chain", "draw"]).values)
//	stats = xarray.open_zarr("run.zarr", group="sample_stats")
//	print(float(stats.acceptance_rate.mean()))
//
// arviz.from_zarr("run.zarr") opens all groups. WriteNPZFile makes one NumPy file of
// them.
//
// # Groups
//
// A draw is the trajectory of a chain after a step: τ models. The variables, beside
// chain and draw, have the dimensions model, parameter, direction and sample, which
// have coordinates.
//
//	posterior       theta            [chain, draw, model, parameter] float32
//	                projection       [chain, draw, model, direction]: v·θ
//	sample_stats    lp               [chain, draw]: log π(Θ), up to a constant
//	                loss             mean of the models' losses
//	                tilt             s
//	                acceptance_rate  share of the steps since the last draw that were accepted
//	                batch_size       mean number of samples drawn in one of these steps
//	                doubtful_rate    share of them with a doubtful decision
//	                step             number of steps made
//	log_likelihood  held_out         [chain, draw, sample] or [chain, draw, model, sample], nats
//	observed_data   held_out         [sample]
//	constant_data   directions       [direction, parameter]
//
// Config says what is recorded; groups without variables are left out. Numbers
// without a type here are float64. Chains have no divergences: doubtful_rate is what
// comes next to them (minibatch.Decision.Doubtful). The model is a dimension
// since the models of a draw are an ensemble, not draws: they differ in their
// distribution, and hold each other.
//
// held_out without a dimension model is that of the committee, log (1/τ) Σₜ
// exp(−ℓᵢ(θₜ)). The logarithm of the mean of exp(held_out) over chains and draws is the
// log pointwise predictive density (lppd) of a sample: that of the committee of all
// draws.
//
// # Several chains
//
// The chains of a store run at the same time and at their own speed. The length of
// the dimension draw is the number of draws of the longest; draws that a chain does
// not have yet are NaN in every variable, until dropna leaves them out. Chains that
// were stopped at different steps, or failed, keep different lengths.
//
// # Kills and resumed runs
//
// Draws are written a block at a time, or after a time, each file in one step, and
// then the shape of all arrays in one step: whoever opens the directory, during a
// run or after a kill at any moment, sees draws that were made, or NaN. That is for
// readers of consolidated metadata, as xarray is by default. Some 25 files are written
// at a time, each flushed to the disk: 0.1 seconds where a file takes 4 milliseconds.
//
// The Part of a chain is for its checkpoints. When the run goes on, draws of later
// steps are dropped, and the directory becomes that of a run that was never stopped,
// byte for byte:
//
//	store, err := posterior.New("run.zarr", chains, posterior.Config{Every: 100})
//	for k, chain := range chains {
//		checkpoints[k], err = tps.NewCheckpoints(tps.CheckpointsConfig{Dir: dirs[k], Parts: []tps.Part{store.Part(k)}})
//		path, err := checkpoints[k].Resume(chain)
//	}
//	err = store.Start()
//	errs := tps.RunAll(ctx, chains, steps, func(k int) []tps.Observer {
//		return []tps.Observer{store.Observer(k), checkpoints[k].Observer()}
//	})
//	path, err := checkpoints[k].Save(chain)
//	err = store.Close()
//
// A store is for one process at a time.
//
// # Full disks
//
// What is in the directory stays. Up to a block of draws waits in memory for a later
// attempt. By default the error ends the run, which can go on from where it stopped;
// Config.OnError may let the run continue.
package posterior
