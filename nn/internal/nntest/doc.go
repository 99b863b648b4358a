// Package nntest has what the tests of nn and of its engine share: the layers by
// their definitions, evaluated in float64 without regard to speed, networks at
// random, and datasets.
package nntest
