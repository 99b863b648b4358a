package zarr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
)

// Names of the files of metadata.
const (
	groupFile        = ".zgroup"
	arrayFile        = ".zarray"
	attributesFile   = ".zattrs"
	consolidatedFile = ".zmetadata"
)

const dimensionsAttribute = "_ARRAY_DIMENSIONS"

// groupText is a .zgroup file.
type groupText struct {
	Format int `json:"zarr_format"`
}

// arrayText is a .zarray file. Its fields are in the order of their names, as
// Zarr's own implementation writes them.
type arrayText struct {
	Chunks     []int           `json:"chunks"`
	Compressor json.RawMessage `json:"compressor"`
	Separator  string          `json:"dimension_separator,omitempty"`
	Type       Type            `json:"dtype"`
	Fill       json.RawMessage `json:"fill_value"`
	Filters    json.RawMessage `json:"filters"`
	Order      string          `json:"order"`
	Shape      []int           `json:"shape"`
	Format     int             `json:"zarr_format"`
}

// consolidatedText is a .zmetadata file: all others by their paths.
type consolidatedText struct {
	Metadata map[string]json.RawMessage `json:"metadata"`
	Format   int                        `json:"zarr_consolidated_format"`
}

const (
	format             = 2
	consolidatedFormat = 1
)

var (
	null = json.RawMessage("null")
	nan  = json.RawMessage(`"NaN"`)
)

// fill returns the fill value of a type.
func (t Type) fill() json.RawMessage {
	if t.CanMiss() {
		return nan
	}
	return null
}

// marshal returns a value as JSON text, indented as Zarr's own implementation does.
func marshal(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("zarr: %w", err)
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// list returns a slice that is [] in JSON if it is empty, not null.
func list[T any](s []T) []T { return append([]T{}, s...) }

// texts returns the files of metadata by their paths, that of all others last in
// the list of the paths.
func texts(groups []Group, arrays []Array) (paths []string, texts map[string][]byte, err error) {
	texts = make(map[string][]byte)
	add := func(name string, v any) error {
		text, err := marshal(v)
		texts[name] = text
		return err
	}
	for _, g := range groups {
		err = errors.Join(err, add(path.Join(g.Path, groupFile), groupText{format}))
		if len(g.Attributes) > 0 {
			err = errors.Join(err, add(path.Join(g.Path, attributesFile), g.Attributes))
		}
	}
	for _, a := range arrays {
		err = errors.Join(err, add(path.Join(a.Path, arrayFile), arrayText{
			Chunks: list(a.Chunks), Compressor: null, Type: a.Type, Fill: a.Type.fill(), Filters: null,
			Order: "C", Shape: list(a.Shape), Format: format,
		}))
		attributes := map[string]any{dimensionsAttribute: list(a.Dimensions)}
		maps.Copy(attributes, a.Attributes)
		err = errors.Join(err, add(path.Join(a.Path, attributesFile), attributes))
	}
	if err != nil {
		return nil, nil, err
	}
	all := consolidatedText{make(map[string]json.RawMessage), consolidatedFormat}
	for name, text := range texts {
		all.Metadata[name] = text
	}
	paths = append(slices.Sorted(maps.Keys(texts)), consolidatedFile)
	return paths, texts, add(consolidatedFile, all)
}
