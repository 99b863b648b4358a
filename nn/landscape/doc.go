// Package landscape has mean losses along lines and on planes in parameter space: through given
// models, such as members of an ensemble, or through one along given directions.
//
// A [Plane] through three models shows what lies between them (Garipov et al., arXiv:1802.10026).
// Around one model, random directions tell little if weights differ in size, as a network with
// ReLU does not care about the size of a filter; [NormalizeFilters] scales them to the model's own
// (Li et al., arXiv:1712.09913).
//
// Results are numbers. A [Grid] is what gonum/plot draws as contours or as a map of colors.
package landscape
