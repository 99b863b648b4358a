package nn

import "github.com/trajens/trajens/nn/internal/engine"

// Flatten turns its input into a vector, in row-major order: an image
// [channels, height, width] channel by channel.
type Flatten struct{}

// String returns the layer's name.
func (Flatten) String() string { return "Flatten" }

func (Flatten) resolve(input []int) (engine.Operation, error) {
	return engine.NewFlatten(input), nil
}
