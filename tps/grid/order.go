package grid

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	orderFile = "order"
	runsDir   = "runs"
)

// readOrder returns the IDs of all runs in the order in which they were added. Runs
// that the file order does not know come last, sorted.
func readOrder(dir string) ([]string, error) {
	found, err := names(filepath.Join(dir, runsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("grid: %w", err)
	}
	left := make(map[string]bool, len(found))
	for _, name := range found {
		if isID(name) {
			left[name] = true
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, orderFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("grid: %w", err)
	}
	ids := make([]string, 0, len(left))
	for line := range strings.Lines(string(text)) {
		if id := strings.TrimSpace(line); left[id] {
			delete(left, id)
			ids = append(ids, id)
		}
	}
	known := len(ids)
	for id := range left {
		ids = append(ids, id)
	}
	slices.Sort(ids[known:])
	return ids, nil
}

// appendOrder writes new IDs at the end of the file order, in one write.
func appendOrder(dir string, ids []string) error {
	path := filepath.Join(dir, orderFile)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return fmt.Errorf("grid: %w", err)
	}
	// A full disk may have cut the last line.
	_, err = file.WriteString("\n" + strings.Join(ids, "\n") + "\n")
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("grid: %w", err)
	}
	return nil
}

// Task returns the IDs of a task of a job array, counted from 0, of which each has
// size runs: the runs of a task stay the same when others are added.
func Task(ids []string, index, size int) []string {
	if index < 0 || size < 1 || index >= Tasks(len(ids), size) {
		return nil
	}
	return ids[index*size : min((index+1)*size, len(ids))]
}

// Tasks returns how many tasks there are for a number of runs, size runs each.
func Tasks(runs, size int) int { return (runs + size - 1) / size }
