package figure

import (
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
)

// bowl is a loss with its bottom in the middle, infinite in a corner.
type bowl struct{}

func (bowl) Dims() (c, r int) { return 41, 31 }
func (bowl) X(c int) float64  { return float64(c) - 20 }
func (bowl) Y(r int) float64  { return float64(r) - 15 }
func (b bowl) Z(c, r int) float64 {
	if c > 35 && r > 25 {
		return math.Inf(1)
	}
	return 1 + b.X(c)*b.X(c) + b.Y(r)*b.Y(r)
}

type flat struct{ bowl }

func (flat) Z(int, int) float64 { return 2 }

func TestContours(t *testing.T) {
	p, err := Contours(bowl{}, 0.8)
	require.NoError(t, err)
	p.HideAxes()
	dir := t.TempDir()
	require.NoError(t, Save(dir, "bowl", 10*vg.Centimeter, 8*vg.Centimeter, p.Draw))
	file, err := os.Open(filepath.Join(dir, "bowl.png"))
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	size := picture.Bounds().Size()
	brightness := func(x, y float64) uint32 {
		r, g, b, _ := picture.At(int(x*float64(size.X)), int(y*float64(size.Y))).RGBA()
		return r + g + b
	}
	require.Less(t, brightness(0.5, 0.5), brightness(0.05, 0.9), "high is bright")
	require.Equal(t, brightness(0.02, 0.98), brightness(0.985, 0.015), "what is higher has one color")

	_, err = Contours(flat{}, 0.8)
	require.ErrorContains(t, err, "figure: contours need two finite values")
}
