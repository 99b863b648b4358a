package grid

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// indirect returns what a pointer type points to.
func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// isNested tells whether the values of a type have keys of their own.
func isNested(t reflect.Type) bool {
	t = indirect(t)
	pointer := reflect.PointerTo(t)
	return t.Kind() == reflect.Struct && !pointer.Implements(jsonUnmarshaler) && !pointer.Implements(textUnmarshaler)
}

// fields returns the types of a struct by their JSON names.
func fields(t reflect.Type) map[string]reflect.Type {
	types := make(map[string]reflect.Type)
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Tag.Get("json") == "-":
		case name == "" && field.Anonymous && isNested(field.Type):
			for inner, innerType := range fields(indirect(field.Type)) {
				if _, outer := types[inner]; !outer {
					types[inner] = innerType
				}
			}
		case field.IsExported():
			if name == "" {
				name = field.Name
			}
			types[name] = field.Type
		}
	}
	return types
}

// lookUp returns the type of a key, dotted for nested structs and maps.
func lookUp(t reflect.Type, key string) (reflect.Type, error) {
	for part := range strings.SplitSeq(key, ".") {
		t = indirect(t)
		switch {
		case isNested(t):
			known := fields(t)
			next, ok := known[part]
			if !ok {
				return nil, fmt.Errorf("there is no key %q, want one of %s", key, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			}
			t = next
		case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && part != "":
			t = t.Elem()
		default:
			return nil, fmt.Errorf("there is no key %q", key)
		}
	}
	return t, nil
}

// checkValue tells what is wrong with the value of a key.
func checkValue(t reflect.Type, value []byte) error {
	if bytes.Equal(value, []byte("null")) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
			return nil
		}
		return fmt.Errorf("it is null, want %s", kindName(t))
	}
	if err := decode(value, reflect.New(t).Interface()); err != nil {
		if _, isType := err.(*json.UnmarshalTypeError); isType {
			return fmt.Errorf("%s: want %s", value, kindName(t))
		}
		return fmt.Errorf("%s: %w", value, err)
	}
	return nil
}

// kindName says what a type is, in words.
func kindName(t reflect.Type) string {
	switch indirect(t).Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "a whole number that is not negative"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a " + t.String()
}

// isNumber tells whether the values of a type are numbers.
func isNumber(t reflect.Type) bool {
	kind := indirect(t).Kind()
	return kind >= reflect.Int && kind <= reflect.Float64
}

// set gives a key of a tree a value, which replaces what is there.
func set(tree map[string]any, key string, value json.RawMessage) {
	parts := strings.Split(key, ".")
	for _, part := range parts[:len(parts)-1] {
		inner, ok := tree[part].(map[string]any)
		if !ok {
			inner = make(map[string]any)
			tree[part] = inner
		}
		tree = inner
	}
	tree[parts[len(parts)-1]] = value
}
