// Package diffusion finds the slow coordinates of a distribution from draws alone: diffusion maps.
//
// A random walk that hops between nearby draws behaves, for small hops, as the overdamped Langevin
// dynamics in the distribution ρ of the draws, whose generator is
//
//	L f = Δf + ∇log ρ · ∇f.
//
// Its eigenfunctions of the smallest rates are the coordinates along which this dynamics is slowest:
// functions that tell basins apart, if there are some. Those of a run over a network's loss show
// how many basins the run has seen, and which draw is in which.
//
// [New] is the vanilla map, with α = 1/2 in the sense of Coifman and Lafon (Appl. Comput. Harmon.
// Anal. 21, 5 (2006)), and, with Config.LogTarget, the target-measure map of Banisch, Trstanova,
// Bittracher, Klus and Koltai (arXiv:1710.11487). For that one the draws may come from any
// distribution that covers ρ, such as a run at a higher temperature or one that is biased; the
// map also has the weights that make averages over them those of ρ.
//
// The kernel is sparse: a pair of draws farther apart than a radius, or not among the nearest
// neighbors of each other, has none. The eigenvectors are those of a symmetric matrix, by gonum
// where it is small and by Lanczos' method otherwise.
//
// A distance in a thousand dimensions tells little about few draws. Diffusion maps are for
// distributions that vary along a few directions; package directions projects onto such.
package diffusion
