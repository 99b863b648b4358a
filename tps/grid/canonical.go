package grid

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// idLength is the number of hex digits of an ID.
const idLength = 16

// canonical returns a configuration as JSON with sorted keys and without spaces, so
// that it does not depend on the order of a struct's fields.
func canonical(config any) ([]byte, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("grid: a configuration has no JSON: %w", err)
	}
	tree, err := parseTree(text)
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

// parseTree returns JSON as maps, slices and values, numbers as they are written.
func parseTree(text []byte) (tree any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&tree)
	return tree, err
}

// identify returns the ID of a canonical configuration.
func identify(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])[:idLength]
}

func isID(name string) bool {
	if len(name) != idLength {
		return false
	}
	for _, r := range name {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}

// decode reads one JSON value, of which all keys must be known.
func decode(text []byte, to any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("there is more than one value")
	}
	return nil
}
