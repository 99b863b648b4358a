package nn

// Fingerprint returns what tells these losses from others: the network's
// architecture, the loss, and the dataset's fingerprint, which reads all of the
// data. A chain's checkpoints hold it.
func (l *Losses) Fingerprint() map[string]string {
	return map[string]string{
		"network": l.net.Architecture(),
		"loss":    l.loss.String(),
		"data":    l.data.Fingerprint(),
	}
}
