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
// A gradient of a sample costs about four losses. Langevin and Barker pay for two
// gradients on a minibatch and for the acceptance test, and move a model by about 1/P¹ᐟ³
// of its widths. Where acceptance tests need most of the data anyway, Hamiltonian moves
// a model by a width, for the gradients of all samples in each of its steps.
package moves
