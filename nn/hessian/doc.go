// Package hessian measures the curvature of the mean loss: products of its
// Hessian with vectors, and its leading eigenvalues by Lanczos' method.
//
// The largest eigenvalue a says how far one may step. Gradient descent is stable
// for learning rates below 2/a. In a trajectory weighted by exp(−s Σ L), a
// direction of curvature a has a width of 1/√(s a) by the tilt alone. A random
// walk whose σ is much larger than that width makes proposals that are rejected.
package hessian
