// Package independent trains deep ensembles: networks that differ by their random
// starts and by the order in which they see the data, and have nothing else to do with
// one another (Lakshminarayanan, Pritzel and Blundell, arXiv 1612.01474, without their
// adversarial examples).
//
// [Train] returns parameter vectors: package ensemble makes a committee of them, which
// averages their probabilities. Several networks can be trained at once; what they
// become does not depend on how many are.
package independent
