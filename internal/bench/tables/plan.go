package main

import "github.com/trajens/trajens/nn"

// A plan says how an ensemble is made.
type plan struct {
	name    string
	hidden  []int   // widths of the hidden layers, of ReLU
	loss    nn.Loss // one with scales
	members int     // networks
	training
	sampling // none if draws is 0: a deep ensemble
}

// A training is by AdamW.
type training struct {
	epochs, batch int // a batch of 0: all samples
	rate          float64
	cosine        bool // the rate falls to 0 along a cosine
	decay         float64
	held          float64 // share of the samples that tell when to stop; 0: none, all epochs are made
	patience      int     // epochs
}

// A sampling is by MCLMC from each network.
type sampling struct {
	tuning, draws, thin int     // steps to tune, draws of each chain, steps for each of these
	variance            float64 // of the energy error of a step per dimension, at the start of the tuning
	finalVariance       float64 // and at its end
	prior               float64 // standard deviation of the normal prior of each parameter
	precondition        bool
}

// network returns the network of a plan for inputs of so many numbers and one target.
func (p *plan) network(inputs int) (*nn.Network, error) {
	var layers []nn.Layer
	for _, width := range p.hidden {
		layers = append(layers, nn.Dense{Outputs: width}, nn.ReLU{})
	}
	return nn.NewNetwork([]int{inputs}, append(layers, nn.Dense{Outputs: 2})...)
}
