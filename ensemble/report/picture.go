package report

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/png"
	"math"
)

// dataURI returns the image as a PNG inside of an address.
func (i *Image) dataURI() template.URL {
	gray := image.NewGray(image.Rect(0, 0, i.Width, i.Height))
	for at, v := range i.Pixels {
		gray.Pix[at] = level(v)
	}
	var content bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&content, gray); err != nil {
		panic(err) // neither the size, which is checked, nor the buffer can fail
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(content.Bytes()))
}

// level returns the nearest of 256 levels of gray, 0 for NaN.
func level(v float32) uint8 {
	switch {
	case v >= 1:
		return 255
	case v > 0:
		return uint8(math.Round(255 * float64(v)))
	}
	return 0
}
