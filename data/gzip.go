package data

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// unzipped returns what r holds after decompression if it is gzipped, as its
// first two bytes tell, and else r.
func unzipped(r *bufio.Reader) (io.Reader, error) {
	if start, _ := r.Peek(2); len(start) < 2 || start[0] != 0x1f || start[1] != 0x8b {
		return r, nil
	}
	plain, err := gzip.NewReader(r)
	if err != nil {
		return nil, gzipDamage(err)
	}
	return plain, nil
}

// gzipDamage says in words what is wrong with a gzip stream, and returns other
// errors as they are.
func gzipDamage(err error) error {
	switch {
	case errors.Is(err, gzip.ErrHeader):
		return fmt.Errorf("the gzip stream has a bad header or is followed by other bytes: %w", err)
	case errors.Is(err, gzip.ErrChecksum):
		return fmt.Errorf("the gzip stream is damaged: %w", err)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return fmt.Errorf("the gzip header is cut off: %w", io.ErrUnexpectedEOF)
	}
	return err
}
