package minibatch

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The expected values are SciPy's (stats.anderson, stats.norm.logcdf).
func TestAndersonDarling(t *testing.T) {
	values := []float64{-2.1, -0.3, 0.05, 0.4, 0.41, 1.7, 3.2, -0.9, 0.6, 5.5}
	var m moments
	require.True(t, m.add(values))
	require.InEpsilon(t, 0.4981045505408007, andersonDarling(values, m.mean, math.Sqrt(m.variance())), 1e-6)
}

func TestLogNormalCDF(t *testing.T) {
	for x, want := range map[float64]float64{
		-37.0: -689.0305855768908,
		-31.0: -484.8539636271794,
		-30.0: -454.32124395634327,
		-29.0: -424.78741990973026,
		-5.0:  -15.064998393988727,
		0.0:   -0.6931471805599453,
		4.0:   -3.167174337748921e-05,
		6.0:   -9.865876455243719e-10,
		9.0:   -1.1285884059538324e-19,
	} {
		require.InEpsilon(t, want, logNormalCDF(x), 1e-8, "x = %v", x)
	}
	require.Equal(t, math.Inf(-1), logNormalCDF(math.Inf(-1)))
	require.Less(t, math.Abs(logNormalCDF(math.Nextafter(-30, -31))-logNormalCDF(-30)), 1e-5)
}

// The critical values of Stephens 1974, table 1.1 (unknown mean and variance).
func TestAndersonDarlingPValue(t *testing.T) {
	for a, want := range map[float64]float64{0.576: 0.15, 0.656: 0.10, 0.787: 0.05, 0.918: 0.025, 1.092: 0.01} {
		require.InEpsilon(t, want, andersonDarlingPValue(a), 0.35, "A² = %v", a)
	}
	// It falls from 1 to nearly 0, with small steps where formulas meet.
	last := 1.0
	for a := 0.05; a < 1000; a *= 1.01 {
		p := andersonDarlingPValue(a)
		require.True(t, p > 0 && p <= last*1.005, "A² = %v: %v after %v", a, p, last)
		last = p
	}
}
