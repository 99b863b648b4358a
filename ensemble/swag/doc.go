// Package swag fits a normal distribution to the path of gradient descent: SWAG,
// stochastic weight averaging Gaussian (Maddox, Garipov, Izmailov, Vetrov and Wilson,
// arXiv 1902.02476). [Run] goes on from a trained network with a constant learning rate
// and collects the [Posterior], from which any number of members are drawn.
//
// MultiSWAG (Wilson and Izmailov, arXiv 2002.08791) is the mixture of the posteriors of
// several networks that were trained from starts of their own, as package independent
// trains them: [Multi].
//
// The networks of this library have no batch normalization, whose statistics SWAG would
// have to renew for each member.
package swag
