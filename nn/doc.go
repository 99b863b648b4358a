// Package nn evaluates small neural networks, and differentiates their losses:
// many samples and several parameter vectors at once, without allocation.
//
// A [Network] is a pure function of an input and of a flat vector of float32
// parameters. It holds no parameters itself: whoever samples or trains owns
// them, and passes them in. [NewNetwork] checks all shapes, so a network that
// exists can be evaluated.
//
// What computes has memory for intermediate results, and may have workers. So
// there is a value for each purpose, made once and used often: [Losses] and
// [Gradients] of a dataset, a [Jacobian] for derivatives of outputs, an [Evaluator]
// for outputs, a [Prepared] for those of the same models for one input after the
// other. What they give does not depend on what they gave before.
//
// # Layout
//
// Parameters have the order and the shapes of PyTorch's state_dict for an
// nn.Sequential of the same layers: for each layer weight, then bias; the
// weight of a convolution is [out, in, height, width], that of a dense layer
// [out, in], row-major. [Network.Blocks] lists them with their names, so
// vectors move to and from PyTorch and NumPy without a permutation.
//
// Inputs are those of a data.Dataset. An image is [channels, height, width]
// and a vector [length], row-major. Outputs have the same order.
//
// # Losses
//
// [Losses] gives the loss of each of several models on each of several
// samples. Parameters, activations and outputs are float32; the loss of a
// sample is computed from the outputs in float64. A sample's loss depends on
// its input, its label or target, and the model alone, bit for bit: not on
// the other samples or models of the call nor on the number of workers.
//
// For real targets there are the squared error ([HalfSquaredError]) and the
// likelihood of normal distributions whose means and scales are outputs:
// [GaussianExp] and [GaussianSoftplus], which differ in how an output becomes a
// scale. The network has then twice as many outputs as there are targets, and
// [Loss.MeanAndScale] turns them into distributions. These losses are negative
// where a density is above 1.
//
// Numbers that are not finite are passed on, not hidden. NaN goes through
// every layer, ReLU and MaxPool2D included, as in PyTorch. A zero input times
// an infinite weight is NaN. Padding adds nothing, whatever the weights. What
// the losses do with outputs that are not finite is said at [Loss].
//
// # Evaluation
//
// A network is planned as a whole: layers are fused into stages, and each
// stage computes only what later ones read. Some samples at a time go through
// all stages for each model of a call. Models that agree bit for bit in their
// leading stages share what these give. Package internal/engine, which does it,
// tells how.
//
// If many inputs of a dataset are zero, the first layer leaves them out, for
// models whose first layer is finite. Whether it does so depends on the
// dataset, and is decided once for each Losses. [Evaluator.Outputs] decides alike,
// so that its outputs are those that the losses of the same dataset are computed
// from. For a view of a dataset the decision can differ, and so can roundings.
// [Evaluator.Output], for one input without a dataset, leaves no zeros out.
//
// # Gradients
//
// [Gradients] goes through the same stages, one layer after the other, keeping
// what each gives, and then backward (reverse mode). Some samples at a time are
// summed in float32, these sums in float64 and in a fixed order, so the number of
// workers does not change a bit. Of a convolution with a max pooling after it,
// only the sums that are maxima are followed backward. Packages nn/descent and
// nn/hessian use gradients. [NewGradientsOf] takes a loss of the caller's own, an
// [Objective]. For a loss of the outputs of several models together there are
// [JointGradients]. With [GroupedDense] several networks side by side are one network,
// and their gradients one gradient. Package ensemble/joint trains by these two.
//
// [Losses.LossesAndSlopes] gives derivatives of the losses at references in a
// direction, beside losses on the same samples. Inputs are read once for both. If
// the first layer leaves zeros out, the derivatives are computed forward there and
// backward from the loss, and no gradient is formed: for [MairCNN] and images of
// digits a derivative takes then about 1.2 times as long as a loss. The mean
// over all samples is the product with the gradient of [Losses.Gradient] up to
// roundings, which are some 1e-9 of the sum of absolute terms; where two numbers
// under a maximum agree up to rounding, the two may follow different ones.
//
// # Ownership, aliasing and panics
//
// Slices of parameters, samples and destinations belong to the caller. They
// are used during the call only and nothing but the destination is written
// to. A destination must not overlap any other argument. Slices that a method
// of Network returns are copies.
//
// Constructors return errors, which say what is wrong with what. Evaluation
// panics if the lengths of its arguments do not fit or a sample is outside
// the dataset, as these are mistakes in the program.
//
// A Network is immutable and may be used by several goroutines at once. A
// Losses, an Evaluator, a Prepared or a Gradients has scratch memory of its own: it
// may be used by one goroutine at a time; give each goroutine its own.
package nn
