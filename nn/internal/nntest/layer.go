package nntest

// A Layer is one of the types below, which have the fields of those of nn.
type Layer any

// The layers of nn, for tests that cannot import it.
type (
	Dense struct {
		Outputs int
		NoBias  bool
	}
	Conv2D struct {
		Channels, Kernel, Stride, Padding int
		NoBias                            bool
	}
	MaxPool2D struct{ Kernel, Stride int }
	ReLU      struct{}
	Tanh      struct{}
	Flatten   struct{}
)
