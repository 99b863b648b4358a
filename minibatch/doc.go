// Package minibatch decides whether to accept a Monte Carlo proposal from
// the per-sample changes of the loss, reading as few samples as it can.
//
// A proposal from Θ to Θ′ in a target with weight exp(−s Σ L), L being the
// mean of N per-sample losses ℓᵢ, changes the exponent by
//
//	Δ = −(s/N) Σᵢ [ℓᵢ(Θ′) − ℓᵢ(Θ)].
//
// There are three tests, all of which leave the target invariant (the first
// up to an error that its configuration controls):
//
//   - Adaptive accepts with probability 1/(1 + e^−Δ) and reads a few chunks of
//     samples;
//   - Barker accepts with the same probability and reads all samples;
//   - Metropolis accepts with probability min(1, e^Δ) and reads all samples.
//
// All that a test asks for is the interface Differences, so that it serves
// any sampler, not only the one of package tps.
//
// # The adaptive test
//
// The estimate Δ* from b samples, drawn without replacement, has nearly
// normal noise of variance ρ². With so many samples that ρ² ≤ σ_c²,
//
//	Δ* + X_nc + X_corr > 0,   X_nc ~ N(0, σ_c² − ρ²),
//
// has probability 1/(1 + e^−Δ), because the correction X_corr is distributed
// such that a normal variable of variance σ_c² plus X_corr is logistic
// (package correction). Source: Seita, Pan, Chen and Canny, arXiv 1610.06848;
// Mair, Causer and Garrahan, arXiv 2306.13442, Algorithm 1.
//
// # Planned batches
//
// Both papers draw chunks until ρ² ≤ σ_c², with ρ² from the same draws. That is
// exact for normal differences only: the mean and the variance of skewed ones are
// correlated, so that stopping when the variance is small favors one side. Δ is
// then off by about skewness/√b, with a sign that turns with the direction of the
// move, and the target is tilted. Near a trained network a few samples have
// nearly all the loss, and differences are very skewed.
//
// The rule Planned, the default, makes b and ρ² depend on the decision's own draws
// as little as it can:
//
//   - What past decisions tell of the variance, in units of the size of the move
//     (Scaler), says how many samples are needed. A chain's past does not bias it
//     in this, as the acceptance probability is Barker's for any b.
//   - Where proposals are known to be unequal, half of the samples are a pilot, which
//     says how many are to follow. The mean of the pilot has a weight in Δ* that is
//     fixed before, so that E Δ* = Δ whatever the pilot says.
//   - ρ² is the best linear estimate from the past and from the draws. What is left
//     of its correlation with Δ*, and the skewness of Δ*, are made up for by the
//     third cumulant of X_nc.
//   - ρ² has the factor 1 − b/N, for drawing without replacement.
//
// What the test has learned is in MarshalBinary, so that a chain that is resumed
// goes on bit for bit. The papers' rule is Stopping.
//
// # References
//
// Uniform draws need b in proportion to the variance of the differences. Near a
// trained model that is thousands of samples, of which a few tell nearly all. A
// reference, a model near those of the proposal whose losses and gradients ĝᵢ are
// known, makes better estimates (Referenced): with δ = θ′ − θ and samples j drawn
// with probabilities qⱼ, with replacement,
//
//	Δ* = −s [ ĝ·δ + mean of (ℓⱼ(θ′) − ℓⱼ(θ) − ĝⱼ·δ)/(N qⱼ) ]
//
// is Controlled, and Weighted is without ĝ. Whatever the reference and the q,
// E Δ* = Δ, and the test makes Barker's rate of the noise that there is: so both
// may be learned from a chain's past. The test learns by how much terms vary
// between samples whose losses at the reference differ by powers of two (Strata),
// and draws in proportion to that, but for a share of uniform draws that bounds the
// weights. From each decision it learns what the other estimates would have cost,
// and it takes the cheapest, or all samples if that is cheaper. Costs are counted in
// losses, not in seconds: the same seed gives the same chain.
//
// # What it cannot promise
//
// The test assumes that Δ* is nearly normal, and plans b so that its third and
// fourth cumulants are small. These are estimated from samples that were drawn. If
// a few samples have most of the variance, decisions are Doubtful; of a sample that
// was never drawn the test knows nothing.
//
// # No tilt
//
// At s = 0 losses have no say, not even infinite ones, and no samples are
// drawn: Adaptive and Barker toss a fair coin, Metropolis accepts.
//
// # Infinite losses and NaN
//
// A difference of +Inf (a proposal of infinite loss, that is of weight zero)
// rejects. A difference of −Inf (the proposal leaves such a state) accepts,
// unless one of +Inf is met in the same chunk. Finite differences whose sum
// overflows are like any others: all samples are drawn, and Δ decides. A NaN is
// an error, a NaNError, and decides nothing. Losses that are wrong in other
// ways end a decision by the error of Differences.
//
// Tests own scratch memory: use one for each goroutine. Clone makes another.
package minibatch
