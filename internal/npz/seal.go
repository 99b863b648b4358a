package npz

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
)

// unsealed stands where the seal will be.
var unsealed = sealPrefix + strings.Repeat("0", 2*sha256.Size)

const (
	sealPrefix = "sha256:"
	sealLength = len(sealPrefix) + 2*sha256.Size
)

// ErrDamaged is the error of a file whose seal is missing or does not fit: the
// file is not as it was written.
var ErrDamaged = errors.New("npz: the checksum does not fit: the file is damaged")

// A sealer passes on what is written to it, but puts the seal in place of the
// last bytes.
type sealer struct {
	w    io.Writer
	sum  hash.Hash
	held []byte // what may be the last bytes
}

func newSealer(w io.Writer) *sealer { return &sealer{w: w, sum: sha256.New()} }

// Write holds back the last bytes.
func (s *sealer) Write(p []byte) (int, error) {
	s.held = append(s.held, p...)
	if n := len(s.held) - sealLength; n > 0 {
		s.sum.Write(s.held[:n]) // never fails
		if _, err := s.w.Write(s.held[:n]); err != nil {
			return 0, err
		}
		s.held = s.held[:copy(s.held, s.held[n:])]
	}
	return len(p), nil
}

// finish writes the seal.
func (s *sealer) finish() error {
	_, err := io.WriteString(s.w, sealPrefix+hex.EncodeToString(s.sum.Sum(nil)))
	return err
}

// Sealed returns ErrDamaged unless a file has the seal of its contents.
func Sealed(file []byte) error {
	n := len(file) - sealLength
	if n < 0 {
		return ErrDamaged
	}
	sum := sha256.Sum256(file[:n])
	if !bytes.Equal(file[n:], []byte(sealPrefix+hex.EncodeToString(sum[:]))) {
		return ErrDamaged
	}
	return nil
}
