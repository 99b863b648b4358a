package nn

import "fmt"

// MairCNN returns the convolutional network of Mair, Causer and Garrahan
// (arXiv 2306.13442, section IV B) for images of 1×28×28 and ten classes:
// 1906 parameters. Its outputs are logits.
func MairCNN() *Network {
	net, err := NewNetwork([]int{1, 28, 28},
		Conv2D{Channels: 16, Kernel: 5}, ReLU{},
		MaxPool2D{Kernel: 2},
		Conv2D{Channels: 8, Kernel: 3}, ReLU{},
		MaxPool2D{Kernel: 4},
		Flatten{},
		Dense{Outputs: 10},
	)
	if err != nil {
		panic(err) // the shapes are constants
	}
	return net
}

// LinearPerceptron returns the linear model with one output of Mair, Causer
// and Garrahan (arXiv 2306.13442, section IV A) for inputs of dim numbers:
// output = m · x + c. Its parameters are the dim weights m, then c. It panics
// if dim is below 1.
func LinearPerceptron(dim int) *Network {
	net, err := NewNetwork([]int{dim}, Dense{Outputs: 1})
	if err != nil {
		panic(fmt.Sprintf("nn: LinearPerceptron: %v", err))
	}
	return net
}
