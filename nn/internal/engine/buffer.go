package engine

import "github.com/trajens/trajens/internal/kernel"

// slack is how far beyond the last number of a buffer kernels may write:
// whole vectors, and for sparse dense layers whole tiles of them.
const slack = kernel.Tile * 2 * kernel.Lanes

// A buffer holds an image [height, width, channels] for each sample of a
// block, without gaps between pixels. If the layer that reads it has padding,
// a border of zeros surrounds each image.
//
// Kernels write whole vectors of channels, from one pixel to the next, so
// that each pixel overwrites the excess of the one before it. Whoever writes
// to a buffer takes care of that order, and calls clean where a border may
// have caught the excess of the last pixel of a row.
type buffer struct {
	extent
	border        int // zeros above and to the left of the image
	rows, columns int // of the image with its border
	sample        int // distance between two samples
	data          []float32
}

func newBuffer(image extent, samples int) *buffer {
	return newBordered(image, 0, image.height, image.width, samples)
}

func newBordered(image extent, border, rows, columns, samples int) *buffer {
	b := &buffer{extent: image, border: border, rows: max(rows, border+image.height), columns: max(columns, border+image.width)}
	b.sample = b.rows * b.columns * b.channels
	b.data = make([]float32, samples*b.sample+slack)
	return b
}

// of returns what the image of sample j, with its border, begins.
func (b *buffer) of(j int) []float32 { return b.data[j*b.sample:] }

// at returns the place of a pixel in a sample.
func (b *buffer) at(y, x int) int {
	return ((b.border+y)*b.columns + b.border + x) * b.channels
}

// row returns row y of the image of sample j, without its border.
func (b *buffer) row(j, y int) []float32 {
	return b.of(j)[b.at(y, 0):][:b.width*b.channels]
}

// rowLength is the distance between two rows.
func (b *buffer) rowLength() int { return b.columns * b.channels }

// gapless tells whether the images of a block follow one another without borders.
func (b *buffer) gapless() bool { return b.sample == b.size() }

// views returns of(j) for each sample.
func (b *buffer) views(samples int) [][]float32 {
	views := make([][]float32, samples)
	for j := range views {
		views[j] = b.of(j)
	}
	return views
}

// clean restores the border of sample j after its last channels have been
// written, and before sample j+1 is.
func (b *buffer) clean(j int) {
	excess := (kernel.Lanes - b.channels%kernel.Lanes) % kernel.Lanes
	gap := (b.columns - b.width) * b.channels // from the end of a row to the start of the next
	if excess == 0 || b.border == 0 && gap == 0 {
		return
	}
	sample := b.of(j)
	for y := range b.height {
		end := b.at(y, b.width)
		if y == b.height-1 {
			gap = excess // what is left of it is in the next sample
		}
		clear(sample[end : end+min(excess, gap)])
	}
}
