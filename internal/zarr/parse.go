package zarr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
)

// unmarshal reads a JSON text that has nothing but the fields of v.
func unmarshal(text []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one value")
	}
	return nil
}

// parse reads a .zmetadata file. Groups and arrays are in the order of their paths.
func parse(text []byte) (groups []Group, arrays []Array, err error) {
	var all consolidatedText
	if err := unmarshal(text, &all); err != nil {
		return nil, nil, fmt.Errorf("zarr: %s: %w", consolidatedFile, err)
	}
	if all.Format != consolidatedFormat {
		return nil, nil, fmt.Errorf("zarr: %s is of format %d, want %d", consolidatedFile, all.Format, consolidatedFormat)
	}
	for _, name := range slices.Sorted(maps.Keys(all.Metadata)) {
		at, file := path.Split(name)
		at = path.Clean("/" + at)[1:]
		if path.Join(at, file) != name {
			return nil, nil, fmt.Errorf("zarr: the metadata have the strange path %q", name)
		}
		switch file {
		case groupFile:
			var g groupText
			if err = unmarshal(all.Metadata[name], &g); err == nil && g.Format != format {
				err = fmt.Errorf("version %d of Zarr, want %d", g.Format, format)
			}
			groups = append(groups, Group{Path: at})
		case arrayFile:
			var a Array
			a, err = parseArray(all.Metadata[name])
			a.Path = at
			arrays = append(arrays, a)
		case attributesFile: // below
		default:
			err = errors.New("it is no file of metadata")
		}
		if err != nil {
			return nil, nil, fmt.Errorf("zarr: %s: %w", name, err)
		}
	}
	if err := addAttributes(groups, arrays, all.Metadata); err != nil {
		return nil, nil, err
	}
	return groups, arrays, checkAll(groups, arrays)
}

// parseArray reads a .zarray file.
func parseArray(text []byte) (Array, error) {
	var t arrayText
	if err := unmarshal(text, &t); err != nil {
		return Array{}, err
	}
	switch {
	case t.Format != format:
		return Array{}, fmt.Errorf("version %d of Zarr, want %d", t.Format, format)
	case t.Type.Size() == 0:
		return Array{}, fmt.Errorf("the type is %q, want <f4, <f8 or <i8", t.Type)
	case t.Shape == nil || t.Chunks == nil:
		return Array{}, errors.New("the shape or the chunks are missing")
	case !bytes.Equal(t.Compressor, null) || !bytes.Equal(t.Filters, null):
		return Array{}, fmt.Errorf("the compressor is %.40s and the filters are %.40s, want null", t.Compressor, t.Filters)
	case !bytes.Equal(t.Fill, t.Type.fill()):
		return Array{}, fmt.Errorf("the fill value of %s is %.40s, want %s", t.Type, t.Fill, t.Type.fill())
	case t.Order != "C" || t.Separator != "" && t.Separator != ".":
		return Array{}, fmt.Errorf("the order is %q and the separator %q, want \"C\" and \".\"", t.Order, t.Separator)
	}
	return Array{Type: t.Type, Shape: t.Shape, Chunks: t.Chunks}, nil
}

// addAttributes reads the .zattrs files.
func addAttributes(groups []Group, arrays []Array, metadata map[string]json.RawMessage) error {
	attributes := make(map[string]map[string]any)
	for name, text := range metadata {
		if at, file := path.Split(name); file == attributesFile {
			var values map[string]any
			if err := unmarshal(text, &values); err != nil {
				return fmt.Errorf("zarr: %s: %w", name, err)
			}
			if values == nil {
				return fmt.Errorf("zarr: %s is null, want an object", name)
			}
			attributes[path.Clean("/" + at)[1:]] = values
		}
	}
	take := func(at string) map[string]any {
		values := attributes[at]
		delete(attributes, at)
		return values
	}
	for i := range groups {
		groups[i].Attributes = take(groups[i].Path)
	}
	for i := range arrays {
		values := take(arrays[i].Path)
		names, ok := values[dimensionsAttribute].([]any)
		if !ok {
			return fmt.Errorf("zarr: array %q has no list of names %s", arrays[i].Path, dimensionsAttribute)
		}
		for _, name := range names {
			text, ok := name.(string)
			if !ok {
				return fmt.Errorf("zarr: array %q has the dimension %v, want a name", arrays[i].Path, name)
			}
			arrays[i].Dimensions = append(arrays[i].Dimensions, text)
		}
		delete(values, dimensionsAttribute)
		arrays[i].Attributes = values
	}
	for at := range attributes {
		return fmt.Errorf("zarr: there are attributes of %q, but it is no group or array", at)
	}
	return nil
}

// checkAll returns an error unless groups and arrays can be in one store.
func checkAll(groups []Group, arrays []Array) error {
	isGroup, seen := make(map[string]bool), make(map[string]bool)
	for _, g := range groups {
		if g.Path != "" && !validPath(g.Path) {
			return fmt.Errorf("zarr: the path %q of a group has an empty or strange name, want names of letters, digits, - and _ with slashes between them", g.Path)
		}
		if seen[g.Path] {
			return fmt.Errorf("zarr: the path %q is used twice", g.Path)
		}
		isGroup[g.Path], seen[g.Path] = true, true
	}
	for i := range arrays {
		if err := arrays[i].check(); err != nil {
			return err
		}
		if seen[arrays[i].Path] {
			return fmt.Errorf("zarr: the path %q is used twice", arrays[i].Path)
		}
		seen[arrays[i].Path] = true
	}
	if !isGroup[""] {
		return errors.New("zarr: there is no outermost group")
	}
	for at := range seen {
		if at != "" && !isGroup[parent(at)] {
			return fmt.Errorf("zarr: %q is in %q, which is no group", at, parent(at))
		}
	}
	return nil
}
