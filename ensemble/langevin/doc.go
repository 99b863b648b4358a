// Package langevin samples the parameters of a model by dynamics with a temperature.
//
// The target is
//
//	exp(−β U(θ)),  U(θ) = S · L(θ) + V(θ),
//
// with the mean loss L over N samples and a [Prior] V. With S = N and β = 1 it is the
// posterior of Bayes' rule if the loss of a sample is the negative logarithm of its
// likelihood.
package langevin
