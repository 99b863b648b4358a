package safetensors

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Write writes tensors of different names, and metadata if it has any. The header
// has them in the order of the call. In the data, those of float64 come first, and
// the header is filled up with blanks, so that each element is at a multiple of
// its size.
func Write(w io.Writer, metadata map[string]string, tensors ...Tensor) error {
	header, err := header(metadata, tensors)
	if err != nil {
		return err
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))); err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	return writeData(w, tensors)
}

// Digest returns the SHA-256, in hexadecimal, of the data that Write writes for
// tensors and of a text after these.
func Digest(text string, tensors ...Tensor) string {
	sum := sha256.New()
	if err := writeData(sum, tensors); err != nil {
		panic(err) // a hash takes everything
	}
	io.WriteString(sum, text)
	return hex.EncodeToString(sum.Sum(nil))
}

// placed returns the tensors in the order of the data.
func placed(tensors []Tensor) []Tensor {
	sorted := slices.Clone(tensors)
	size := func(t Tensor) int {
		d, _, _ := t.dtype() // 0 for others
		return d.size
	}
	slices.SortStableFunc(sorted, func(a, b Tensor) int { return cmp.Compare(size(b), size(a)) })
	return sorted
}

// header returns the header, a multiple of 8 bytes.
func header(metadata map[string]string, tensors []Tensor) ([]byte, error) {
	begins := make(map[string]int)
	next := 0
	for _, t := range placed(tensors) {
		d, n, err := t.dtype()
		if err != nil {
			return nil, err
		}
		if size, ok := elements(t.Shape); !ok || size != n {
			return nil, fmt.Errorf("safetensors: tensor %q has %d elements, want those of the shape %v", t.Name, n, t.Shape)
		}
		if len(t.Shape) > maxDimensions {
			return nil, fmt.Errorf("safetensors: tensor %q has %d dimensions, want at most %d", t.Name, len(t.Shape), maxDimensions)
		}
		if _, twice := begins[t.Name]; twice || t.Name == metadataName || !utf8.ValidString(t.Name) {
			return nil, fmt.Errorf("safetensors: the name %q is used twice, is %q or is not in UTF-8", t.Name, metadataName)
		}
		begins[t.Name] = next
		next += n * d.size
	}
	var members []string
	if len(metadata) > 0 {
		for name, text := range metadata {
			if !utf8.ValidString(name) || !utf8.ValidString(text) {
				return nil, fmt.Errorf("safetensors: the metadata %q is not in UTF-8", name)
			}
		}
		members = append(members, quoted(metadataName)+":"+quoted(metadata))
	}
	for _, t := range tensors {
		d, n, _ := t.dtype() // checked above
		begin := begins[t.Name]
		members = append(members, fmt.Sprintf(`%s:{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}`,
			quoted(t.Name), d.name, quoted(append([]int{}, t.Shape...)), begin, begin+n*d.size))
	}
	text := "{" + strings.Join(members, ",") + "}"
	text += strings.Repeat(" ", (8-len(text)%8)%8)
	if len(text) > maxHeader {
		return nil, fmt.Errorf("safetensors: the header has %d bytes, want at most %d", len(text), maxHeader)
	}
	return []byte(text), nil
}

// quoted returns x in JSON.
func quoted(x any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(x); err != nil {
		panic(err) // texts, numbers and maps of texts can be written
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func writeData(w io.Writer, tensors []Tensor) error {
	for _, t := range placed(tensors) {
		var err error
		switch data := t.Data.(type) {
		case []float32:
			err = writeElements(w, data, func(b []byte, x float32) []byte {
				return binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
			})
		case []float64:
			err = writeElements(w, data, func(b []byte, x float64) []byte {
				return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// writeElements writes the elements in pieces, so that memory for a copy of all
// of them is not needed.
func writeElements[T any](w io.Writer, data []T, add func([]byte, T) []byte) error {
	const piece = 4096
	var buffer [8 * piece]byte
	for from := 0; from < len(data); from += piece {
		b := buffer[:0]
		for _, x := range data[from:min(from+piece, len(data))] {
			b = add(b, x)
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
