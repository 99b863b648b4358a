// Package train minimizes the mean loss of a network by gradient descent: with
// minibatches by SGD or Adam (Run), or on all data by a method of
// gonum/optimize such as L-BFGS (Minimize).
//
// It is for a start: a trajectory of package tps that begins near a trained
// network is at a low loss from its first step on. It works for any model that
// has gradients, of which nn.Gradients are one.
package train
