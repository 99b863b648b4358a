// Package report writes a report on a run of ensemble training as one HTML
// file: figures, tables, charts and images with captions that say how to read
// them. The file needs no network, no scripts and no other files. It adapts to
// the width of the screen, to light and dark color schemes, and to paper.
//
// A [Report] is plain data. The package computes nothing about models: a caller
// fills in what it has measured, and sections without data are left out.
//
// All texts are shown as they are: markup in a class name stays text. Characters
// that an XML document must not contain, such as control characters, are shown
// as U+FFFD, the replacement character.
//
// Values that are not finite are decided on as follows. In tables and figures,
// NaN is a dash, and infinities are ∞ and −∞. In charts, a value without a place,
// that is, NaN, an infinity, a size above 1e300 or on a logarithmic axis
// a number below 1e-300, is left out; a note below the chart says how many were. Slices whose sizes do not match are errors; values never are.
//
// The same report gives the same bytes.
package report
