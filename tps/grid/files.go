package grid

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// token returns a name that nobody else has.
func token() string {
	var bytes [6]byte
	rand.Read(bytes[:]) // never fails
	return hex.EncodeToString(bytes[:])
}

// replace makes path a file with text, as a whole or not at all, but does not flush
// it to the disk: it is for what can be made again.
func replace(path string, text []byte) error {
	temporary, err := create(filepath.Dir(path), filepath.Base(path), text, false)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		os.Remove(temporary)
		return err
	}
	return nil
}

// create makes a file with a new name, hidden and made of name, and returns its path.
func create(dir, name string, text []byte, flush bool) (path string, err error) {
	path = filepath.Join(dir, "."+name+"-"+token())
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if flush {
		err = errors.Join(err, file.Sync())
	}
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}

// link gives a file a further name, which nobody has. It is fs.ErrExist if somebody
// has it. NFS may say so although the link was made, when its answer got lost.
func link(from, to string) error {
	err := os.Link(from, to)
	if err == nil || !errors.Is(err, fs.ErrExist) {
		return err
	}
	a, err1 := os.Lstat(from)
	b, err2 := os.Lstat(to)
	if err1 == nil && err2 == nil && os.SameFile(a, b) {
		return nil
	}
	return err
}

// exists tells whether there is a file.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// names returns the names in a directory.
func names(dir string) ([]string, error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Readdirnames(-1)
}
