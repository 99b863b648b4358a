// Package chart turns numbers into drawings: lists of shapes at places in
// a frame of fixed width, which a template writes as SVG. The package knows
// geometry. Colors and fonts are those that a style sheet gives to the classes of
// the shapes, and the escaping of texts is the template's.
//
// A number that has no place in a drawing is left out: NaN, an infinity, a size
// above 1e300, or a number below 1e-300 on a logarithmic axis. Drawing.Undrawn
// counts those. So all coordinates are finite, whatever the numbers are.
package chart
