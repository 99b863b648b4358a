package nn

import (
	"fmt"
	"strings"
)

// Fingerprint returns what tells these losses from others: the network's
// layers, the loss, and the dataset's fingerprint, which reads all of the
// data. A chain's checkpoints hold it.
func (l *Losses) Fingerprint() map[string]string {
	layers := make([]string, 0, 1+len(l.net.layers))
	layers = append(layers, formatShape(l.net.program.Input))
	for _, layer := range l.net.layers {
		layers = append(layers, fmt.Sprint(layer))
	}
	return map[string]string{
		"network": strings.Join(layers, ", "),
		"loss":    l.loss.String(),
		"data":    l.data.Fingerprint(),
	}
}
