package grid

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/trajens/trajens/internal/npz"
)

const checkpointsDir = "checkpoints"

// An attempt is a directory that one worker writes to.
type attempt struct {
	number int
	name   string
}

// attempts returns those among the names in the directory of a run, the last first.
func attempts(names []string) []attempt {
	var found []attempt
	for _, name := range names {
		rest, isAttempt := strings.CutPrefix(name, "attempt-")
		number, _, _ := strings.Cut(rest, "-")
		if n, err := strconv.Atoi(number); isAttempt && err == nil && n > 0 {
			found = append(found, attempt{n, name})
		}
	}
	slices.SortFunc(found, func(a, b attempt) int {
		if a.number != b.number {
			return b.number - a.number
		}
		return strings.Compare(b.name, a.name)
	})
	return found
}

// newAttempt makes the next attempt in the directory of a run, with copies of the
// checkpoints of the one before. Those of attempts before that are not needed any more.
func newAttempt(dir string, found []attempt, log func(string)) (attempt, error) {
	next := attempt{number: 1}
	if len(found) > 0 {
		next.number = found[0].number + 1
	}
	next.name = fmt.Sprintf("attempt-%d-%s", next.number, token())
	path := filepath.Join(dir, next.name)
	if err := os.Mkdir(path, 0o777); err != nil {
		return next, err
	}
	for i, before := range found {
		from := filepath.Join(dir, before.name, checkpointsDir)
		there, err := exists(from)
		if err != nil {
			return next, err
		}
		if !there { // it was killed before it had any
			continue
		}
		temporary := filepath.Join(path, "."+checkpointsDir)
		if err := copyCheckpoints(from, temporary, log); err != nil {
			return next, err
		}
		if err := os.Rename(temporary, filepath.Join(path, checkpointsDir)); err != nil {
			return next, err
		}
		for _, old := range found[i+1:] {
			os.RemoveAll(filepath.Join(dir, old.name, checkpointsDir))
		}
		return next, nil
	}
	return next, os.Mkdir(filepath.Join(path, checkpointsDir), 0o777)
}

// checkpointName is that of a checkpoint of package tps, which has a seal.
var checkpointName = regexp.MustCompile(`^checkpoint-\d+\.npz$`)

// copyCheckpoints copies a directory. Whose it is may be stopped only, and go on and
// remove a file meanwhile: then it begins again.
func copyCheckpoints(from, to string, log func(string)) error {
	for tries := 0; ; tries++ {
		err := copyTree(from, to, log)
		if !errors.Is(err, fs.ErrNotExist) || tries == 10 {
			return err
		}
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
}

// copyTree copies the checkpoints first, as the files beside them are to be at least
// as far as they are.
func copyTree(from, to string, log func(string)) error {
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	slices.SortStableFunc(entries, func(a, b os.DirEntry) int { return rank(a) - rank(b) })
	for _, entry := range entries {
		name := entry.Name()
		source, target := filepath.Join(from, name), filepath.Join(to, name)
		switch {
		case strings.HasPrefix(name, "."): // was being written
		case entry.IsDir():
			err = copyTree(source, target, log)
		case entry.Type().IsRegular():
			err = copyFile(source, target, checkpointName.MatchString(name), log)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func rank(entry os.DirEntry) int {
	switch {
	case checkpointName.MatchString(entry.Name()):
		return 0
	case entry.IsDir():
		return 1
	}
	return 2
}

// copyFile copies a file and flushes it, but not if it is to have a seal that does not
// fit.
func copyFile(from, to string, sealed bool, log func(string)) error {
	if sealed {
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if npz.Sealed(text) != nil {
			log(fmt.Sprintf("grid: %s is damaged and left out\n", from))
			return nil
		}
		return writeFlushed(to, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	return writeFlushed(to, func(w io.Writer) error {
		_, err := io.Copy(w, source)
		return err
	})
}

func writeFlushed(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Sync(), file.Close())
}
