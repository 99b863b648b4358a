package nn

import "strings"

// Fingerprint returns what tells these losses from others: the network's
// layers, the loss, and the dataset's fingerprint, which reads all of the
// data. A chain's checkpoints hold it.
func (l *Losses) Fingerprint() map[string]string {
	return map[string]string{
		"network": l.net.Architecture(),
		"loss":    l.loss.String(),
		"data":    l.data.Fingerprint(),
	}
}

// Architecture returns the shape of an input and the layers in one line, such
// as "1×28×28, Conv2D(16, 5×5), ReLU, Flatten, Dense(10)". Networks with the
// same architecture are the same function of input and parameters.
func (n *Network) Architecture() string {
	parts := make([]string, 0, 1+len(n.layers))
	parts = append(parts, formatShape(n.input))
	for _, layer := range n.layers {
		parts = append(parts, layer.String())
	}
	return strings.Join(parts, ", ")
}
