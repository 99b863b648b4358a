package grid

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// maxConfigs bounds the product of a description, against a slip of the pen.
const maxConfigs = 1_000_000

// Configs returns the configurations of a description, in the order of its keys, of
// which the last one varies fastest:
//
//	{"fixed": {"sigma": 0.05}, "grid": {"tau": [4, 8], "s": [50, 1000], "seed": "1..6"}}
//
// Keys are the JSON names of C, dotted for those of nested structs, or objects in
// objects. The values of a key of grid are a list, one value, or, of numbers, a
// range "1..6". A description may also be a list of such objects: Configs returns
// their union, without duplicates. What a description leaves out is as in base. An
// empty one is base alone.
//
// Overrides such as tau=4,8 and seed=1..6 take the place of the values of a key, or
// are a further one, in each of the objects. Text needs no quotes, and the values of
// a key that is a list have brackets: hidden=[8,8],[16].
//
// An error says in which line of the description, or in which override, what is
// wrong: a key that C does not have, one that is there twice, or a value that is
// none of its type.
func Configs[C any](description []byte, overrides []string, base C) ([]C, error) {
	t := reflect.TypeFor[C]()
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("grid: a configuration is a %v, want a struct", t)
	}
	baseText, err := json.Marshal(base)
	if err != nil {
		return nil, fmt.Errorf("grid: a configuration has no JSON: %w", err)
	}
	blocks, err := parseDescription(description, t)
	if err != nil {
		return nil, err
	}
	changes, err := parseOverrides(overrides, t)
	if err != nil {
		return nil, err
	}
	total := 0.0
	for i := range blocks {
		blocks[i] = blocks[i].override(changes)
		total += blocks[i].size()
	}
	if total > maxConfigs {
		return nil, fmt.Errorf("grid: the description has %.0f configurations, want at most %d", total, maxConfigs)
	}
	configs := make([]C, 0, int(total))
	seen := make(map[string]bool)
	for _, block := range blocks {
		for k := range int(block.size()) {
			tree, err := parseTree(baseText)
			if err != nil {
				return nil, fmt.Errorf("grid: %w", err)
			}
			block.assign(tree.(map[string]any), k)
			text, err := json.Marshal(tree)
			if err != nil {
				return nil, fmt.Errorf("grid: %w", err)
			}
			var config C
			if err := decode(text, &config); err != nil {
				return nil, fmt.Errorf("grid: the configuration %s: %w", text, err)
			}
			key, err := canonical(config)
			if err != nil {
				return nil, err
			}
			if !seen[string(key)] {
				seen[string(key)] = true
				configs = append(configs, config)
			}
		}
	}
	return configs, nil
}

// An axis is a key with its values.
type axis struct {
	key    string
	values []json.RawMessage
}

// A block is a product of axes.
type block []axis

func (b block) size() float64 {
	size := 1.0
	for _, a := range b {
		size *= float64(len(a.values))
	}
	return size
}

// assign sets the values of the k-th configuration.
func (b block) assign(tree map[string]any, k int) {
	values := make([]json.RawMessage, len(b))
	for i, a := range slices.Backward(b) {
		values[i] = a.values[k%len(a.values)]
		k /= len(a.values)
	}
	for i, a := range b {
		set(tree, a.key, values[i])
	}
}

func (b block) override(changes block) block {
	b = slices.Clone(b)
	for _, change := range changes {
		if i := b.index(change.key); i >= 0 {
			b[i] = change
		} else {
			b = append(b, change)
		}
	}
	return b
}

func (b block) index(key string) int {
	return slices.IndexFunc(b, func(a axis) bool { return a.key == key })
}

// A description is what parsing goes along.
type description struct {
	text []byte
	t    reflect.Type
}

// errorf returns an error with the line of an offset.
func (d *description) errorf(offset int, format string, args ...any) error {
	line := 1 + bytes.Count(d.text[:min(max(offset, 0), len(d.text))], []byte("\n"))
	return fmt.Errorf("grid: line %d: %w", line, fmt.Errorf(format, args...))
}

func parseDescription(text []byte, t reflect.Type) ([]block, error) {
	d := &description{text, t}
	if len(bytes.TrimSpace(text)) == 0 {
		return []block{{}}, nil
	}
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		offset := len(text)
		if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
			offset = int(syntax.Offset) - 1
		}
		return nil, d.errorf(offset, "%w", err)
	}
	start := bytes.IndexByte(text, whole[0]) // before it is only space
	switch whole[0] {
	case '{':
		b, err := d.block(whole, start)
		return []block{b}, err
	case '[':
		var blocks []block
		err := d.elements(whole, start, func(element []byte, offset int) error {
			if element[0] != '{' {
				return d.errorf(offset, "%s: want an object with fixed and grid", element)
			}
			b, err := d.block(element, offset)
			blocks = append(blocks, b)
			return err
		})
		return blocks, err
	}
	return nil, d.errorf(start, "%s: want an object with fixed and grid, or a list of them", whole)
}

// members calls f for each key of an object, whose text begins at offset.
func (d *description) members(object []byte, offset int, f func(key string, at int, value []byte, valueAt int) error) error {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return d.errorf(offset, "%w", err)
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return d.errorf(offset, "%w", err)
		}
		at := offset + int(decoder.InputOffset()) - 1
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return d.errorf(at, "%w", err)
		}
		if err := f(token.(string), at, value, offset+int(decoder.InputOffset())-len(value)); err != nil {
			return err
		}
	}
	return nil
}

// elements does so for each element of a list.
func (d *description) elements(list []byte, offset int, f func(value []byte, at int) error) error {
	decoder := json.NewDecoder(bytes.NewReader(list))
	if _, err := decoder.Token(); err != nil {
		return d.errorf(offset, "%w", err)
	}
	for decoder.More() {
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return d.errorf(offset, "%w", err)
		}
		if err := f(value, offset+int(decoder.InputOffset())-len(value)); err != nil {
			return err
		}
	}
	return nil
}

func (d *description) block(object []byte, offset int) (b block, err error) {
	given := make(map[string]bool)
	err = d.members(object, offset, func(key string, at int, value []byte, valueAt int) error {
		if key != "fixed" && key != "grid" {
			return d.errorf(at, "there is no key %q, want fixed and grid", key)
		}
		if given[key] {
			return d.errorf(at, "%s is there twice", key)
		}
		given[key] = true
		if value[0] != '{' {
			return d.errorf(valueAt, "%s: want an object", key)
		}
		return d.axes(&b, "", value, valueAt, key == "grid")
	})
	return b, err
}

// axes appends those of an object whose keys have a prefix.
func (d *description) axes(b *block, prefix string, object []byte, offset int, several bool) error {
	return d.members(object, offset, func(key string, at int, value []byte, valueAt int) error {
		key = prefix + key
		t, err := lookUp(d.t, key)
		if err != nil {
			return d.errorf(at, "%w", err)
		}
		if isNested(t) && value[0] == '{' {
			return d.axes(b, key+".", value, valueAt, several)
		}
		if b.index(key) >= 0 {
			return d.errorf(at, "%s is there twice", key)
		}
		a := axis{key: key}
		add := func(value []byte, at int) error {
			values, err := expand(t, value, several)
			if err != nil {
				return d.errorf(at, "%s: %w", key, err)
			}
			a.values = append(a.values, values...)
			return nil
		}
		if several && value[0] == '[' {
			err = d.elements(value, valueAt, add)
		} else {
			err = add(value, valueAt)
		}
		if err == nil && len(a.values) == 0 {
			err = d.errorf(at, "%s: the list is empty, want at least one value", key)
		}
		*b = append(*b, a)
		return err
	})
}

// expand returns the values of a JSON value, which is a range if several may be.
func expand(t reflect.Type, value []byte, several bool) ([]json.RawMessage, error) {
	var text string
	if several && isNumber(t) && value[0] == '"' && json.Unmarshal(value, &text) == nil {
		values, isRange, err := expandRange(text)
		if err != nil {
			return nil, err
		}
		if isRange {
			return values, checkAll(t, values)
		}
	}
	values := []json.RawMessage{slices.Clone(value)}
	return values, checkAll(t, values)
}

func checkAll(t reflect.Type, values []json.RawMessage) error {
	for _, value := range values {
		if err := checkValue(t, value); err != nil {
			return err
		}
	}
	return nil
}

// expandRange returns the whole numbers of a range such as 1..6.
func expandRange(text string) (values []json.RawMessage, isRange bool, err error) {
	first, last, found := strings.Cut(text, "..")
	from, err1 := strconv.Atoi(strings.TrimSpace(first))
	to, err2 := strconv.Atoi(strings.TrimSpace(last))
	if !found || err1 != nil || err2 != nil {
		return nil, false, nil
	}
	if to < from || float64(to)-float64(from) >= maxConfigs {
		return nil, true, fmt.Errorf("%s: want a range of 1 to %d numbers", text, maxConfigs)
	}
	for k := range to - from + 1 {
		values = append(values, strconv.AppendInt(nil, int64(from+k), 10))
	}
	return values, true, nil
}
