// Package engine computes losses, outputs and gradients of the networks of
// package nn: what nn is made of, without what its users see of it.
//
// # The words
//
//   - A [Program] is a network: operations of known shapes, one a layer.
//   - A plan is how to compute a program, found out once: in which stages, with
//     which memory, of how many samples at a time. It is immutable, and all
//     goroutines share it.
//   - A stage is what one pass over memory computes: a convolution or a dense
//     layer with the pooling and the activation after it, or one of these alone.
//   - An extent is the part of an image that later stages read. Nothing else is
//     computed.
//   - A block is the samples that go through the stages together.
//   - A buffer holds one image for each sample of a block, [height, width,
//     channels], with a border of zeros if the stage that reads it has padding.
//   - A panel is the 8 or 16 output channels that one call of a kernel computes.
//   - A packing says where the kernels want each weight. Packed parameters are
//     one model's parameters of one stage, laid out so.
//   - A pass is the way of a block through the stages with one model.
//   - A forward has the memory for passes. It belongs to one goroutine.
//   - Lists are the inputs of a block that are not zero, for a sparse first stage.
//   - An [Objective] makes losses, or slopes, of outputs.
//   - A reference is a model with a direction. Tangents are derivatives in this
//     direction of what a stage gave.
//   - Slopes are derivatives of a loss with respect to what a stage gave, a
//     gradient is those with respect to the parameters.
//
// # The journey of a block
//
// [Losses] gets models and samples (losses.go). A team of goroutines divides the
// samples; each divides its own into blocks. First the models are brought into an
// order in which those that agree in their leading stages follow one another
// (forward_order.go), and their parameters are packed, unless they are the same
// bits as in the call before (forward_packed.go, plan_packing.go).
//
// Then, for each block: its inputs are copied into the buffer of the first stage,
// channels last, or taken as they are where that is the same (plan.go); for a
// sparse first stage those that are not zero are listed (lists.go). Whether it is
// sparse depends on the dataset alone (plan_sparse.go). While this block is
// computed the inputs of the next one are fetched into the caches (prefetch.go).
// Each model's pass begins at the first stage that differs from the pass before
// (forward.go). A stage reads one buffer and writes the next, by kernels that
// compute strips of pixels, panel by panel (stage*.go, grid.go). After the last
// stage images are brought to the order of the network's outputs, and the
// objective makes losses of them (objective*.go), in the places that the caller
// gave.
//
// An [Evaluator] ends at the outputs, and so does a [Prepared], in which models
// stay packed and a block is one input (prepared.go). A program that is one dense
// layer with one output and half the squared error takes a shorter way
// (losses_linear.go).
//
// # Derivatives at references
//
// A block may also get the derivative of each loss at a reference in a direction
// (directional.go). Tangents, which are derivatives in that direction of what a
// stage gives, go forward through a sparse first stage: the same lists meet the
// weights and the direction, and two models of the call with them
// (directional_sparse.go). Slopes come backward through the later stages and meet
// the tangents (backward_directions.go). What is packed of a reference stays.
//
// # And backward
//
// [Gradients] goes through the same stages with all that they give kept apart:
// weighted sums, where their maxima were, what the activations made of them
// (backward_stage.go). The objective gives the slopes of the outputs, and each
// stage, the last one first, turns slopes of what it gave into a part of the
// gradient and slopes of what it read (backward_pass.go, backward_conv.go,
// backward_conv_sparse.go, backward_dense.go). The gradient of a block is summed
// in float32 and in the order in which it is computed; then blocks are added in
// float64, always in the same order, and brought to that of the parameters
// (backward_call.go). So the number of goroutines does not change a bit.
package engine
