// Package nnls solves least squares with non-negative unknowns,
//
//	minimise ‖A x − b‖₂ subject to x ≥ 0,
//
// by the active set method of Lawson and Hanson (Solving Least Squares
// Problems, Prentice-Hall 1974, chapter 23).
//
// A solution is recognised by the conditions of Karush, Kuhn and Tucker: with
// the dual g = Aᵀ(b − A x), every unknown has either x_j > 0 and g_j = 0, or
// x_j = 0 and g_j ≤ 0.
//
// The normal equations are never formed, because they lose half of the digits
// of a fit. The orthogonal factor is applied to all of A and b instead: a
// Householder reflection when an unknown becomes positive, Givens rotations
// when one goes back to zero. What is left of b is then the residual itself,
// which stays accurate when it is many orders of magnitude smaller than b.
package nnls
