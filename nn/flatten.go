package nn

// Flatten turns its input into a vector, in row-major order: an image
// [channels, height, width] channel by channel.
type Flatten struct{}

// String returns the layer's name.
func (Flatten) String() string { return "Flatten" }

func (Flatten) resolve(input []int) (Operation, error) {
	return NewFlatten(input), nil
}
