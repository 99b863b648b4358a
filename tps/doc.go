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
// make steps. In each, a move proposes another trajectory, and an acceptance test of
// package [github.com/trajens/trajens/minibatch] decides on it.
//
// All that a chain asks of a model is the interface [Losses]. Package
// [github.com/trajens/trajens/nn] implements it for neural networks; any other
// model with per-sample losses will do.
//
// s may follow a [Schedule], or be changed between runs by [Chain.SetS].
//
// # Moves
//
// By default a move is the paper's: it redraws a window of adjacent models from the
// path measure given the others, as a bridge inside the trajectory or as a shoot at
// one of its ends, in all coordinates or a random fraction of them. As that leaves the
// path measure unchanged, the acceptance test sees the tilt only. A [Move] in the
// Config takes its place:
//
//   - [Autoregressive] goes a part β of the way to a fresh window, which leaves the
//     path measure unchanged, too. It changes all coordinates, or those of one of
//     several blocks, by a little.
//   - With levels (Autoregressive.Multilevel) it tests the models of a window one
//     level after another, so that a bad proposal is rejected for the price of few
//     models. Barker's test, which minibatches take, accepts about half of the small
//     changes at each level: levels pay if most windows are rejected anyway.
//   - With a surrogate, a [Quadratic] model of the mean loss, it is made with respect
//     to the path measure times exp(−s·surrogate), and the test sees what the surrogate
//     leaves of the tilt. Steep directions no longer hold back the others.
//   - [RigidShift] moves all models by the same vector, which is the slowest mode of a
//     long trajectory. It is to be mixed with moves that change the differences.
//   - [Mix] makes one of several moves, each with its probability.
//   - Package [github.com/trajens/trajens/tps/moves] has moves by gradients: of
//     minibatches, or of all samples along the paths of Hamilton's equations.
//
// With Config.Sweep the models of one parity are changed at once, by as many
// goroutines as [NewChain] got losses: given the others they are independent. The
// chain is the same for any number. Config.Tuning finds the sizes of moves, and the
// weights of a Mix, in the first steps, and [Chain.Tuned] tells them.
//
// Which move? Far from low losses, Autoregressive with a Fraction, with an s that rises
// (Exponential) and moves that become smaller as it does (Autoregressive.BetaAt). About
// one trained model, with a surrogate from its leading curvatures, in sweeps; about
// several, Autoregressive without one, in sweeps. Gradients of minibatches do not pay,
// those of all samples where data are few or proposals reach far. examples/samplers
// compares them on a problem.
//
// A move of one's own proposes what it likes, and says what it knows of Δ, the
// logarithm of the ratio by which the proposal is accepted ([Proposal]). All sample
// the same target, whatever their settings are; these decide how fast.
//
// # Priors
//
// Config.Prior is a [Gaussian] in the place of p(θ₁), which is flat by default; with
// Config.EveryModel it is that of every model, ∏ₜ p(θₜ). A prior of the first model
// holds the trajectory by one end; directions that the loss does not depend on are
// wider by σ² with each model. One of every model bounds them.
//
// # Bayes by name
//
// At τ = 1, with s = N and the prior, a model has the weight that Bayes' rule gives it
// for N samples whose loss is the negative logarithm of their likelihood. Several such
// chains are an ensemble in the sense of Bayes (see [RunAll]).
//
// For τ > 1 the models hold each other, and each is wider or narrower than that. Along
// a direction of curvature a of L and with a flat prior, a model has the variance
//
//	r / (s a),  r = (1/τ) Σⱼ x / (x + 2 − 2 cos(πj/τ)),  j = 0 … τ−1,  x = s a σ²,
//
// where Bayes has 1/(N a). [Path.Temperature] is the ratio, N r/s. The mean of the τ
// models has the variance 1/(τ s a): with s = N/τ that is Bayes' in every direction.
//
// # Where a chain starts
//
// By default at a narrow random walk around zero. [RandomWalk] starts from a
// model, [BrownianBridge] and [ThroughModels] from several, such as networks
// that are trained already. Copies of one model take long to part: Spread of package
// [github.com/trajens/trajens/nn/descent] makes several of one by gradient descent, τ−1
// beside the model itself, for ThroughModels with a width of 0. [Trajectory.WriteNPZ]
// and [ReadNPZ] keep a trajectory in a file.
//
// # Watching a chain
//
// An [Observer], made by [Every] or [EachStep], is called during a run.
// [Chain.Stats] has what the steps did and what they cost, [Chain.LossEstimate]
// the loss on the last minibatches for nothing, [Chain.MeanLosses] that on all
// samples. Package [github.com/trajens/trajens/tps/trace] streams such numbers
// to a file; package [github.com/trajens/trajens/tps/diagnostics] says how far
// they can be believed, and when to stop. Package
// [github.com/trajens/trajens/tps/posterior] records the models themselves, as draws
// that ArviZ and xarray open.
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
