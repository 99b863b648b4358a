// Package joint trains the modules of an ensemble together, so that what counts is
// how well their average does (Webb, Reynolds, Iliescu, Reeve, Luján, Brown, "Joint
// Training of Neural Network Ensembles", arXiv 1902.04422, 2019).
//
// M modules are models of one network. The ensemble averages their outputs ηⱼ, which
// are the natural parameters of a family of distributions:
//
//	η̄ = (1/M) Σⱼ ηⱼ
//
// For classes the outputs are logits, and the ensemble's probabilities are the
// normalized geometric mean of the modules' (what ensemble.ClassPredictions calls
// Geometric). The loss of a sample is
//
//	L = λ NLL(η̄) + (1 − λ) (1/M) Σⱼ NLL(ηⱼ),   0 ≤ λ ≤ 1
//
// With λ = 0 the modules are independent, with λ = 1 the ensemble is one network,
// trained end to end. A [Family] has NLL(η) = A(η) − ⟨y, η⟩ + c(y) with a convex A.
// So
//
//	(1/M) Σⱼ NLL(ηⱼ) − NLL(η̄) = (1/M) Σⱼ A(ηⱼ) − A(η̄) ≥ 0,
//
// the ambiguity or diversity of the modules, does not depend on y. L is the
// ensemble's loss plus (1 − λ) times the diversity, or the modules' loss less λ
// times the diversity. With λ > 1 it would have no lower bound. For the Gaussian
// family this is negative correlation learning (Liu and Yao, Neural Networks 12
// (1999)).
//
// With predictions ŷ = ∇A(η), the gradient at the outputs of a module is
//
//	∂L/∂ηⱼ = (1/M) [(1 − λ)(ŷⱼ − y) + λ(ȳ − y)]
//
// so a module needs of the others nothing but ȳ = ∇A(η̄). [Train] computes the
// modules' outputs for a batch once, and goes backward through all modules.
//
// # Speed
//
// Where the network is a multilayer perceptron, layers nn.Dense with activations,
// all modules are computed as one network: the first layers side by side are one
// dense layer, those after it are nn.GroupedDense. Many tiny modules take little
// longer than one network with as many hidden units. Modules of other networks,
// such as convolutional ones, go forward one after the other on some samples, and
// then backward (nn.JointGradients), workers sharing the samples: they take as long
// as so many networks apart. Both ways give the same up to rounding.
//
// # What joint training does
//
// [Evaluate] measures modules and ensemble. Joint training can raise the diversity
// on the training data in ways that do not carry over to new data (Jeffares, Liu,
// Crabbé and van der Schaar, "Joint Training of Deep Ensembles Fails Due to Learner
// Collusion", NeurIPS 2023): compare the diversity on both. [Drop] measures the
// ensemble as modules are dropped at random, which modules of a large λ do not
// stand. [Specialize] shows how far modules have become experts for classes.
package joint
