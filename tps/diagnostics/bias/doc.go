// Package bias compares draws of a run with a reference, such as a long run of an exact method: how
// far means and variances of each coordinate are off, and whether that is more than the noise of
// both runs.
//
// A [Summary] has the means and variances with Monte Carlo errors from autocorrelation times;
// [Exact] makes one of known values. [Compare] puts two side by side. Its table has the sizes of the
// errors in units of the reference's deviations, the sizes that noise alone would have, scores, and
// the Wasserstein distance W₂ of normal distributions with these moments, coordinate by coordinate.
// [Wasserstein] is that of whole covariances, for few parameters.
//
// Coordinates may be parameters or any functions of them, such as projections or outputs of a
// network, which mean more than parameters where a network has symmetries. Agreement and total
// variation of predictions are in package ensemble/metrics.
package bias
