package correction

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/trajens/trajens/internal/atomicfile"
)

//go:generate go run ./internal/generate

//go:embed tables/*.csv
var embedded embed.FS

// For returns the default correction (that of Solve with no more than Sigma
// set) for σ_c = sigma, from MinSigma to MaxSigma. The package comment has a
// table of its errors, which grow with sigma. The distribution is shared: every
// call with the same sigma returns the same one.
//
// Tables for 0.8, 1, 1.1, 1.2 and 1.3 are part of the package. Others are
// computed, once, and then kept in memory for the life of the program, and in
// the folder trajens/correction of the user's cache directory
// (os.UserCacheDir) for the next. A file there that is damaged or not what it
// should be is computed anew; that a file cannot be written is no error.
func For(sigma float64) (*Distribution, error) {
	if err := checkSigma(sigma); err != nil {
		return nil, err
	}
	return shared.get(sigma)
}

var shared memory

// A memory holds distributions by their σ_c. Its zero value is empty.
type memory struct {
	distributions sync.Map // from float64 to func() (*Distribution, error)
}

// get returns the distribution for sigma, which callers at the same time
// compute only once.
func (m *memory) get(sigma float64) (*Distribution, error) {
	once, ok := m.distributions.Load(sigma)
	if !ok {
		once, _ = m.distributions.LoadOrStore(sigma, sync.OnceValues(func() (*Distribution, error) {
			return load(sigma)
		}))
	}
	return once.(func() (*Distribution, error))()
}

// load gets the distribution from where it is quickest to get: from the
// embedded tables, the user's cache directory, or the solver.
func load(sigma float64) (*Distribution, error) {
	if content, err := embedded.ReadFile("tables/" + tableName(sigma)); err == nil {
		return decode(content)
	}
	path := ""
	if dir, err := os.UserCacheDir(); err == nil {
		path = filepath.Join(dir, "trajens", "correction", fmt.Sprintf("v%s-%s", tableVersion, tableName(sigma)))
		if d := readCache(path, sigma); d != nil {
			return d, nil
		}
	}
	d, err := Solve(Config{Sigma: sigma})
	if err != nil {
		return nil, err
	}
	if path != "" {
		// The file only saves time later. Whoever cannot have it, because the
		// disk is full or read-only, has the distribution all the same.
		_ = writeCache(path, d)
	}
	return d, nil
}

// tableName returns the file name of the table for sigma, a different one for
// every float64.
func tableName(sigma float64) string { return fmt.Sprintf("sigma-%v.csv", sigma) }

// readCache returns the distribution in the file, or nil if there is no such
// file, or not the right one.
func readCache(path string, sigma float64) *Distribution {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	d, err := ReadCSV(file)
	if err != nil || d.sigma != sigma || d.method != NonNegative {
		return nil
	}
	return d
}

// writeCache writes the file so that nobody ever sees a part of it.
func writeCache(path string, d *Distribution) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return atomicfile.Write(path, d.WriteCSV)
}
