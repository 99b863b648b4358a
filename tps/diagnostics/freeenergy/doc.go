// Package freeenergy has the free energy along a coordinate, such as one direction in parameter
// space, a loss, or a slow function of package diffusion: minus the logarithm of its probability
// density, with error bars. Basins are its minima; the height of what lies between them says how
// often a run gets across.
package freeenergy
