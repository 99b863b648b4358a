// Package kernel has the inner loops of the evaluation of networks: dense
// layers and convolutions, sparse first layers, pooling, the softmax and
// exponentials, and the transposition that packs weights for them; those that go
// backward through the same layers, for gradients; those for derivatives in a
// direction; and the steps of Adam and of gradient descent with momentum.
//
// Each kernel is defined by its plain Go twin in this package, which also
// serves processors without AVX2 and FMA, and builds with the tag noasm. The
// machine code, AVX2 or AVX-512, is chosen once, when the program starts. It
// adds up with fused multiply-adds, in the order of the twin or with even and
// odd terms apart, so results differ by roundings: by at most a few units in
// the last place of the sum of absolute terms.
//
// The files kernels_amd64.s, kernels_amd64.go and layout_amd64.go are written
// by the program in generate: run go generate after a change of that program,
// or of a struct of arguments (without which the package does not compile).
//
// All slices are row-major. A vector is Lanes numbers of float32. Kernels check
// the reach of their arguments before they start, and panic if a slice is too
// short; the machine code reads and writes nothing beyond what is said here.
//
// Wherever a maximum is taken, NaN wins: the maximum of numbers of which one
// is NaN is NaN. A floor of 0 makes a ReLU of it, one of −Inf leaves numbers
// alone.
package kernel

// Lanes is how many numbers a vector has.
const Lanes = 8
