package grid

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Grid is a directory of runs of a program. Any number of processes may use one at
// once.
type Grid[C any] struct {
	program Program[C]
	dir     string
	clock   *diskClock
}

// Open returns the grid in a directory. It makes nothing: Add does.
func Open[C any](dir string, program Program[C]) (*Grid[C], error) {
	if dir == "" {
		return nil, errors.New("grid: the directory is empty")
	}
	if err := program.validate(); err != nil {
		return nil, err
	}
	return &Grid[C]{program, dir, &diskClock{dir: dir}}, nil
}

// Dir returns the directory.
func (g *Grid[C]) Dir() string { return g.dir }

// Order returns the IDs of all runs, in the order in which they were added.
func (g *Grid[C]) Order() ([]string, error) { return readOrder(g.dir) }

func (g *Grid[C]) runDir(id string) string { return filepath.Join(g.dir, runsDir, id) }

// ID returns the name of the run of a configuration.
func ID(config any) (string, error) {
	text, err := canonical(config)
	return identify(text), err
}

// Add makes the directories of the configurations that are new, after it has checked
// all of them. Those that are there stay as they are. It returns how many were new. On
// an error those that were made by then stay, and a later Add makes the others.
func (g *Grid[C]) Add(configs []C) (added int, err error) {
	type entry struct {
		id   string
		text []byte
	}
	var entries []entry
	var ids []string
	seen := make(map[string]bool)
	for _, config := range configs {
		text, err := canonical(config)
		if err != nil {
			return 0, err
		}
		if g.program.Check != nil {
			if err := g.program.Check(config); err != nil {
				return 0, fmt.Errorf("grid: the configuration %s: %w", text, err)
			}
		}
		if id := identify(text); !seen[id] {
			seen[id] = true
			entries = append(entries, entry{id, text})
		}
	}
	runs := filepath.Join(g.dir, runsDir)
	if err := os.MkdirAll(runs, 0o777); err != nil {
		return 0, fmt.Errorf("grid: %w", err)
	}
	found, err := names(runs)
	if err != nil {
		return 0, fmt.Errorf("grid: %w", err)
	}
	there := make(map[string]bool, len(found))
	for _, name := range found {
		there[name] = true
		removeOld(runs, name)
	}
	for _, e := range entries {
		if !there[e.id] {
			ids = append(ids, e.id)
		}
	}
	if len(ids) > 0 {
		if err := appendOrder(g.dir, ids); err != nil {
			return 0, err
		}
	}
	for _, e := range entries {
		isNew, err := g.addRun(e.id, e.text, there[e.id])
		if err != nil {
			return added, fmt.Errorf("grid: %w", err)
		}
		if isNew {
			added++
		}
	}
	return added, nil
}

// addRun makes the directory of a run, or sees that its configuration is whole.
func (g *Grid[C]) addRun(id string, config []byte, there bool) (isNew bool, err error) {
	dir := g.runDir(id)
	path := filepath.Join(dir, configFile)
	if there {
		text, err := os.ReadFile(path)
		if err == nil && bytes.Equal(text, config) {
			return false, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		return false, replace(path, config)
	}
	temporary := filepath.Join(filepath.Dir(dir), newPrefix+token())
	if err := os.Mkdir(temporary, 0o777); err != nil {
		return false, err
	}
	err = os.WriteFile(filepath.Join(temporary, configFile), config, 0o666)
	if err == nil {
		err = os.Rename(temporary, dir)
	}
	if err == nil {
		return true, nil
	}
	os.RemoveAll(temporary)
	if made, _ := exists(path); made { // by another process at the same time
		return false, nil
	}
	return false, err
}

const newPrefix = ".new-"

// removeOld removes what a killed Add has left.
func removeOld(runs, name string) {
	if !strings.HasPrefix(name, newPrefix) {
		return
	}
	path := filepath.Join(runs, name)
	if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
		os.RemoveAll(path)
	}
}

// load returns the configuration of a run, whose ID must fit.
func (g *Grid[C]) load(id string) (config C, text []byte, err error) {
	text, err = os.ReadFile(filepath.Join(g.runDir(id), configFile))
	if err != nil {
		return config, nil, fmt.Errorf("grid: %w", err)
	}
	if identify(text) != id {
		return config, nil, errDamagedConfig
	}
	if err := decode(text, &config); err != nil {
		return config, text, fmt.Errorf("grid: the configuration is not one of this program's: %w", err)
	}
	return config, text, nil
}

var errDamagedConfig = errors.New("grid: config.json is damaged: its hash is not the name of the run; adding the configuration again repairs it")
