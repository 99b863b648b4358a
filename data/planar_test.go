package data

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/random"
)

var planarProblems = map[string]func(n int, noise float64, source rand.Source) (*Dataset, error){
	"two clusters":       TwoClusters,
	"two circles":        TwoCircles,
	"squares":            Squares,
	"playground spirals": PlaygroundSpirals,
	"two spirals":        TwoSpirals,
}

func TestPlanarProblemsAreReproducible(t *testing.T) {
	for name, make := range planarProblems {
		for _, n := range []int{1, 7, 100} {
			d, err := make(n, 0.3, random.Source(1))
			require.NoError(t, err, name)
			require.Equal(t, n, d.Len(), name)
			require.Equal(t, []int{2}, d.Shape(), name)
			require.Equal(t, 2, d.Classes(), name)
			same, err := make(n, 0.3, random.Source(1))
			require.NoError(t, err, name)
			require.Equal(t, d.Fingerprint(), same.Fingerprint(), name)
			other, err := make(n, 0.3, random.Source(2))
			require.NoError(t, err, name)
			require.NotEqual(t, d.Fingerprint(), other.Fingerprint(), name)
			if name == "playground spirals" {
				continue // places depend on n
			}
			more, err := make(n+13, 0.3, random.Source(1))
			require.NoError(t, err, name)
			first, err := more.First(n)
			require.NoError(t, err, name)
			require.Equal(t, d.Fingerprint(), first.Fingerprint(), name)
		}
	}
}

func TestPlanarProblemsCheckTheirArguments(t *testing.T) {
	for name, make := range planarProblems {
		_, err := make(5, 0, nil)
		require.EqualError(t, err, "data: the random source is nil", name)
		for _, n := range []int{-1, 0} {
			_, err = make(n, 0, random.Source(1))
			require.ErrorContains(t, err, "points, want at least 1", name)
		}
		_, err = make(1<<60, 0, random.Source(1))
		require.ErrorContains(t, err, "memory", name)
		for _, noise := range []float64{-0.1, math.NaN(), math.Inf(1)} {
			_, err = make(5, noise, random.Source(1))
			require.ErrorContains(t, err, "data: noise = ", name)
		}
		_, err = make(5, 1.5, random.Source(1))
		require.Equal(t, name == "two spirals", err == nil, name)
	}
}

// planarColumn returns a function of the points of one class.
func planarColumn(d *Dataset, class int, f func(x, y float64) float64) (column []float64) {
	for i := range d.Len() {
		if d.Label(i) == class {
			p := d.Input(i)
			column = append(column, f(float64(p[0]), float64(p[1])))
		}
	}
	return column
}

func coordinateX(x, _ float64) float64 { return x }
func coordinateY(_, y float64) float64 { return y }

func TestTwoClustersDistributions(t *testing.T) {
	d, err := TwoClusters(400_000, 0.1, random.Source(3))
	require.NoError(t, err)
	for class, center := range []float64{-2, 2} {
		for _, f := range []func(x, y float64) float64{coordinateX, coordinateY} {
			requireMoments(t, planarColumn(d, class, f), center, 1.2*1.2, 0)
		}
		product := planarColumn(d, class, func(x, y float64) float64 { return (x - center) * (y - center) })
		requireMoments(t, product, 0, math.Pow(1.2, 4), 6)
	}
}

func TestTwoCirclesDistributions(t *testing.T) {
	d, err := TwoCircles(200_000, 0, random.Source(4))
	require.NoError(t, err)
	for class, r := range [][2]float64{{3.5, 5}, {0, 2.5}} {
		radius := planarColumn(d, class, math.Hypot)
		require.Len(t, radius, 100_000)
		require.Less(t, kolmogorov(radius, r[0], r[1]), 1.95)
		assert.Greater(t, kolmogorov(radius, r[0], 1.01*r[1]), 1.95, "control")
		angle := planarColumn(d, class, math.Atan2)
		require.Less(t, kolmogorov(angle, -math.Pi, math.Pi), 1.95)
	}
	// Noise changes labels, not points: with noise 1 the shifted place of a point at the
	// center is uniform in the square of side 10, of which the disc has π/16.
	noisy, err := TwoCircles(200_000, 1, random.Source(4))
	require.NoError(t, err)
	near, inside := 0.0, 0.0
	for i := range noisy.Len() {
		p := noisy.Input(i)
		radius := math.Hypot(float64(p[0]), float64(p[1]))
		require.LessOrEqual(t, radius, 5.00001)
		if radius < 2.5 {
			near++
			inside += float64(noisy.Label(i))
		}
	}
	share := math.Pi / 16 // a disc about a point within 2.5 of the center lies in the square
	require.Equal(t, 100_000.0, near)
	require.InDelta(t, share, inside/near, 4*math.Sqrt(share*(1-share)/near))
}

func TestSquaresDistributions(t *testing.T) {
	d, err := Squares(200_000, 0, random.Source(5))
	require.NoError(t, err)
	for class, sign := range []float64{-1, 1} {
		for _, f := range []func(x, y float64) float64{coordinateX, coordinateY} {
			size := planarColumn(d, class, func(x, y float64) float64 {
				require.Equal(t, sign, math.Copysign(1, x*y))
				return math.Abs(f(x, y))
			})
			require.Less(t, kolmogorov(size, 0.3, 5.3), 1.95)
		}
	}
	ones := float64(len(planarColumn(d, 1, coordinateX)))
	require.InDelta(t, 0.5, ones/200_000, 4*0.5/math.Sqrt(200_000))

	// A coordinate keeps its sign under a shift within 5·noise with probability
	// 1 − E[max(0, 5·noise − |x|)]/(10·noise), here 1 − (2.5 − 0.3)²/(2·5·5) at noise ½.
	noisy, err := Squares(200_000, 0.5, random.Source(6))
	require.NoError(t, err)
	wrong := 0.0
	for i := range noisy.Len() {
		p := noisy.Input(i)
		if (p[0]*p[1] > 0) != (noisy.Label(i) == 1) {
			wrong++
		}
	}
	flip := 2.2 * 2.2 / 50
	share := 2 * flip * (1 - flip)
	require.InDelta(t, share, wrong/200_000, 4*math.Sqrt(share*(1-share)/200_000))
}

func TestPlaygroundSpiralsLieOnSpirals(t *testing.T) {
	d, err := PlaygroundSpirals(101, 0, random.Source(7))
	require.NoError(t, err)
	for i := range d.Len() {
		require.Equal(t, i%2, d.Label(i))
		u := float64(i/2) / 102
		sin, cos := math.Sincos(3.5*2*math.Pi*u + math.Pi*float64(1-i%2))
		require.InDelta(t, 5*u*sin, d.Input(i)[0], 1e-6)
		require.InDelta(t, 5*u*cos, d.Input(i)[1], 1e-6)
	}
	const n = 100_000
	clean, err := PlaygroundSpirals(n, 0, random.Source(8))
	require.NoError(t, err)
	noisy, err := PlaygroundSpirals(n, 0.4, random.Source(8))
	require.NoError(t, err)
	for k := range 2 {
		noise := make([]float64, n)
		for i := range noise {
			noise[i] = float64(noisy.Input(i)[k]) - float64(clean.Input(i)[k])
		}
		require.Less(t, kolmogorov(noise, -0.4, 0.4), 1.95)
	}
}

func TestTwoSpiralsDistributions(t *testing.T) {
	clean, err := TwoSpirals(200_000, 0, random.Source(9))
	require.NoError(t, err)
	// Along the spiral of class 0 the angle is the radius over 1.5, and u its square.
	u := planarColumn(clean, 0, func(x, y float64) float64 {
		angle := math.Hypot(x, y) / 1.5
		sin, cos := math.Sincos(angle)
		require.InDelta(t, -1.5*angle*cos, x, 2e-5)
		require.InDelta(t, 1.5*angle*sin, y, 2e-5)
		return math.Pow(angle/(600*math.Pi/180), 2)
	})
	require.Less(t, kolmogorov(u, 0, 1), 1.95)

	noisy, err := TwoSpirals(200_000, 2, random.Source(9))
	require.NoError(t, err)
	for i := 0; i < noisy.Len(); i += 2 {
		require.Equal(t, []int{0, 1}, []int{noisy.Label(i), noisy.Label(i + 1)})
		require.Equal(t, noisy.Input(i)[0], -noisy.Input(i + 1)[0])
		require.Equal(t, noisy.Input(i)[1], -noisy.Input(i + 1)[1])
	}
	for k := range 2 {
		noise := make([]float64, 0, 100_000)
		for i := 0; i < noisy.Len(); i += 2 {
			noise = append(noise, float64(noisy.Input(i)[k])-float64(clean.Input(i)[k]))
		}
		requireMoments(t, noise, 0, 4, 0)
	}
}
