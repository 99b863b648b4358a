package npz

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Write writes the arrays, which have different names, and seals the file.
func Write(w io.Writer, arrays ...Array) error {
	seal := newSealer(w)
	archive := zip.NewWriter(seal)
	names := make(map[string]bool)
	for _, a := range arrays {
		if a.Name == "" || names[a.Name] {
			return fmt.Errorf("npz: the name %q is empty or used twice", a.Name)
		}
		names[a.Name] = true
		if err := writeArray(archive, a); err != nil {
			return err
		}
	}
	if err := archive.SetComment(unsealed); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return seal.finish()
}

func writeArray(archive *zip.Writer, a Array) error {
	k, n, err := a.kind()
	if err != nil {
		return err
	}
	if size, ok := elements(a.Shape); !ok || size != n {
		return fmt.Errorf("npz: array %q has %d elements, want those of the shape %v", a.Name, n, a.Shape)
	}
	head, err := header(k, a.Shape)
	if err != nil {
		return err
	}
	w, err := archive.CreateHeader(&zip.FileHeader{Name: a.Name + ".npy", Method: zip.Store})
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	switch data := a.Data.(type) {
	case []float32:
		return writeElements(w, data, func(b []byte, x float32) []byte {
			return binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		})
	case []float64:
		return writeElements(w, data, func(b []byte, x float64) []byte {
			return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		})
	case []int64:
		return writeElements(w, data, func(b []byte, x int64) []byte {
			return binary.LittleEndian.AppendUint64(b, uint64(x))
		})
	default:
		_, err := w.Write(a.Data.([]byte))
		return err
	}
}

// writeElements writes the elements in pieces, so that memory for a copy of
// all of them is not needed.
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
