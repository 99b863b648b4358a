// Package outside has no code: its tests copy what users copy, the examples and
// the programs of the README, into a module of their own, and build and run them
// there.
package outside
