package nntest

import (
	"github.com/trajens/trajens/internal/random"
)

// RandomNetwork draws the layers of networks of up to six layers on a small
// image, until they fit.
func RandomNetwork(seed uint64, fit func(input []int, layers []Layer) bool) {
	source := random.Source(seed, 100)
	below := func(n int) int { return random.Below(source, n) }
	for {
		input := []int{1 + below(4), 1 + below(12), 1 + below(12)}
		var layers []Layer
		for range 1 + below(4) {
			switch below(5) {
			case 0:
				layers = append(layers, ReLU{})
			case 1:
				layers = append(layers, Tanh{})
			case 2:
				layers = append(layers, MaxPool2D{Kernel: 1 + below(3), Stride: below(4)})
			default:
				layers = append(layers, Conv2D{Channels: 1 + below(18), Kernel: 1 + below(5), Stride: below(3), Padding: below(3), NoBias: below(3) == 0})
			}
		}
		if below(3) > 0 {
			layers = append(layers, Flatten{}, Dense{Outputs: 1 + below(20), NoBias: below(3) == 0})
			if below(2) == 0 {
				layers = append(layers, Tanh{}, Dense{Outputs: 1 + below(9)})
			}
		}
		if fit(input, layers) {
			return
		}
	}
}

// RandomDeepNetwork draws the layers of networks that are large enough for
// several panels of channels and several strips of pixels in a row, until they
// fit.
func RandomDeepNetwork(seed uint64, fit func(input []int, layers []Layer) bool) {
	source := random.Source(seed, 200)
	below := func(n int) int { return random.Below(source, n) }
	for {
		input := []int{1 + below(4), 1 + below(26), 1 + below(26)}
		var layers []Layer
		activation := func() {
			switch below(4) {
			case 0:
				layers = append(layers, Tanh{})
			case 1, 2:
				layers = append(layers, ReLU{})
			}
		}
		for range below(3) {
			channels := 1 + below(20)
			if below(4) == 0 {
				channels = 1 + below(70)
			}
			layers = append(layers, Conv2D{Channels: channels, Kernel: 1 + below(7), Stride: 1 + below(1+below(3)), Padding: below(2) * below(4), NoBias: below(3) == 0})
			activation()
			if below(2) == 0 {
				layers = append(layers, MaxPool2D{Kernel: 1 + below(4), Stride: below(4)})
				activation()
			}
		}
		if below(4) > 0 {
			layers = append(layers, Flatten{}, Dense{Outputs: 1 + below(150), NoBias: below(3) == 0})
			activation()
			layers = append(layers, Dense{Outputs: 2 + below(12)})
		}
		if len(layers) > 0 && fit(input, layers) {
			return
		}
	}
}
