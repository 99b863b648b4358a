// Package descent minimizes the mean loss of a network by gradient descent: with
// minibatches by SGD or Adam (Run), or on all data by a method of
// gonum/optimize such as L-BFGS (Minimize). Spread makes several models of one.
//
// Its use is to begin a trajectory of package tps near a trained network, where
// the loss is low from the first step on. It works for any model that has a
// Gradient. *nn.Gradients is one.
package descent
