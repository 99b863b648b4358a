// Package laplace approximates the posterior about a trained network by a normal
// distribution, whose precision is the curvature of the loss there: Laplace's method
// (MacKay, Neural Computation 4 (1992); Daxberger et al., arXiv 2106.14806).
//
// The posterior is that of the likelihood of all samples and a Gaussian prior
// N(0, 1/δ) of each parameter, δ being the prior precision:
//
//	N(θ*, (H + δ I)⁻¹)
//
// H is the generalized Gauss–Newton matrix Σᵢ Jᵢᵀ Λᵢ Jᵢ, with the Jacobian Jᵢ of the
// outputs for sample i and the second derivatives Λᵢ of its negative log-likelihood with
// respect to the outputs (a [Likelihood] has them). For a softmax it is the Fisher matrix.
// It is summed over the samples, not averaged.
//
// [NewDiagonal] keeps the diagonal of H for all parameters: that of [GaussNewton], or that
// of the [EmpiricalFisher] matrix, which is cheaper and often worse. [NewLastLayer] has
// the whole H of the last layer, and leaves the others as they are.
//
// θ* should be the maximum of the posterior. For a network that was trained without the
// prior it is nearly so if δ is small beside the curvatures, and it is taken as one, as
// Daxberger et al. do ("post hoc"). The prior precision is by default the one of the
// largest evidence, the marginal likelihood in Laplace's approximation.
//
// Predictions are those of members drawn by Draw, which package ensemble makes a committee
// of, or for the last layer the probit approximation, which needs no members.
package laplace
