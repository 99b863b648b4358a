package diffusion

import (
	"cmp"
	"fmt"
	"math"
)

// Config has the settings of New. The zero value works.
type Config struct {
	// Eigenfunctions is how many are found besides the constant one, 1 to n − 2 for n draws. 0: 2.
	Eigenfunctions int

	// Epsilon is ε of the kernel exp(−|x − y|²/4ε), whose hops have a variance of 2ε along each
	// direction, finite and > 0. Small ones follow the dynamics closely, large ones have less
	// noise from the choice of draws: errors are O(ε) and O(n^(−1/2) ε^(−1/2−d/4)) (Singer, Appl.
	// Comput. Harmon. Anal. 21, 128 (2006)) in d dimensions. 0: where the sum of the kernel over
	// pairs of up to 1000 draws grows fastest, log against log (Coifman, Shkolnisky, Sigworth and
	// Singer, IEEE Trans. Image Process. 17, 1891 (2008)); Map.Dimension is from there too.
	Epsilon float64

	// Radius is how far apart two draws may be to have a kernel, > 0. 0: 8√ε, where the kernel is
	// 10⁻⁷.
	Radius float64

	// Neighbors keeps a pair only if one of the two is among that many nearest neighbors of the
	// other, 1 to n − 1. 0: all within the radius. Few neighbors save time and memory; where they
	// are nearer than some √ε, the map is no longer that of ε.
	Neighbors int

	// LogTarget is log ρ at each draw, up to a constant, such as −β U(θ): the target measure. nil:
	// draws are from ρ.
	LogTarget []float64
}

// resolve checks the settings for n draws, and puts in defaults but that of Epsilon and Radius.
func (c Config) resolve(n int) (Config, error) {
	c.Eigenfunctions = cmp.Or(c.Eigenfunctions, 2)
	switch {
	case c.Eigenfunctions < 1 || c.Eigenfunctions > n-2:
		return c, fmt.Errorf("diffusion: Config.Eigenfunctions = %d, want 1 to %d for %d draws", c.Eigenfunctions, n-2, n)
	case !(c.Epsilon >= 0) || math.IsInf(c.Epsilon, 1):
		return c, fmt.Errorf("diffusion: Config.Epsilon = %v, want a finite number > 0, or 0", c.Epsilon)
	case !(c.Radius >= 0):
		return c, fmt.Errorf("diffusion: Config.Radius = %v, want a number > 0, or 0", c.Radius)
	case c.Neighbors < 0 || c.Neighbors > n-1:
		return c, fmt.Errorf("diffusion: Config.Neighbors = %d, want 1 to %d for %d draws, or 0", c.Neighbors, n-1, n)
	case c.LogTarget != nil && len(c.LogTarget) != n:
		return c, fmt.Errorf("diffusion: Config.LogTarget has %d numbers, want one for each of %d draws", len(c.LogTarget), n)
	}
	for i, x := range c.LogTarget {
		if x-x != 0 {
			return c, fmt.Errorf("diffusion: Config.LogTarget[%d] = %v, want a finite number", i, x)
		}
	}
	return c, nil
}
