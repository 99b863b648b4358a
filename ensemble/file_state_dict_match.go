package ensemble

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/nn"
)

// match returns for each block the array that has its parameters, all of one
// network or all of the same number of networks. The error lists what does not fit.
func match(blocks []nn.Block, arrays []npz.Array, config StateDictConfig) ([]npz.Array, error) {
	if config.ByOrder && config.Names != nil {
		return nil, errors.New("there are Names and ByOrder, want at most one")
	}
	var misfits misfits
	var matched []npz.Array
	if config.ByOrder {
		matched = byOrder(blocks, arrays, &misfits)
	} else {
		names, err := namesInFile(blocks, config.Names)
		if err != nil {
			return nil, err
		}
		matched = byName(blocks, names, arrays, &misfits)
	}
	members, counted := 0, false // as of the first that is there
	for i, block := range blocks {
		if matched[i].Data == nil {
			continue
		}
		if !counted {
			members, counted = membersOf(block, matched[i]), true
		}
		misfits.check(block, matched[i], members)
	}
	if misfits != nil {
		return nil, misfits.err()
	}
	return matched, nil
}

// namesInFile returns the name in the file of each block.
func namesInFile(blocks []nn.Block, renamed map[string]string) ([]string, error) {
	names := make([]string, len(blocks))
	used, renames := make(map[string]string), 0
	for i, block := range blocks {
		names[i] = block.Name
		if name, ok := renamed[block.Name]; ok {
			names[i] = name
			renames++
		}
		if other, twice := used[names[i]]; twice {
			return nil, fmt.Errorf("the blocks %q and %q have the same name in the file, %q", other, block.Name, names[i])
		}
		used[names[i]] = block.Name
	}
	if renames == len(renamed) {
		return names, nil
	}
	for name := range renamed {
		if !slices.ContainsFunc(blocks, func(b nn.Block) bool { return b.Name == name }) {
			return nil, fmt.Errorf("Names has %q, which is no block of the network: its blocks are %q", name, blockNames(blocks))
		}
	}
	return names, nil
}

func blockNames(blocks []nn.Block) []string {
	names := make([]string, len(blocks))
	for i, block := range blocks {
		names[i] = block.Name
	}
	return names
}

// byName returns the array of each block's name. A missing one is zero.
func byName(blocks []nn.Block, names []string, arrays []npz.Array, misfits *misfits) []npz.Array {
	matched := make([]npz.Array, len(blocks))
	places := make(map[string]int, len(names))
	for i, name := range names {
		places[name] = i
	}
	for _, a := range arrays {
		if i, ok := places[a.Name]; ok {
			matched[i] = a
		} else {
			misfits.add("%q: found %v, wanted by no block", a.Name, a.Shape)
		}
	}
	for i, a := range matched {
		if a.Data == nil {
			misfits.add("%q: not found, want %v of %s", names[i], blocks[i].Shape, blocks[i].Name)
		}
	}
	return matched
}

// byOrder returns the array at each block's place. A missing one is zero.
func byOrder(blocks []nn.Block, arrays []npz.Array, misfits *misfits) []npz.Array {
	matched := make([]npz.Array, len(blocks))
	copy(matched, arrays)
	for _, block := range blocks[min(len(arrays), len(blocks)):] {
		misfits.add("no array is left for %s, want %v", block.Name, block.Shape)
	}
	for _, a := range arrays[min(len(arrays), len(blocks)):] {
		misfits.add("%q: found %v, wanted by no block", a.Name, a.Shape)
	}
	return matched
}

// alone is the number of members of an array without a dimension for them.
const alone = -1

// membersOf returns of how many networks an array has a block, or alone.
func membersOf(block nn.Block, a npz.Array) int {
	if len(a.Shape) == len(block.Shape)+1 {
		return a.Shape[0]
	}
	return alone
}

// misfits are what does not fit, a line for each name.
type misfits []string

// mostMisfits is how many an error lists.
const mostMisfits = 20

func (m *misfits) add(format string, args ...any) {
	*m = append(*m, fmt.Sprintf(format, args...))
}

// check adds a line if an array does not have a block of a number of members, or
// of a network alone.
func (m *misfits) check(block nn.Block, a npz.Array, members int) {
	switch a.Data.(type) {
	case []float32, []float64:
	default:
		m.add("%q: found elements %T, want float32 or float64", a.Name, a.Data)
		return
	}
	found := membersOf(block, a)
	shape := a.Shape
	if found != alone {
		shape = shape[1:]
	}
	switch {
	case !slices.Equal(shape, block.Shape):
		m.add("%q: found %v, want %v of %s, or several of these", a.Name, a.Shape, block.Shape, block.Name)
	case found != members && members == alone:
		m.add("%q: found %v, want %v of %s, as the first has no dimension for members", a.Name, a.Shape, block.Shape, block.Name)
	case found != members:
		m.add("%q: found %v, want %v of %s, as the first has %d members", a.Name, a.Shape, append([]int{members}, block.Shape...), block.Name, members)
	}
}

func (m misfits) err() error {
	lines := slices.Clone(m[:min(len(m), mostMisfits)])
	if more := len(m) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("the parameters of the file do not fit the network:\n\t%s", strings.Join(lines, "\n\t"))
}
