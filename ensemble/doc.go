// Package ensemble makes predictions with committees of models and measures
// how good they are.
//
// A committee classifies by majority vote, a tie going to the smaller class,
// or by the mean of its members' probabilities, the softmax of their outputs;
// for regression it predicts the mean of their outputs. It does not matter
// how the members were trained: any parameter vectors of one network will do, in
// particular the models of a trajectory of package tps. Members may have weights,
// which all means and votes respect.
//
// # Members and subsets
//
// [New] and [NewWeighted] take vectors. A [Collector] takes snapshots of a chain
// while it runs, [Join] brings several chains together. First, EveryNth, Random,
// Subset and Best make smaller committees of a large one, which share its parameters.
//
// # Where members come from
//
// From trajectories of package tps, and from packages beneath this one: independent (deep
// ensembles), snapshot, swag, laplace, joint, simplex and langevin, each a method of its own
// that returns parameter vectors. examples/compare puts them side by side.
//
// # Predictions
//
// A [Predictor] answers one input after the other, with little latency and without
// allocation. PredictClasses and PredictTargets return all that a committee says of
// a dataset, Outputs, Probabilities and Votes a part of it, MemberOutputs what each
// member says.
//
// # Reports
//
// With labels or targets, Evaluate makes a [Report] of the votes and likelihoods of the
// committee and of its members. CurveInOrder and CurveAtRandom tell how good a [Curve] of
// committees of increasing size is. Package report makes a page of a run.
//
// # Metrics
//
// What PredictClasses and PredictTargets return goes on to package metrics, which has
// calibration, uncertainty, temperature scaling and more: Classification, for the
// arithmetic mean of the members' probabilities, GeometricClassification, and
// Regression, for one normal distribution each. PredictRegression has the whole mixture
// of the members' distributions.
//
// # Files
//
// Save writes a committee with its network, its weights and an [Info], as NumPy's .npz or
// as safetensors, and [Load] needs nothing but the file. [LoadStateDict] takes the
// parameters of networks that were trained in PyTorch.
//
// # Memory and processors
//
// All work is done in blocks of samples that are shared among the processors.
// Only one block's outputs of a few members are held at a time by each, or, for
// quantiles and curves, those of all members for few samples. So the memory is that
// of the members and of the result. The results are the same for any number of
// processors.
package ensemble
