package data

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
)

// ImageConfig says how ReadImages makes inputs of pictures. The zero value is
// for light ink on a dark ground.
type ImageConfig struct {
	// Invert makes dark light and light dark, for dark ink on a light ground.
	Invert bool

	// Digit places the ink as MNIST does: the box around it is scaled to 20 pixels
	// at its longer side, and its center of mass goes to the center of the image.
	// Ink is what has more than a quarter of the brightness of the brightest
	// pixel, after inversion. Without Digit the picture as a whole is scaled to 28
	// pixels at its longer side and centered.
	Digit bool
}

// digitBox is the longer side of the box around a digit in MNIST, in pixels.
const digitBox = 20

// maxPixels is the largest size of a picture, for it is the header of a file
// that says how much memory to take: up to 8 bytes a pixel.
const maxPixels = 1 << 25

// ReadImages reads PNG files, gray or in color and of any size up to 33 million
// pixels, to predict on: the dataset has inputs of shape [1, 28, 28] in [0, 1],
// one a file, and neither labels nor targets. Errors name the file.
//
// Colors become gray by their luminance (Rec. 601). What is transparent shows
// the ground, which is black, or white with Invert. Scaling keeps the ratio
// of the sides: each pixel is the mean of the picture over the area that the pixel
// covers, where what is outside of the picture has no ink. So a gray PNG of
// 28 × 28 pixels is read as it is. With Digit a picture without ink is an error.
func ReadImages(paths []string, config ImageConfig) (*Dataset, error) {
	if len(paths) == 0 {
		return nil, errors.New("data: no images to read")
	}
	inputs := make([]float32, 0, len(paths)*digitPixels)
	for _, path := range paths {
		pixels, err := readImageFile(path, config)
		if err != nil {
			return nil, fmt.Errorf("data: %s: %w", path, err)
		}
		inputs = append(inputs, pixels...)
	}
	return NewInputs(inputs, []int{1, digitSide, digitSide})
}

func readImageFile(path string, config ImageConfig) ([]float32, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readImage(file, config)
}

func readImage(r io.ReadSeeker, config ImageConfig) ([]float32, error) {
	header, err := png.DecodeConfig(bufio.NewReader(r))
	if err != nil {
		return nil, fmt.Errorf("not a PNG file: %w", err)
	}
	if header.Width < 1 || header.Height < 1 || header.Width > maxPixels/header.Height {
		return nil, fmt.Errorf("%d × %d pixels, want at least 1 and at most %d", header.Width, header.Height, maxPixels)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	content, err := png.Decode(bufio.NewReader(r))
	if err != nil {
		return nil, fmt.Errorf("a damaged PNG file: %w", err)
	}
	p := newPicture(content, config.Invert)
	if !config.Digit {
		scale := digitSide / float64(max(p.width, p.height))
		return p.resample(float64(p.width)/2, float64(p.height)/2, scale), nil
	}
	x, y, side := p.ink()
	if side == 0 {
		return nil, errors.New("no ink, all pixels are black (or white, with Invert)")
	}
	return p.resample(x, y, digitBox/float64(side)), nil
}

// A picture is what a file has, in gray.
type picture struct {
	width, height int
	gray          []float32 // row-major, from 0 (the ground) to 1
}

func newPicture(content image.Image, invert bool) *picture {
	bounds := content.Bounds()
	p := &picture{width: bounds.Dx(), height: bounds.Dy()}
	p.gray = make([]float32, 0, p.width*p.height)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			// The gray of a color that is partly transparent is the one on black.
			c := content.At(x, y)
			v := color.Gray16Model.Convert(c).(color.Gray16).Y
			if invert {
				_, _, _, alpha := c.RGBA()
				v = uint16(alpha) - min(v, uint16(alpha))
			}
			p.gray = append(p.gray, float32(float64(v)/math.MaxUint16))
		}
	}
	return p
}

// ink returns the center of mass of the picture, pixel (i, j) being the square
// from (j, i) to (j+1, i+1), and the longer side of the box around the ink, which
// is 0 without ink.
func (p *picture) ink() (x, y float64, side int) {
	brightest := float32(0)
	for _, v := range p.gray {
		brightest = max(brightest, v)
	}
	if brightest == 0 {
		return 0, 0, 0
	}
	left, right, top, bottom := p.width, 0, p.height, 0
	mass := 0.0
	for k, v := range p.gray {
		if v <= brightest/4 {
			continue
		}
		i, j := k/p.width, k%p.width
		left, right = min(left, j), max(right, j+1)
		top, bottom = min(top, i), max(bottom, i+1)
		mass += float64(v)
		x += float64(v) * (float64(j) + 0.5)
		y += float64(v) * (float64(i) + 0.5)
	}
	return x / mass, y / mass, max(right-left, bottom-top)
}

// resample returns an image of 28 × 28 pixels whose center shows the point
// (x, y) of the picture. A pixel of the picture becomes scale pixels wide.
func (p *picture) resample(x, y, scale float64) []float32 {
	rows, columns := coverage(y, scale, p.height), coverage(x, scale, p.width)
	dst := make([]float32, 0, digitPixels)
	for _, row := range rows {
		for _, column := range columns {
			sum := 0.0
			for i, high := range row.weights {
				for j, wide := range column.weights {
					sum += high * wide * float64(p.gray[(row.first+i)*p.width+column.first+j])
				}
			}
			dst = append(dst, clip(sum))
		}
	}
	return dst
}

// A pixelSpan has neighboring pixels of a picture along one axis, with the share
// that each has of a pixel of the image.
type pixelSpan struct {
	first   int
	weights []float64
}

// coverage returns what each of the 28 pixels of the image covers along an axis
// with size pixels of the picture.
func coverage(center, scale float64, size int) [digitSide]pixelSpan {
	var spans [digitSide]pixelSpan
	for k := range spans {
		from := center + (float64(k)-digitSide/2)/scale
		to := center + (float64(k+1)-digitSide/2)/scale
		first := int(max(math.Floor(from), 0))
		last := int(min(math.Ceil(to), float64(size)))
		spans[k].first = first
		for i := first; i < last; i++ {
			share := min(to, float64(i+1)) - max(from, float64(i))
			spans[k].weights = append(spans[k].weights, max(share, 0)*scale)
		}
	}
	return spans
}
