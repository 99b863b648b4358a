package zarr

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/trajens/trajens/internal/atomicfile"
)

// A Store is a directory of groups and arrays. It is for one goroutine.
type Store struct {
	// Watch, if it is not nil, is called after each change of the directory, with
	// the path that changed. Tests look at the directory then.
	Watch func(path string)

	dir    string
	groups []Group
	arrays []Array
	files  map[string]string // the files of metadata as they are; none: not known
}

// Create makes a store. fill, if it is not nil, is called to write chunks, before
// the store has its place at dir: the store is there with them or not at all. The
// error is fs.ErrExist if there is something at dir. A kill may leave a folder
// beside it, whose name starts with a dot and the base of dir and ends in ".part".
func Create(dir string, groups []Group, arrays []Array, fill func(*Store) error) (s *Store, err error) {
	if err := checkAll(groups, arrays); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(dir); err == nil {
		return nil, fmt.Errorf("zarr: %w", &fs.PathError{Op: "create", Path: dir, Err: fs.ErrExist})
	}
	above := filepath.Dir(dir)
	part, err := os.MkdirTemp(above, "."+filepath.Base(dir)+".*.part")
	if err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(part))
		}
	}()
	s = &Store{dir: part, groups: slices.Clone(groups), files: make(map[string]string)}
	for _, a := range arrays {
		s.arrays = append(s.arrays, a.clone())
	}
	if err := s.folders(); err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	if fill != nil {
		if err := fill(s); err != nil {
			return nil, err
		}
	}
	if err := s.commit(); err != nil {
		return nil, err
	}
	if err := publish(part, dir); err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	s.dir = dir
	return s, nil
}

// publish renames a folder, for all to read.
func publish(part, dir string) error {
	if err := os.Chmod(part, 0o755); err != nil {
		return err
	}
	if err := os.Rename(part, dir); err != nil {
		return err
	}
	return atomicfile.SyncDir(filepath.Dir(dir))
}

// folders makes the folders of groups and arrays.
func (s *Store) folders() error {
	var err error
	for _, g := range s.groups {
		err = errors.Join(err, os.MkdirAll(s.file(g.Path), 0o777))
	}
	for _, a := range s.arrays {
		err = errors.Join(err, os.MkdirAll(s.file(a.Path), 0o777))
	}
	return err
}

// maxMetadata bounds the size of the .zmetadata file that Open reads.
const maxMetadata = 64 << 20

// Open returns the store in a directory. It changes nothing.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir, files: make(map[string]string)}
	text, err := readFile(s.file(consolidatedFile), maxMetadata)
	if err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	if s.groups, s.arrays, err = parse(text); err != nil {
		return nil, fmt.Errorf("%w (%s)", err, dir)
	}
	paths, _, err := texts(s.groups, s.arrays)
	if err != nil {
		return nil, err
	}
	for _, name := range paths {
		// What cannot be read is written anew by the next Resize.
		if text, err := readFile(s.file(name), maxMetadata); err == nil {
			s.files[name] = string(text)
		}
	}
	return s, nil
}

// readFile returns the contents of a regular file of at most limit bytes.
func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%s is no regular file of at most %d bytes", name, limit)
	}
	return os.ReadFile(name)
}

// Dir returns the directory.
func (s *Store) Dir() string { return s.dir }

// file returns the path on the disk of what has a path in the store.
func (s *Store) file(path string) string { return filepath.Join(s.dir, filepath.FromSlash(path)) }

// Arrays returns the arrays. Those of Open are in the order of their paths.
func (s *Store) Arrays() []Array {
	arrays := make([]Array, len(s.arrays))
	for i, a := range s.arrays {
		arrays[i] = a.clone()
	}
	return arrays
}

// Array returns the array with a path, and whether there is one.
func (s *Store) Array(path string) (Array, bool) {
	a, err := s.find(path)
	if err != nil {
		return Array{}, false
	}
	return a.clone(), true
}

func (s *Store) find(path string) (*Array, error) {
	for i := range s.arrays {
		if s.arrays[i].Path == path {
			return &s.arrays[i], nil
		}
	}
	return nil, fmt.Errorf("zarr: there is no array %q", path)
}

// Resize makes length the length of a dimension of all arrays that have it. The
// chunks of the new elements are to be there before. Elements beyond the length
// are not seen any more; their chunks stay. After an error, the next Resize writes
// what this one has not.
func (s *Store) Resize(dimension string, length int) error {
	for i := range s.arrays {
		a := s.arrays[i].clone()
		if d := slices.Index(a.Dimensions, dimension); d >= 0 {
			a.Shape[d] = length
		}
		if err := a.check(); err != nil {
			return err
		}
	}
	for i := range s.arrays {
		if d := slices.Index(s.arrays[i].Dimensions, dimension); d >= 0 {
			s.arrays[i].Shape[d] = length
		}
	}
	return s.commit()
}

// commit writes the files of metadata that have changed, .zmetadata last.
func (s *Store) commit() error {
	paths, texts, err := texts(s.groups, s.arrays)
	if err != nil {
		return err
	}
	for _, name := range paths {
		if have, ok := s.files[name]; ok && have == string(texts[name]) {
			continue
		}
		if err := s.write(name, texts[name]); err != nil {
			return err
		}
		s.files[name] = string(texts[name])
	}
	return nil
}

// write makes a file of the store one with the given bytes.
func (s *Store) write(path string, bytes []byte) error {
	err := atomicfile.Write(s.file(path), func(w io.Writer) error {
		_, err := w.Write(bytes)
		return err
	})
	if err != nil {
		return fmt.Errorf("zarr: %w", err)
	}
	s.changed(path)
	return nil
}

func (s *Store) changed(path string) {
	if s.Watch != nil {
		s.Watch(path)
	}
}
