// Package directions looks at draws of parameter vectors along directions: their covariance, its
// principal axes, and how slowly a chain moves along each.
//
// Draws lie one after the other in one slice, each with the same number P of parameters.
//
// [Principal] finds the axes along which draws vary most. It forms the smaller one of the
// covariance, P × P, and the Gram matrix of n draws, n × n, or neither where both are large. A
// [Covariance] takes draws one by one, in memory for P² numbers.
//
// [IntegratedTimes] has the autocorrelation time along each direction, and a [Watch] an estimate
// of it as a run goes on, in fixed memory. The largest one over all directions is what a chain is
// as good as. It need not be along the first axis; directions of small curvature of the loss
// are mostly the slow ones.
package directions
