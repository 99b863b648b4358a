package posterior

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/trajens/trajens/internal/zarr"
)

// resume opens the directory of a run that goes on.
func (s *Store) resume() error {
	files, err := zarr.Open(s.dir)
	if err != nil {
		return fmt.Errorf("posterior: %w", err)
	}
	draws := 0
	err = s.compare(files)
	for _, r := range s.recorders {
		if err != nil {
			return fmt.Errorf("%w (%s)", err, s.dir)
		}
		if r.saved != nil {
			draws = max(draws, r.saved.draws)
			err = r.load(files)
		}
	}
	if err != nil {
		return fmt.Errorf("%w (%s)", err, s.dir)
	}
	if step, _ := files.Array(statsGroup + "/" + stepName); step.Shape[1] < draws {
		return fmt.Errorf("posterior: the checkpoints are about %d draws, but there are only %d (%s)", draws, step.Shape[1], s.dir)
	}
	files.Watch = s.watch
	if err := s.cut(files, draws); err != nil {
		return fmt.Errorf("posterior: %w", err)
	}
	s.files, s.draws = files, draws
	return nil
}

// compare returns an error unless the directory has the arrays of the layout, of
// any number of draws.
func (s *Store) compare(files *zarr.Store) error {
	have := files.Arrays()
	for i := range have {
		if d := slices.Index(have[i].Dimensions, drawDimension); d >= 0 {
			have[i].Shape[d] = 0
		}
	}
	for i := range max(len(have), len(s.layout.arrays)) {
		found, want := describe(have, i), describe(s.layout.arrays, i)
		if found != want {
			return fmt.Errorf("posterior: the directory was made with another Config or by other chains: it has %s, want %s", found, want)
		}
	}
	for _, c := range s.layout.constants {
		a, _ := files.Array(c.path)
		data, err := files.ReadChunk(c.path, make([]int, len(a.Shape)))
		if err != nil {
			return fmt.Errorf("posterior: %w", err)
		}
		if !bytes.Equal(data, c.data) {
			return fmt.Errorf("posterior: the directory was made with another Config: %s has other numbers", c.path)
		}
	}
	return nil
}

// describe returns what an array in a list is.
func describe(arrays []zarr.Array, i int) string {
	if i >= len(arrays) {
		return "no further array"
	}
	a := arrays[i]
	attributes, _ := json.Marshal(a.Attributes)
	if len(a.Attributes) == 0 {
		attributes = nil
	}
	return fmt.Sprintf("the array %s of %s, dimensions %v, lengths %v in chunks of %v %s", a.Path, a.Type, a.Dimensions, a.Shape, a.Chunks, attributes)
}

// load checks that the draws of a checkpoint are there, and makes the buffers those
// of the chunk where the next draw goes.
func (r *recorder) load(files *zarr.Store) error {
	n, block := r.saved.draws, r.store.layout.block
	r.begin(n / block)
	for i := range r.store.layout.variables {
		v := &r.store.layout.variables[i]
		for chunk := 0; chunk*block < n; chunk++ {
			there, err := files.HasChunk(v.path(), v.chunk(r.index, chunk))
			if err != nil {
				return fmt.Errorf("posterior: %w", err)
			}
			if !there {
				return fmt.Errorf("posterior: the checkpoint is about %d draws of chain %d, but %s lacks chunk %d of them", n, r.index, v.path(), chunk)
			}
		}
		if rest := n - r.chunk*block; rest > 0 {
			data, err := files.ReadChunk(v.path(), v.chunk(r.index, r.chunk))
			if err != nil {
				return fmt.Errorf("posterior: %w", err)
			}
			copy(r.buffers[i], data[:rest*(len(data)/block)])
		}
		if v.group == statsGroup && v.name == stepName {
			if err := r.checkLast(files, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkLast returns an error unless the last draw of the checkpoint is that of its
// step.
func (r *recorder) checkLast(files *zarr.Store, v *variable) error {
	n, block := r.saved.draws, r.store.layout.block
	if n == 0 {
		return nil
	}
	data, err := files.ReadChunk(v.path(), v.chunk(r.index, (n-1)/block))
	if err != nil {
		return fmt.Errorf("posterior: %w", err)
	}
	step := math.Float64frombits(binary.LittleEndian.Uint64(data[8*((n-1)%block):]))
	if step != float64(r.saved.last) {
		return fmt.Errorf("posterior: draw %d of chain %d is of step %v, but was of step %d", n-1, r.index, step, r.saved.last)
	}
	return nil
}

// cut drops the draws after those of the checkpoints, of which the longest chain has
// so many. The shape goes first, so that nobody sees how.
func (s *Store) cut(files *zarr.Store, draws int) error {
	if err := files.Clean(); err != nil {
		return err
	}
	if err := files.Resize(drawDimension, draws); err != nil {
		return err
	}
	block := s.layout.block
	for i := range s.layout.variables {
		v := &s.layout.variables[i]
		chunks, err := files.Chunks(v.path())
		if err != nil {
			return err
		}
		for _, index := range chunks {
			if index[0] >= len(s.recorders) {
				continue
			}
			r := s.recorders[index[0]]
			n := 0
			if r.saved != nil {
				n = r.saved.draws
			}
			switch {
			case index[1]*block >= n:
				err = files.RemoveChunk(v.path(), index)
			case (index[1]+1)*block > n:
				err = files.WriteChunk(v.path(), index, r.buffers[i])
			}
			if err != nil {
				return err
			}
		}
	}
	return s.cutCoordinates(files, draws)
}

// cutCoordinates drops the numbers of draws that are not there any more.
func (s *Store) cutCoordinates(files *zarr.Store, draws int) error {
	for _, path := range s.layout.draws {
		chunks, err := files.Chunks(path)
		if err != nil {
			return err
		}
		for _, index := range chunks {
			if index[0]*s.layout.block < draws {
				continue
			}
			if err := files.RemoveChunk(path, index); err != nil {
				return err
			}
		}
	}
	return nil
}
