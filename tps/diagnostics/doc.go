// Package diagnostics tells how far a run can be believed: how correlated its
// values are, how large the error of a mean is, when the run forgot its start,
// whether chains agree, and when to stop.
//
// Most functions work on a series, the values of one observable in equal
// distances along a chain, such as the mean loss after each thousandth step.
// They do not change it.
//
//   - IntegratedTime, MeanByAutocorrelation and MeanByBlocking measure
//     correlations and standard errors; an Accumulator does so while the run
//     goes on, in memory that does not grow.
//   - BurnIn and Geweke look at one series, SplitRHat and RankRHat at several
//     chains; Blocks keeps the outline of a series of any length for them.
//   - A Convergence ends a run when the mean is known well enough.
//   - A Tally counts decisions by move, model, reason and batch size.
//
// Packages beneath this one look at draws of whole parameter vectors: temperature at the momenta and
// gradients of samplers that have them, directions at covariances and at how slow each direction
// is, diffusion at slow coordinates, freeenergy at basins along a coordinate, and bias at
// means and variances beside those of a reference.
//
// No such test proves convergence: a chain that has never left one of two
// valleys passes all of those that see it alone. Start several, far apart.
//
// Where there is no answer, because a series is too short, is constant or has
// a value that is not finite, the answer is NaN, which fails any comparison
// with a limit.
//
// Accumulators are for one goroutine. Their states can be saved and restored
// bit for bit, so that a run that goes on from a checkpoint reports what it
// would have reported without one.
package diagnostics
