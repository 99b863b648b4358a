package posterior

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/trajens/trajens/internal/zarr"
)

// Names of groups and dimensions.
const (
	posteriorGroup     = "posterior"
	statsGroup         = "sample_stats"
	likelihoodGroup    = "log_likelihood"
	observedGroup      = "observed_data"
	constantGroup      = "constant_data"
	chainDimension     = "chain"
	drawDimension      = "draw"
	modelDimension     = "model"
	parameterDimension = "parameter"
	directionDimension = "direction"
	sampleDimension    = "sample"
)

// A variable is recorded at each draw.
type variable struct {
	group, name string
	kind        zarr.Type
	dimensions  []string // beside chain and draw
	shape       []int    // of these
	attributes  map[string]any
	// write writes the bytes of a draw.
	write func(r *recorder, dst []byte) error
}

func (v *variable) path() string { return v.group + "/" + v.name }

// bytes returns the number of bytes of a draw. It is a float64 because those that
// are too many overflow an int.
func (v *variable) bytes() float64 {
	n := float64(v.kind.Size())
	for _, length := range v.shape {
		n *= float64(length)
	}
	return n
}

// A constant is an array of one chunk that is written once.
type constant struct {
	path string
	data []byte
}

// A layout says what is in the directory.
type layout struct {
	chains    int
	block     int
	drawBytes float64
	variables []variable
	groups    []zarr.Group
	arrays    []zarr.Array
	constants []constant
	draws     []string // the paths of the coordinates draw
}

// The default of Block.
const (
	blockBytes = 4 << 20
	maxBlock   = 10_000
)

// newLayout returns the layout for a number of chains of tau models.
func newLayout(config *Config, chains, tau int) *layout {
	l := &layout{chains: chains, variables: variables(config, tau)}
	for i := range l.variables {
		l.drawBytes += l.variables[i].bytes()
	}
	l.block = cmp.Or(config.Block, max(1, int(min(maxBlock, blockBytes/l.drawBytes))))
	l.group("", config)
	for i := range l.variables {
		v := &l.variables[i]
		if l.group(v.group, config) {
			l.coordinate(v.group, chainDimension, upTo(chains))
			l.draws = append(l.draws, v.group+"/"+drawDimension)
			l.add(zarr.Array{Path: v.group + "/" + drawDimension, Type: zarr.Int64, Dimensions: []string{drawDimension}, Shape: []int{0}, Chunks: []int{l.block}})
		}
		for d, name := range v.dimensions {
			values := upTo(v.shape[d])
			if name == parameterDimension {
				values = config.Coordinates
			}
			l.coordinate(v.group, name, values)
		}
		l.add(zarr.Array{
			Path:       v.path(),
			Type:       v.kind,
			Dimensions: append([]string{chainDimension, drawDimension}, v.dimensions...),
			Shape:      append([]int{chains, 0}, v.shape...),
			Chunks:     append([]int{1, l.block}, v.shape...),
			Attributes: v.attributes,
		})
	}
	l.addConstants(config)
	slices.SortFunc(l.arrays, func(a, b zarr.Array) int { return cmp.Compare(a.Path, b.Path) })
	return l
}

// addConstants adds the groups that are written once.
func (l *layout) addConstants(config *Config) {
	if k := len(config.Directions); k > 0 {
		l.group(constantGroup, config)
		params := len(config.Directions[0])
		l.coordinate(constantGroup, directionDimension, upTo(k))
		l.coordinate(constantGroup, parameterDimension, upTo(params))
		l.constant(zarr.Array{
			Path: constantGroup + "/directions", Type: zarr.Float64,
			Dimensions: []string{directionDimension, parameterDimension}, Shape: []int{k, params},
		}, appendFloat64s(nil, config.Directions...))
	}
	if m := len(config.Observed); m > 0 {
		l.group(observedGroup, config)
		l.coordinate(observedGroup, sampleDimension, upTo(m))
		l.constant(zarr.Array{
			Path: observedGroup + "/" + heldOutName, Type: zarr.Float64,
			Dimensions: []string{sampleDimension}, Shape: []int{m},
		}, appendFloat64s(nil, config.Observed))
	}
}

// group adds a group, and says whether it was not there before.
func (l *layout) group(path string, config *Config) bool {
	if slices.ContainsFunc(l.groups, func(g zarr.Group) bool { return g.Path == path }) {
		return false
	}
	attributes := map[string]any{"inference_library": "trajens", "every": config.Every, "burn_in": config.BurnIn}
	for name, text := range config.Attributes {
		attributes[name] = text
	}
	l.groups = append(l.groups, zarr.Group{Path: path, Attributes: attributes})
	return true
}

// add adds an array, unless it is there.
func (l *layout) add(a zarr.Array) bool {
	if slices.ContainsFunc(l.arrays, func(b zarr.Array) bool { return a.Path == b.Path }) {
		return false
	}
	l.arrays = append(l.arrays, a)
	return true
}

// constant adds an array that is written once.
func (l *layout) constant(a zarr.Array, data []byte) {
	a.Chunks = a.Shape
	if l.add(a) {
		l.constants = append(l.constants, constant{a.Path, data})
	}
}

// coordinate adds the coordinate of a dimension.
func (l *layout) coordinate(group, name string, values []int) {
	data := make([]byte, 0, 8*len(values))
	for _, x := range values {
		data = binary.LittleEndian.AppendUint64(data, uint64(x))
	}
	l.constant(zarr.Array{Path: group + "/" + name, Type: zarr.Int64, Dimensions: []string{name}, Shape: []int{len(values)}}, data)
}

// upTo returns 0 … n−1.
func upTo(n int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = i
	}
	return values
}

func appendFloat64s(b []byte, rows ...[]float64) []byte {
	for _, row := range rows {
		for _, x := range row {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
	}
	return b
}

func putFloat64(dst []byte, i int, x float64) {
	binary.LittleEndian.PutUint64(dst[8*i:], math.Float64bits(x))
}

// coordinateChunk returns a chunk of the coordinate draw.
func coordinateChunk(chunk, block int) []byte {
	data := make([]byte, 0, 8*block)
	for i := range block {
		data = binary.LittleEndian.AppendUint64(data, uint64(chunk*block+i))
	}
	return data
}
