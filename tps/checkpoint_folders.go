package tps

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A ChainCountError says that a folder has the checkpoints of another number of
// chains than is asked for.
type ChainCountError struct {
	// Dir is the folder.
	Dir string
	// Found is how many chains it has checkpoints of, Wanted how many there
	// should be.
	Found, Wanted int
}

// Error names the folder and both numbers.
func (e *ChainCountError) Error() string {
	found := "one chain"
	if e.Found > 1 {
		found = fmt.Sprintf("%d chains", e.Found)
	}
	return fmt.Sprintf("tps: %s: it has the checkpoints of %s, want those of %d", e.Dir, found, e.Wanted)
}

// CheckpointFolders returns a folder for the checkpoints of each of several
// chains, at least one, of one run: dir itself for a single chain, and
// dir/chain-1, dir/chain-2 … for several. It makes the folders that are missing. The
// error is a ChainCountError if dir has the checkpoints of another number of
// chains.
//
// LastCheckpoint tells whether there is something to go on from in a folder.
func CheckpointFolders(dir string, chains int) ([]string, error) {
	if dir == "" {
		return nil, fmt.Errorf("tps: dir is empty")
	}
	if chains < 1 {
		return nil, fmt.Errorf("tps: chains = %d, want at least 1", chains)
	}
	found, err := countChains(dir)
	if err != nil {
		return nil, err
	}
	if found > 0 && found != chains {
		return nil, &ChainCountError{dir, found, chains}
	}
	folders := []string{dir}
	if chains > 1 {
		folders = make([]string, chains)
		for k := range folders {
			folders[k] = filepath.Join(dir, fmt.Sprint(chainPrefix, k+1))
		}
	}
	for _, folder := range folders {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return nil, fmt.Errorf("tps: %w", err)
		}
	}
	return folders, nil
}

const chainPrefix = "chain-"

// countChains returns how many chains a folder has checkpoints of, or has been
// made for: the largest number of a chain's folder in it, or 1 if the
// checkpoints are in the folder itself.
func countChains(dir string) (chains int, err error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("tps: %w", err)
	}
	for _, entry := range entries {
		number, isChain := strings.CutPrefix(entry.Name(), chainPrefix)
		n, err := strconv.Atoi(number)
		if isChain && err == nil && entry.IsDir() {
			chains = max(chains, n)
		}
	}
	if chains > 0 {
		return chains, nil
	}
	path, _, err := LastCheckpoint(dir)
	if path != "" {
		chains = 1
	}
	return chains, err
}
