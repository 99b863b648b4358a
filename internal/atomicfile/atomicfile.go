// Package atomicfile writes files that are there as a whole or not at all.
package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Write makes path a file with what write writes, for all to read. Whatever
// happens on the way, an error, a full disk, a kill or a power failure, path
// is then either what it was before or the new file, never a part of it. The
// folder must exist. On an error nothing new is left in it, but a kill may
// leave a temporary file, whose name starts with a dot and the base of path
// and ends in ".part".
func Write(path string, write func(io.Writer) error) error {
	return writeTo(realDisk{}, path, write)
}

// A disk makes written data survive a power failure, and renames files.
type disk interface {
	syncFile(*os.File) error
	rename(from, to string) error
	syncDir(dir string) error
}

func writeTo(d disk, path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	part, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			part.Close() // a second time, if it was closed: harmless
			os.Remove(part.Name())
		}
	}()
	if err := write(part); err != nil {
		return err
	}
	if err := part.Chmod(0o644); err != nil {
		return err
	}
	if err := d.syncFile(part); err != nil {
		return err
	}
	if err := part.Close(); err != nil {
		return err
	}
	if err := d.rename(part.Name(), path); err != nil {
		return err
	}
	return d.syncDir(dir)
}

// realDisk is the operating system's.
type realDisk struct{}

func (realDisk) syncFile(file *os.File) error { return file.Sync() }
func (realDisk) rename(from, to string) error { return os.Rename(from, to) }
func (realDisk) syncDir(dir string) error     { return SyncDir(dir) }

// SyncDir makes a rename in dir survive a power failure. Windows cannot flush
// a folder.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
