// Package tps samples trajectories of models by transition path sampling.
//
// A trajectory Θ = (θ₁ … θ_τ) is a sequence of τ models, each a vector of P
// parameters. The target is
//
//	π(Θ) ∝ p(θ₁) · ∏ₜ exp(−‖θₜ₊₁ − θₜ‖² / 2σ²) · exp(−s Σₜ L(θₜ)),
//
// a Gaussian random walk of width σ (the path measure), tilted towards low
// loss by s; L is the mean loss per sample over the data. A sampled
// trajectory is an ensemble of models. Source: Mair, Rose and Garrahan, arXiv
// 2209.11116; Mair, Causer and Garrahan, arXiv 2306.13442, eqs. 1–8.
//
// A Chain makes one move at a time: it redraws a window of adjacent models
// from the path measure given the others, as a bridge inside the trajectory
// or as a shoot at one of its ends, in all coordinates or a random fraction
// of them. As that leaves the path measure unchanged, the acceptance test
// sees the tilt only. The test is one of package minibatch.
//
// All that a chain asks of a model is the interface Losses. Package nn
// implements it for neural networks; any other model with per-sample losses
// will do.
//
// Times count from 0 in the code, from 1 in formulas.
//
// A chain and what it is made of are for one goroutine. The same
// configuration, seed and losses give the same chain, bit for bit, on one
// kind of processor.
package tps
