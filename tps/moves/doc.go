// Package moves has moves for chains of package
// [github.com/trajens/trajens/tps] that use gradients of the loss:
//
//   - [Langevin] changes one model, with a drift along the gradient on a minibatch;
//   - [Barker] changes one model, each coordinate to the side that the gradient on a
//     minibatch favors. It forgives steps that are too large for some coordinates;
//   - [Hamiltonian] changes one model or the whole trajectory, by the equations of
//     motion, with gradients over all samples.
//
// A move is set in tps.Config.Move, alone or in a tps.Mix.
//
// # They are exact
//
// Langevin and Barker draw the minibatch before they look at the model, and use the
// same one for the way there and for the way back. For each minibatch that is a
// proposal with a density q that can be written down, so that the ratio
// q(Θ | Θ′)/q(Θ′ | Θ) can be made up for (tps.Proposal.Known); the chain's acceptance
// test, of any kind, sees to the losses. So the target does not depend on how noisy a
// gradient is, only the rate of acceptance does. Source: Zhang et al., arXiv
// 2406.05242. Hamiltonian decides by Metropolis's rule on all samples, whatever the
// chain's test is.
//
// What is proposed is rounded to float32, in which trajectories are kept. Ratios are of
// the rounded models. What remains is that steps are not arbitrarily small: a width σ
// should be far more than the spacing of the parameters' float32 numbers, 10⁻⁷ of their
// size.
//
// # Which one
//
// A gradient of a sample costs about four losses, so that Langevin and Barker pay as much
// for two gradients on 32 samples as an acceptance test for 128 samples. While the tilt is
// weak beside the path measure, tps.Autoregressive is cheaper than any of them; gradients
// pay where the losses leave only small steps. Compare what one gets for a loss:
// tps.Stats has what the tests and the proposals took. Hamiltonian goes straight where the
// others wander, at the price of all samples, and is the one for few data, and for a small
// σ that ties long trajectories together.
//
// Good widths accept a half to two thirds of what the chain's test accepts at best, which
// is half of the proposals for Barker's rule; a Hamiltonian, some 0.8.
package moves
