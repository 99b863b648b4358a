// Package hessian looks at the curvature of the mean loss: products of its
// Hessian with vectors, and its leading eigenvalues by Lanczos' method.
//
// The largest eigenvalue a says how far one may step: gradient descent is
// stable for learning rates below 2/a, and in a trajectory weighted by
// exp(−s Σ L) a direction of curvature a has a width of 1/√(s a) by the tilt
// alone, with which the σ of the random walk is to be compared: proposals of a
// width much larger than that are rejected.
package hessian
