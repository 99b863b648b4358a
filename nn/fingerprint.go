package nn

import "github.com/trajens/trajens/data"

// Fingerprint returns what tells these losses from others: the network's
// architecture, the loss, and the dataset's fingerprint, which reads all of the
// data. A chain's checkpoints hold it.
func (l *Losses) Fingerprint() map[string]string { return fingerprint(l.net, l.data, l.loss) }

// Fingerprint returns what tells these gradients from others: that of the same losses.
func (g *Gradients) Fingerprint() map[string]string { return fingerprint(g.net, g.data, g.loss) }

func fingerprint(net *Network, d *data.Dataset, loss Loss) map[string]string {
	return map[string]string{
		"network": net.Architecture(),
		"loss":    loss.String(),
		"data":    d.Fingerprint(),
	}
}
