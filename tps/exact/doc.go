// Package exact has problems whose trajectory ensemble is known in closed
// form, to hold samplers against.
//
// Linear is the linear perceptron. It is the losses of a tps.Chain, and knows
// the mean loss that the chain must find, and the whole distribution of the
// trajectory. Source: Mair, Causer and Garrahan, arXiv 2306.13442, Appendix
// B 1.
package exact
