// Package metrics says how good predictions are: of classes, of real numbers,
// and of what lies outside the data. It works on plain slices, and knows
// nothing of networks or datasets.
//
// Classification starts from log-probabilities, samples × classes:
//
//   - Predictions need no labels: confidence, entropy, mutual information,
//     agreement and total variation between two of them, temperature.
//   - A Classification has labels, too: accuracy, negative log-likelihood
//     (NLL), Brier score, calibration errors (ECE), confusion matrix,
//     risk against coverage, temperature scaling, calibrated NLL.
//   - Disagreement, the ambiguity decompositions and LPPD take what the
//     members of a committee say, summed up as the members come one by one.
//   - A Detection compares the scores of two sets, one of them out of
//     distribution. A DeepEnsembleCurve counts independent networks.
//
// Regression starts from Mixtures, one mixture of Gaussians for each sample; a
// Regression has targets, too: NLL, RMSE, CRPS, probability integral transform,
// calibration, coverage and width of intervals.
//
// Bootstrap puts a confidence interval around any of them.
//
// What is given for each sample is in methods that end in PerSample; the method
// without the ending is the mean over samples. Slices are row-major, and
// constructors keep the slices that they are given: these must not be changed
// while the value is in use. Slices that are returned belong to the caller. All
// types are safe for concurrent use, but for LPPD, which is added to.
//
// Logarithms are natural, so likelihoods and entropies are in nats. Sums are
// over samples in their order; other orders give the same up to rounding, ties
// included.
package metrics
