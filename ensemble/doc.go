// Package ensemble makes predictions with committees of models and measures
// how good they are.
//
// A committee classifies by majority vote, a tie going to the smaller class,
// or by the mean of its members' probabilities, the softmax of their outputs;
// for regression it predicts the mean of their outputs. It does not matter
// how the members were trained: any parameter vectors of one network will do, in
// particular the models of a trajectory of package tps.
//
// All work is done in blocks of samples that are shared among the processors.
// Only one block's outputs of one member are ever held at a time by each, and
// the results are the same for any number of processors.
package ensemble
