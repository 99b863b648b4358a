package data

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// encodePNG returns a PNG file.
func encodePNG(tb testing.TB, picture image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	require.NoError(tb, png.Encode(&b, picture))
	return b.Bytes()
}

// readPicture reads a picture that is written to a file.
func readPicture(t *testing.T, picture image.Image, config ImageConfig) []float32 {
	t.Helper()
	path := writeFile(t, "picture.png", encodePNG(t, picture))
	d, err := ReadImages([]string{path}, config)
	require.NoError(t, err)
	require.Equal(t, []int{1, 28, 28}, d.Shape())
	require.Zero(t, d.Classes())
	return d.Input(0)
}

// paint returns a gray picture.
func paint(width, height int, level func(x, y int) float64) *image.Gray {
	picture := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetGray(x, y, color.Gray{Y: uint8(math.Round(255 * level(x, y)))})
		}
	}
	return picture
}

func TestReadImagesLikeNumPy(t *testing.T) {
	text, err := os.ReadFile("testdata/image.json")
	require.NoError(t, err)
	var golden []struct {
		Height, Width int
		Picture       []int
		Image         []float64
	}
	require.NoError(t, json.Unmarshal(text, &golden))
	require.Len(t, golden, 6)
	for _, g := range golden {
		picture := paint(g.Width, g.Height, func(x, y int) float64 { return float64(g.Picture[y*g.Width+x]) / 255 })
		got := readPicture(t, picture, ImageConfig{})
		requireNear(t, g.Image, got, "scaled")
		if g.Height == 28 && g.Width == 28 {
			for k, v := range g.Picture {
				require.Equal(t, float32(v)/255, got[k], "as it is")
			}
		}
	}
}

// The same gray in all kinds of PNG gives the same image, and inverted pictures
// give it with Invert.
func TestReadImagesColors(t *testing.T) {
	gray := paint(28, 28, func(x, y int) float64 { return float64(x*y%256) / 255 })
	want := readPicture(t, gray, ImageConfig{})
	for name, picture := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"16 bits":     image.NewGray16(gray.Bounds()),
		"color":       image.NewRGBA(gray.Bounds()),
		"transparent": image.NewNRGBA(gray.Bounds()),
		"64 bits":     image.NewNRGBA64(gray.Bounds()),
	} {
		inverse := image.NewNRGBA(gray.Bounds())
		for y := range 28 {
			for x := range 28 {
				v := gray.GrayAt(x, y).Y
				picture.Set(x, y, color.Gray{Y: v})
				inverse.Set(x, y, color.NRGBA{A: v}) // black ink on nothing
				if name == "transparent" {
					picture.Set(x, y, color.NRGBA{R: 255, G: 255, B: 255, A: v})
				}
				if name == "color" {
					inverse.Set(x, y, color.Gray{Y: 255 - v})
				}
			}
		}
		for k, v := range readPicture(t, picture, ImageConfig{}) {
			require.InDelta(t, want[k], v, 1e-4, name) // transparency is rounded to 16 bits
		}
		for k, v := range readPicture(t, inverse, ImageConfig{Invert: true}) {
			require.InDelta(t, want[k], v, 1e-4, name)
		}
	}
	red := image.NewRGBA(image.Rect(0, 0, 28, 28))
	for k := range 28 * 28 {
		red.Set(k%28, k/28, color.RGBA{R: 255, A: 255})
	}
	require.InDelta(t, 0.299, readPicture(t, red, ImageConfig{})[0], 1e-3)
	palette := image.NewPaletted(image.Rect(0, 0, 28, 28), color.Palette{color.Black, color.White})
	palette.SetColorIndex(3, 0, 1)
	require.Equal(t, float32(1), readPicture(t, palette, ImageConfig{})[3])
}

// A digit comes out the same wherever and however large it was drawn: 20 pixels
// high, with its mass in the middle.
func TestReadImagesDigit(t *testing.T) {
	// A seven, of which (x, y) from 0 to 1 are a part.
	seven := func(x, y float64) bool {
		return x >= 0 && y >= 0 && x < 0.6 && y < 1 && (y < 0.2 || math.Abs(x-(0.5-0.4*(y-0.2))) < 0.1)
	}
	draw := func(width, height, left, top, size int) image.Image {
		return paint(width, height, func(x, y int) float64 {
			if seven(float64(x-left)/float64(size), float64(y-top)/float64(size)) {
				return 0
			}
			return 1
		})
	}
	config := ImageConfig{Invert: true, Digit: true}
	want := readPicture(t, draw(200, 300, 40, 60, 160), config)
	mass, y, x, _ := moments(want, 28)
	assert.InDelta(t, 13.5, y, 1e-4)
	assert.InDelta(t, 13.5, x, 1e-4)
	assert.InDelta(t, 20*20*(0.6*0.2+0.8*0.2), mass, 2)
	first, last := 28, 0
	for k, v := range want {
		if v > 0.5 {
			first, last = min(first, k/28), max(last, k/28)
		}
	}
	assert.InDelta(t, 20, last-first+1, 1)
	for _, other := range []image.Image{draw(200, 300, 0, 100, 160), draw(900, 700, 350, 20, 640)} {
		for k, v := range readPicture(t, other, config) {
			require.InDelta(t, want[k], v, 0.1, "pixel %d", k)
		}
	}
	// Noise of the paper neither moves nor shrinks the digit.
	dirty := draw(200, 300, 40, 60, 160).(*image.Gray)
	dirty.SetGray(199, 299, color.Gray{Y: 220})
	dirty.SetGray(0, 0, color.Gray{Y: 220})
	for k, v := range readPicture(t, dirty, config) {
		require.InDelta(t, want[k], v, 0.01, "pixel %d", k)
	}
}

func TestReadImagesRefuses(t *testing.T) {
	_, err := ReadImages(nil, ImageConfig{})
	require.EqualError(t, err, "data: no images to read")
	_, err = ReadImages([]string{filepath.Join(t.TempDir(), "none.png")}, ImageConfig{})
	require.ErrorIs(t, err, os.ErrNotExist)
	good := encodePNG(t, paint(28, 28, func(x, y int) float64 { return 0 }))
	huge := bytes.Clone(good) // the header says 2³¹−1 pixels each way, with a wrong sum
	copy(huge[16:], []byte{0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff})
	for says, content := range map[string][]byte{
		"not a PNG file": []byte("GIF89a"),
		"a damaged PNG":  good[:len(good)-20],
		"no ink":         good,
		"PNG file":       huge,
	} {
		path := writeFile(t, "bad.png", content)
		_, err := ReadImages([]string{path}, ImageConfig{Digit: true})
		require.ErrorContains(t, err, "data: "+path+": ")
		require.ErrorContains(t, err, says)
	}
	// Too many pixels, by a header that is right.
	wide := encodePNG(t, image.NewPaletted(image.Rect(0, 0, 1<<14, 1<<11+1), color.Palette{color.Black}))
	_, err = ReadImages([]string{writeFile(t, "wide.png", wide)}, ImageConfig{})
	require.ErrorContains(t, err, "16384 × 2049 pixels, want at least 1 and at most 33554432")
}

func FuzzReadImage(f *testing.F) {
	f.Add(encodePNG(f, paint(3, 2, func(x, y int) float64 { return 0.5 })), false, true)
	f.Add(encodePNG(f, image.NewNRGBA(image.Rect(0, 0, 5, 4))), true, false)
	f.Add([]byte("\x89PNG\r\n\x1a\n"), true, true)
	f.Fuzz(func(t *testing.T, content []byte, invert, digit bool) {
		if header, err := png.DecodeConfig(bytes.NewReader(content)); err == nil && header.Width*header.Height > 1<<20 {
			t.Skip("slow, not wrong")
		}
		pixels, err := readImage(bytes.NewReader(content), ImageConfig{Invert: invert, Digit: digit})
		if err != nil {
			return
		}
		if len(pixels) != digitPixels {
			t.Fatalf("%d pixels", len(pixels))
		}
		for _, v := range pixels {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("a pixel is %v", v)
			}
		}
	})
}
