// Package correction makes the distribution that turns normal noise into
// logistic noise, for acceptance tests on minibatches.
//
// # What it is for
//
// Barker's test accepts a proposal with probability 1/(1 + e^−Δ), or, which is
// the same, if Δ + X_log > 0, where X_log has the logistic distribution, whose
// CDF is 1/(1 + e^−x). If only a noisy estimate of Δ is known, with normal noise
// of standard deviation σ_c, then that noise can be a part of X_log: one adds
// to the estimate a random X_corr for which
//
//	N(0, σ_c²) + X_corr = X_log in distribution,
//
// and accepts if the sum is positive (Seita, Pan, Chen and Canny, arXiv
// 1610.06848; Mair, Causer and Garrahan, arXiv 2306.13442). The
// test is then as good as with the exact Δ.
//
// # How it is found
//
// No X_corr makes the equation exact: the characteristic function that it
// would need, π k e^(σ_c² k²/2)/sinh(π k), grows without bound. But it first
// falls so far, the more so the smaller σ_c is, that an excellent approximation
// exists. Let X_corr take the values y_k (atoms) with probabilities w_k. The sum
// has the CDF Σ_k w_k Φ((x − y_k)/σ_c), which is linear in w. So put candidates
// y_k on a fine grid and find the weights for which that CDF comes nearest to
// the logistic one, at many x, by least squares, under the constraints that
// make them probabilities: no w_k is negative, and their sum is one. The
// constraints are what makes the problem well-posed, without any
// regularisation; and they make most weights zero, so that a few dozen atoms
// remain. This is the method NonNegative, the default.
//
// The method Ridge, that of both papers, solves a regularised problem without
// the constraints, for 8001 atoms, and sets the negative weights to zero
// afterwards. It is here for comparison.
//
// # How good it is
//
// The largest |CDF(x) − 1/(1 + e^−x)| over all x, which bounds the error of
// every acceptance probability; the number of atoms; and how many samples a
// test needs, compared with σ_c = 1 (as 1/σ_c²):
//
//	σ_c   largest error   atoms   samples
//	0.5       4.3e-15       247      4.00
//	0.8       1.8e-12       129      1.56
//	1.0       7.2e-8         61      1.00
//	1.1       1.9e-6         39      0.83
//	1.2       2.2e-5         23      0.69
//	1.3       1.4e-4         15      0.59
//	1.4       6.4e-4          9      0.51
//	1.5       2.1e-3          7      0.44
//	1.6       5.2e-3          5      0.39
//	1.8       2.1e-2          1      0.31
//
// With the method Ridge it is 1.6e-4 at σ_c = 0.8, 3.7e-4 at 1 and 2.6e-2 at
// 1.3.
//
// MaxCDFError tells it for any distribution. Beyond AccurateSigma, σ_c = 1.4,
// the error is larger than what a test should have.
//
// # Use
//
// For returns the shared default distribution for a σ_c, Solve one made to
// order, FromAtoms one that the user brings. Rand draws a sample with one random
// word and one look-up in a table.
package correction
