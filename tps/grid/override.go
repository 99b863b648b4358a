package grid

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// parseOverrides returns an axis for each override key=value,value…
func parseOverrides(overrides []string, t reflect.Type) (b block, err error) {
	for _, override := range overrides {
		key, list, found := strings.Cut(override, "=")
		if !found {
			return nil, fmt.Errorf("grid: %q: want key=value", override)
		}
		t, err := lookUp(t, key)
		if err != nil {
			return nil, fmt.Errorf("grid: %q: %w", override, err)
		}
		if isNested(t) {
			return nil, fmt.Errorf("grid: %q: %s has keys of its own, want one of them, such as %[2]s.key=value", override, key)
		}
		if b.index(key) >= 0 {
			return nil, fmt.Errorf("grid: %q: %s is there twice", override, key)
		}
		a := axis{key: key}
		for _, word := range splitValues(list) {
			values, err := parseWord(t, word)
			if err != nil {
				return nil, fmt.Errorf("grid: %q: %w", override, err)
			}
			a.values = append(a.values, values...)
		}
		b = append(b, a)
	}
	return b, nil
}

// splitValues splits at the commas that are in no brackets and no quotes.
func splitValues(list string) (words []string) {
	depth, quoted, escaped, start := 0, false, false, 0
	for i, r := range list {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[' || r == '{':
			depth++
		case r == ']' || r == '}':
			depth--
		case r == ',' && depth == 0:
			words, start = append(words, list[start:i]), i+1
		}
	}
	return append(words, list[start:])
}

// parseWord returns the values of a word: JSON, a range, or text without quotes.
func parseWord(t reflect.Type, word string) ([]json.RawMessage, error) {
	word = strings.TrimSpace(word)
	if word == "" {
		return nil, fmt.Errorf("a value is empty, want %s", kindName(t))
	}
	if isNumber(t) {
		if values, isRange, err := expandRange(word); isRange {
			if err != nil {
				return nil, err
			}
			return values, checkAll(t, values)
		}
	}
	isText := indirect(t).Kind() == reflect.String && !strings.HasPrefix(word, `"`)
	if !isText && json.Valid([]byte(word)) {
		if err := checkValue(t, []byte(word)); err == nil || word[0] == '"' {
			return []json.RawMessage{[]byte(word)}, err
		}
	}
	quoted, err := json.Marshal(word)
	if err != nil {
		return nil, err
	}
	if err := checkValue(t, quoted); err != nil {
		return nil, fmt.Errorf("%s: want %s", word, kindName(t))
	}
	return []json.RawMessage{quoted}, nil
}
