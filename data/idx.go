package data

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
)

// An IDX is an array of unsigned bytes, as in the files of MNIST.
type IDX struct {
	Shape []int  // the size of each dimension, outermost first, all positive
	Data  []byte // row-major, as many bytes as the product of Shape
}

// idxMaxDims bounds the number of dimensions. The format allows 255, but a
// file with more than a few is not what it claims to be.
const idxMaxDims = 8

// idxTypes are the element types of the format, by the third byte of a file.
var idxTypes = map[byte]string{
	0x08: "unsigned byte",
	0x09: "signed byte",
	0x0b: "16-bit integer",
	0x0c: "32-bit integer",
	0x0d: "32-bit float",
	0x0e: "64-bit float",
}

// ReadIDX reads an IDX file of unsigned bytes, plain or gzipped (recognized
// by its first two bytes), up to the end of r.
//
// The format (http://yann.lecun.com/exdb/mnist) is two zero bytes, the
// element type, the number of dimensions, the size of each as a big-endian
// 32-bit number, and the elements. Any other type than unsigned byte, a
// dimension of size 0, missing bytes, bytes after the last element and damage
// to the gzip stream are errors. Errors of r and of the gzip stream can be
// recognized with errors.Is; missing bytes are io.ErrUnexpectedEOF. The
// memory in use stays in proportion to what r delivers, whatever sizes the
// file claims.
func ReadIDX(r io.Reader) (*IDX, error) {
	idx, err := readIDX(r)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return idx, nil
}

// ReadIDXFile reads the file at path like ReadIDX. Errors name the file.
func ReadIDXFile(path string) (*IDX, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer file.Close()
	idx, err := readIDX(file)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", path, err)
	}
	return idx, nil
}

func readIDX(r io.Reader) (*IDX, error) {
	buffered := bufio.NewReader(r)
	start, err := buffered.Peek(2)
	if err != nil {
		return nil, cutOff("the first 2", len(start), err)
	}
	body, err := unzipped(buffered)
	if err != nil {
		return nil, err
	}
	idx, err := parseIDX(body)
	if err != nil {
		return nil, gzipDamage(err)
	}
	return idx, nil
}

// cutOff is the error of a file that ends, or cannot be read, too early.
func cutOff(want string, got int, err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the file ends or breaks after %d of %s bytes: %w", got, want, err)
}

func parseIDX(r io.Reader) (*IDX, error) {
	var magic [4]byte
	if n, err := io.ReadFull(r, magic[:]); err != nil {
		return nil, cutOff("the first 4", n, err)
	}
	if magic[0] != 0 || magic[1] != 0 {
		return nil, fmt.Errorf("the file starts with % x, want 00 00 as in an IDX file (or 1f 8b as in a gzip file)", magic[:2])
	}
	if magic[2] != 0x08 {
		name, ok := idxTypes[magic[2]]
		if !ok {
			name = "unknown"
		}
		return nil, fmt.Errorf("the element type is %#02x (%s), want 0x08 (unsigned byte)", magic[2], name)
	}
	dims := int(magic[3])
	if dims < 1 || dims > idxMaxDims {
		return nil, fmt.Errorf("the file has %d dimensions, want 1 to %d", dims, idxMaxDims)
	}
	header := make([]byte, 4*dims)
	if n, err := io.ReadFull(r, header); err != nil {
		return nil, cutOff(fmt.Sprintf("%d header", len(header)), n, err)
	}
	shape := make([]int, dims)
	total := uint64(1)
	for k := range shape {
		size := uint64(binary.BigEndian.Uint32(header[4*k:]))
		if size == 0 {
			return nil, fmt.Errorf("dimension %d of %d has size 0, want at least 1", k+1, dims)
		}
		if size > math.MaxInt/total {
			return nil, fmt.Errorf("the sizes of the first %d dimensions have a product above %d", k+1, math.MaxInt)
		}
		total *= size
		shape[k] = int(size)
	}
	elements, err := readExactly(r, int(total))
	if err != nil {
		return nil, fmt.Errorf("the header says %v: %w", shape, cutOff(fmt.Sprintf("%d data", total), len(elements), err))
	}
	// Reading on to the end also makes the gzip reader check its checksum.
	var extra [1]byte
	switch n, err := io.ReadFull(r, extra[:]); {
	case n > 0:
		return nil, fmt.Errorf("the header says %v, %d data bytes, but more bytes follow", shape, total)
	case err != io.EOF:
		return nil, fmt.Errorf("the file is damaged after all %d data bytes: %w", total, err)
	}
	return &IDX{Shape: shape, Data: elements}, nil
}

// readExactly reads n bytes into a buffer that is never more than twice as
// large as what has been read, apart from a first megabyte. With an error come
// the bytes before the error.
func readExactly(r io.Reader, n int) ([]byte, error) {
	data := make([]byte, 0, min(n, 1<<20))
	for {
		got, err := io.ReadFull(r, data[len(data):cap(data)])
		data = data[:len(data)+got]
		if err != nil {
			return data, err
		}
		if len(data) == n {
			return data, nil
		}
		grown := make([]byte, len(data), len(data)+min(n-len(data), len(data)))
		copy(grown, data)
		data = grown
	}
}

// LoadIDX returns the labeled dataset of an IDX file of images and an IDX file
// of labels (one dimension) in [0, classes), each plain or gzipped. Images have
// the dimensions images, rows, columns, or images, channels, rows, columns.
// Inputs have the shape [channels, rows, columns], with one channel if the file
// does not say; a byte of 255 becomes 1. The number of images and labels must
// be the same. Errors name the file.
func LoadIDX(images, labels string, classes int) (*Dataset, error) {
	if classes < 2 || classes > 256 {
		return nil, fmt.Errorf("data: classes = %d, want 2 to 256", classes)
	}
	y, err := ReadIDXFile(labels)
	if err != nil {
		return nil, err
	}
	if len(y.Shape) != 1 {
		return nil, fmt.Errorf("data: %s: the shape is %v, want one dimension: this is not a label file", labels, y.Shape)
	}
	class := make([]int, len(y.Data))
	for i, label := range y.Data {
		if int(label) >= classes {
			return nil, fmt.Errorf("data: %s: label %d of sample %d is outside [0, %d)", labels, label, i, classes)
		}
		class[i] = int(label)
	}
	x, err := ReadIDXFile(images)
	if err != nil {
		return nil, err
	}
	var shape []int
	switch len(x.Shape) {
	case 3:
		shape = []int{1, x.Shape[1], x.Shape[2]}
	case 4:
		shape = x.Shape[1:]
	default:
		return nil, fmt.Errorf("data: %s: the shape is %v, want 3 dimensions (images, rows, columns) or 4 (images, channels, rows, columns): this is not an image file", images, x.Shape)
	}
	if x.Shape[0] != len(class) {
		return nil, fmt.Errorf("data: %s has %d images, but %s has %d labels", images, x.Shape[0], labels, len(class))
	}
	return NewLabeled(scaled(x.Data), shape, class, classes)
}

// scaled maps 0 … 255 to [0, 1].
func scaled(pixels []byte) []float32 {
	x := make([]float32, len(pixels))
	for i, p := range pixels {
		x[i] = float32(p) / 255
	}
	return x
}
