// Package langevin samples the parameters of a model by dynamics with a temperature.
//
// The target is
//
//	exp(−β U(θ)),  U(θ) = S · L(θ) + V(θ),
//
// with the mean loss L over N samples and a [Prior] V. With S = N and β = 1 it is the
// posterior of Bayes' rule if the loss of a sample is the negative logarithm of its
// likelihood.
//
// All that a [Chain] asks of a model is its [Gradient]; *nn.Gradients of package
// [github.com/trajens/trajens/nn] is one. Its Params are one model after another; those
// that are kept make a committee ([github.com/trajens/trajens/ensemble]).
//
// # Samplers
//
// Langevin dynamics with a momentum, by splittings ([Splitting]) with one gradient a step:
//
//   - [BAOAB], the default: of second order, and exact in θ where U is harmonic.
//   - [OBABO] and [GLA2], of second order, and [GLA1], of first.
//
// Overdamped, without a momentum, of first order: [SGLD]; [PSGLD] with a diagonal
// preconditioner; [CSGLD] with cyclical step sizes. Euler's method with a momentum, of
// first order: [SGHMC]; [SGNHT] and [CCAdL], which find the friction by a thermostat.
//
// With a Metropolis test, on gradients of all samples, and without bias: [HMC], and the
// microcanonical [AdjustedMCLMC]. [MCLMC] is microcanonical Langevin without a test. Their
// first steps find the sizes of the others; Chain.Tuned tells them.
//
// None of the others has an acceptance test: what they sample is off by an error of the step
// size e. For a harmonic U of curvature h, a mass of 1 and all samples, after a step:
//
//	            β E[p²]        β h E[θ²]
//	BAOAB       1 − e²h/4      1
//	GLA2, OBABO 1              1/(1 − e²h/4)
//	SGLD                       1/(1 − e h/2)
//
// A step size is stable below 2/√h for splittings and below 2/h for SGLD, h being the
// largest curvature of U, S times that of the mean loss. Defaults are 0.1/√S and 0.02/S,
// for curvatures of the mean loss of up to about 10.
//
// A sampler of one's own implements [Sampler]; an example shows one.
//
// # Ensembles
//
// [MILE] trains several networks and starts a chain of MCLMC from each. [Walkers] are
// chains of BAOAB that precondition each other by their covariance, so that directions in
// which the target is wide are forgotten sooner.
//
// # Minibatches heat
//
// A minibatch of m samples (Config.Batch) makes a gradient cheap and noisy. If its samples
// are drawn afresh for each step, distinct ones, a step of size e adds to the momenta a
// noise of the covariance
//
//	e² · (N − m)/(m (N − 1)) · S² · C,
//
// C being the covariance of the gradients of single samples (the mean over all N), beside
// the 2γe/β that the friction γ asks for. The temperature rises by the ratio of the two,
// from 1/β to about 1/β + e v/2γ where v is the variance S² C (N − m)/(m (N − 1)) of a
// gradient: with S = N by far more than the error of the step size, unless e is very
// small. SGLD has, for a harmonic U, exactly
//
//	β h E[θ²] = (1 + β e v/2) / (1 − e h/2).
//
// Four remedies, beside larger minibatches and smaller steps:
//
//   - Config.Epochs takes the minibatches of permutations. The noises of an epoch cancel
//     in the sum but for what θ moves meanwhile: an epoch adds a covariance of the order
//     e⁴, not e², and what it adds to E[θ²] is of the order e³ at its end and e² on
//     average over its steps, where fresh minibatches add e. The price is that draws
//     within an epoch are correlated with its order.
//   - SGHMC.Noise takes a known noise from what the sampler adds.
//   - SGNHT finds the friction with which the momenta have the temperature 1/β on average
//     over the parameters; if not all have the same noise, some stay hot and others cold.
//   - CCAdL estimates the noise of each parameter from the gradients of groups of samples,
//     and a friction of each takes it out again.
//
// The tests compare all of these with exact values.
//
// # Watching and keeping
//
// Run calls observers ([Every], [EachStep]). A [Trace] streams observables to a file, and
// [Checkpointing] writes checkpoints, from which a chain goes on bit for bit; both as in
// package [github.com/trajens/trajens/tps]. Parameters, momenta and gradients are float32,
// sums are float64. Steps do not allocate.
//
// The kinetic temperature (KineticColumn) tells how hot the momenta are, the virial one
// (VirialColumn) the parameters; both are 1/β when all is well. Package
// [github.com/trajens/trajens/tps/diagnostics/temperature] has more.
package langevin
