package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/sampler"
)

// images are what to predict on.
type images struct {
	inputs *data.Dataset // for the network
	shown  *data.Dataset // as they were read
	names  []string      // nil: the images have numbers
	single bool          // they are files of their own
}

func (in *images) name(i int) string {
	if in.names == nil {
		return strconv.Itoa(i)
	}
	return in.names[i]
}

// read returns the images that the flags ask for, as the committee takes them.
func (o *options) read(c *committee) (*images, error) {
	in, err := o.find(c)
	if err != nil {
		return nil, err
	}
	if in.shown, err = in.shown.First(o.first); err != nil {
		return nil, err
	}
	if have, want := in.shown.Shape(), c.Network().InputShape(); !slices.Equal(have, want) {
		return nil, fmt.Errorf("the images have the shape %v, but the ensemble takes %v", have, want)
	}
	if have, want := in.shown.Classes(), c.Network().Outputs(); have != 0 && have != want {
		return nil, fmt.Errorf("the images are of %d classes, but the ensemble tells %d apart", have, want)
	}
	in.inputs = in.shown
	if c.info.Standardizer != nil {
		in.inputs, err = c.info.Standardizer.Apply(in.shown)
	}
	return in, err
}

func (o *options) find(c *committee) (*images, error) {
	if o.drawn > 0 {
		drawn, err := data.Digits(o.drawn, (&sampler.Flags{Seed: o.seed}).Source(sampler.TestStream, 0))
		return &images{shown: drawn}, err
	}
	isPNG, err := startsAsPNG(o.images[0])
	if err != nil {
		return nil, err
	}
	switch {
	case isPNG && o.labels != "":
		return nil, cli.Usagef("-labels: want the images in an IDX file, too, not %s", o.images[0])
	case isPNG:
		pictures, err := data.ReadImages(o.images, o.image)
		return &images{shown: pictures, names: o.images, single: true}, err
	case len(o.images) > 1:
		return nil, cli.Usagef("-images: want PNG files or one IDX file, and %s is no PNG file", o.images[0])
	case o.image != data.ImageConfig{}:
		return nil, cli.Usagef("-invert or -digit: has no use with %s, which is no PNG file", o.images[0])
	case o.labels != "":
		labeled, err := data.LoadIDX(o.images[0], o.labels, c.Network().Outputs())
		return &images{shown: labeled}, err
	}
	inputs, err := readIDX(o.images[0])
	return &images{shown: inputs}, err
}

// startsAsPNG tells whether the file at path starts with the signature of PNG.
func startsAsPNG(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	start := make([]byte, 8)
	n, err := io.ReadFull(file, start)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil // the reader of IDX files says what is wrong
	}
	return bytes.Equal(start[:n], []byte("\x89PNG\r\n\x1a\n")), err
}

// readIDX returns the images of an IDX file without labels.
func readIDX(path string) (*data.Dataset, error) {
	file, err := data.ReadIDXFile(path)
	if err != nil {
		return nil, err
	}
	shape := file.Shape[1:]
	switch len(shape) {
	case 2:
		shape = []int{1, shape[0], shape[1]}
	case 3:
	default:
		return nil, fmt.Errorf("%s: the shape is %v, want 3 or 4 dimensions: these are no images", path, file.Shape)
	}
	pixels := make([]float32, len(file.Data))
	for i, level := range file.Data {
		pixels[i] = float32(level) / 255
	}
	return data.NewInputs(pixels, shape)
}
