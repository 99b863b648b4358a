// Package checkpoint has what checkpoints of all kinds of runs share: packages tps and
// ensemble/langevin write and read theirs with it. A checkpoint is a sealed .npz file
// whose first array is a JSON text, and others have the states of sources of random
// numbers, samplers and Parts.
//
// Errors begin with "tps:", as those of package tps, which has them by name.
package checkpoint
