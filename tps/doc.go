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
// # A chain
//
// [NewChain] makes a [Chain] from a [Config] and losses, and [Chain.Run] lets it
// make steps. In each, the chain redraws a window of adjacent models from the
// path measure given the others, as a bridge inside the trajectory or as a
// shoot at one of its ends, in all coordinates or a random fraction of them. As
// that leaves the path measure unchanged, the acceptance test sees the tilt
// only. The test is one of package [github.com/trajens/trajens/minibatch].
//
// All that a chain asks of a model is the interface [Losses]. Package
// [github.com/trajens/trajens/nn] implements it for neural networks; any other
// model with per-sample losses will do.
//
// s may follow a [Schedule], or be changed between runs by [Chain.SetS].
//
// # Where a chain starts
//
// By default at a narrow random walk around zero. [RandomWalk] starts from a
// model, [BrownianBridge] and [ThroughModels] from several, such as networks
// that are trained already. [Trajectory.WriteNPZ] and [ReadNPZ] keep a
// trajectory in a file.
//
// # Watching a chain
//
// An [Observer], made by [Every] or [EachStep], is called during a run.
// [Chain.Stats] has what the steps did and what they cost, [Chain.LossEstimate]
// the loss on the last minibatches for nothing, [Chain.MeanLosses] that on all
// samples. Package [github.com/trajens/trajens/tps/trace] streams such numbers
// to a file; package [github.com/trajens/trajens/tps/diagnostics] says how far
// they can be believed, and when to stop.
//
// # References
//
// Near trained models the losses of few samples change much, and a test that draws
// samples uniformly needs many. Where past decisions say that it pays, the chain
// keeps a reference for each of its models: a copy, with the losses of all samples
// there and, if the losses implement [Slopes], their mean gradient. The adaptive
// test then draws samples of large losses more often, and takes the change of the
// losses to first order for known ([minibatch.Weighted], [minibatch.Controlled]).
// Wherever references are, the target stays the same: they change the noise of an
// estimate, not its mean. A reference costs a pass over all samples and 8·P + 5·N
// bytes for each model; a chain that has no memory for references does without.
// [minibatch.AdaptiveConfig] can ask for one way, and [Stats] says which were taken,
// what they cost, and how many decisions are doubtful because a few samples have
// most of the variance.
//
// # Several chains
//
// [RunAll] runs several chains at once, from one Config with another Stream for
// each, and [Concatenate] makes one committee of their models.
//
// # Exchange
//
// Where a chain at high s is stuck, an [Exchange] helps: several chains at different s
// swap their trajectories, by an acceptance test on minibatches, so that each still
// samples its own target. [Exchange.Stats] says how often which pairs swap, and how often
// a state has gone from the lowest s to the highest and back, which is what counts: no
// pair may swap rarely. [Checkpoints] have a whole Exchange in one file.
//
// # Runs that are interrupted
//
// [Checkpoints] are written during a run, and a chain that resumes from one goes
// on bit for bit. [CheckpointFolders] has a folder for each of several chains.
// [Chain.Run] says how many steps are left then.
//
// # Conventions
//
// Times count from 0 in the code, from 1 in formulas.
//
// A chain and what it is made of are for one goroutine. The same
// configuration, seed and losses give the same chain, bit for bit, on one
// kind of processor. Package [github.com/trajens/trajens/tps/exact] has a model
// with known answers, to test that a sampler is right.
package tps
