package zarr

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// key returns the name of the file of a chunk.
func key(index []int) string {
	if len(index) == 0 {
		return "0"
	}
	name := make([]byte, 0, 4*len(index))
	for i, at := range index {
		if i > 0 {
			name = append(name, '.')
		}
		name = strconv.AppendInt(name, int64(at), 10)
	}
	return string(name)
}

// chunk returns the array and the path of a chunk. The index of a chunk has a number
// of at least 0 for each dimension.
func (s *Store) chunk(array string, index []int) (*Array, string, error) {
	a, err := s.find(array)
	if err != nil {
		return nil, "", err
	}
	ok := len(index) == len(a.Shape)
	for _, i := range index {
		ok = ok && i >= 0
	}
	if !ok {
		return nil, "", fmt.Errorf("zarr: array %q of %d dimensions has no chunk %v", array, len(a.Shape), index)
	}
	return a, path.Join(array, key(index)), nil
}

// WriteChunk makes the elements of a chunk those of data, row-major and
// little-endian, of ChunkBytes. The chunk may be beyond the shape.
func (s *Store) WriteChunk(array string, index []int, data []byte) error {
	a, name, err := s.chunk(array, index)
	if err != nil {
		return err
	}
	if len(data) != a.ChunkBytes() {
		return fmt.Errorf("zarr: a chunk of array %q has %d bytes, want %d", array, len(data), a.ChunkBytes())
	}
	return s.write(name, data)
}

// ReadChunk returns the elements of a chunk, or nil if there is none.
func (s *Store) ReadChunk(array string, index []int) ([]byte, error) {
	a, name, err := s.chunk(array, index)
	if err != nil {
		return nil, err
	}
	err = s.checkChunk(a, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(s.file(name))
	if err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	if len(data) != a.ChunkBytes() {
		return nil, fmt.Errorf("zarr: %s has changed while it was read", s.file(name))
	}
	return data, nil
}

// HasChunk says whether there is a chunk. The error says so if it has not the size of
// one.
func (s *Store) HasChunk(array string, index []int) (bool, error) {
	a, name, err := s.chunk(array, index)
	if err != nil {
		return false, err
	}
	err = s.checkChunk(a, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// checkChunk returns an error unless a file has the size of a chunk.
func (s *Store) checkChunk(a *Array, name string) error {
	info, err := os.Stat(s.file(name))
	if err != nil {
		return fmt.Errorf("zarr: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() != int64(a.ChunkBytes()) {
		return fmt.Errorf("zarr: %s has %d bytes, want a chunk of %d", s.file(name), info.Size(), a.ChunkBytes())
	}
	return nil
}

// RemoveChunk removes a chunk, if it is there.
func (s *Store) RemoveChunk(array string, index []int) error {
	_, name, err := s.chunk(array, index)
	if err != nil {
		return err
	}
	err = os.Remove(s.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("zarr: %w", err)
	}
	s.changed(name)
	return nil
}

// Chunks returns the indices of the chunks of an array that are there.
func (s *Store) Chunks(array string) ([][]int, error) {
	a, err := s.find(array)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.file(array))
	if err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	var indices [][]int
	for _, entry := range entries {
		index := make([]int, 0, len(a.Shape))
		for word := range strings.SplitSeq(entry.Name(), ".") {
			if i, err := strconv.Atoi(word); err == nil && i >= 0 && len(a.Shape) > 0 {
				index = append(index, i)
			}
		}
		if len(index) == len(a.Shape) && key(index) == entry.Name() {
			indices = append(indices, index)
		}
	}
	return indices, nil
}

// Clean removes what kills have left of files that were being written.
func (s *Store) Clean() error {
	folders := []string{s.dir}
	for _, g := range s.groups {
		folders = append(folders, s.file(g.Path))
	}
	for _, a := range s.arrays {
		folders = append(folders, s.file(a.Path))
	}
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return fmt.Errorf("zarr: %w", err)
		}
		for _, entry := range entries {
			name := entry.Name()
			if entry.IsDir() || !strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".part") {
				continue
			}
			if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("zarr: %w", err)
			}
		}
	}
	return nil
}
