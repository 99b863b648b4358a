package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// metadataName is the name in the header that no tensor may have.
const metadataName = "__metadata__"

// maxDimensions is how many dimensions a tensor may have: NumPy's limit.
const maxDimensions = 64

// An entry is what the header says of a tensor.
type entry struct {
	name       string
	dtype      dtype
	shape      []int
	begin, end int // bytes of the data
}

// parseHeader returns what a header says of tensors, in its order, and its
// metadata. The header may be followed by blanks.
func parseHeader(text []byte) (entries []entry, metadata map[string]string, err error) {
	if !utf8.Valid(text) {
		return nil, nil, errors.New("it is not in UTF-8")
	}
	text = bytes.TrimRight(text, " ")
	if !json.Valid(text) || text[len(text)-1] != '}' {
		return nil, nil, errors.New("it is not a JSON object, or is followed by other than blanks")
	}
	p := newParser(text)
	err = p.object(func(name string) error {
		if name == metadataName {
			metadata = make(map[string]string)
			return p.object(func(key string) (err error) {
				metadata[key], err = p.text()
				return err
			})
		}
		e, err := p.entry(name)
		entries = append(entries, e)
		return err
	})
	return entries, metadata, err
}

// A parser goes through the tokens of a JSON text that is known to be valid.
type parser struct{ decoder *json.Decoder }

func newParser(text []byte) parser {
	p := parser{json.NewDecoder(bytes.NewReader(text))}
	p.decoder.UseNumber()
	return p
}

// token returns the next token, which must be of type T.
func token[T json.Delim | json.Number | string](p parser, what string) (T, error) {
	got, err := p.decoder.Token()
	if err != nil {
		return *new(T), err
	}
	t, ok := got.(T)
	if !ok {
		return t, fmt.Errorf("at byte %d is %.60v, want %s", p.decoder.InputOffset(), got, what)
	}
	return t, nil
}

// open goes into an object or a list.
func (p parser) open(bracket json.Delim, what string) error {
	got, err := token[json.Delim](p, what)
	if err == nil && got != bracket {
		err = fmt.Errorf("at byte %d is %.60v, want %s", p.decoder.InputOffset(), got, what)
	}
	return err
}

// object goes through an object and calls value for each name, which must take
// the value.
func (p parser) object(value func(name string) error) error {
	if err := p.open('{', "an object"); err != nil {
		return err
	}
	names := make(map[string]bool)
	for p.decoder.More() {
		name, err := p.text()
		if err != nil {
			return err
		}
		if names[name] {
			return fmt.Errorf("the name %.60q is there twice", name)
		}
		names[name] = true
		if err := value(name); err != nil {
			return fmt.Errorf("%.60q: %w", name, err)
		}
	}
	_, err := p.decoder.Token() // the closing bracket
	return err
}

func (p parser) text() (string, error) { return token[string](p, "a text") }

// integers returns a list of at most most whole numbers, none below 0.
func (p parser) integers(most int) ([]int, error) {
	if err := p.open('[', "a list"); err != nil {
		return nil, err
	}
	list := []int{}
	for p.decoder.More() {
		number, err := token[json.Number](p, "a number")
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(number.String())
		if err != nil || n < 0 || number[0] == '-' {
			return nil, fmt.Errorf("the number %.60s is not whole, below 0 or too large", number)
		}
		if list = append(list, n); len(list) > most {
			return nil, fmt.Errorf("the list has more than %d numbers", most)
		}
	}
	_, err := p.decoder.Token() // the closing bracket
	return list, err
}

// entry returns what the header says of the tensor of a name.
func (p parser) entry(name string) (entry, error) {
	e := entry{name: name}
	fields := 0
	err := p.object(func(field string) (err error) {
		fields++
		switch field {
		case "dtype":
			e.dtype, err = p.dtype()
		case "shape":
			e.shape, err = p.integers(maxDimensions)
		case "data_offsets":
			var offsets []int
			if offsets, err = p.integers(2); err == nil && len(offsets) != 2 {
				err = fmt.Errorf("%d numbers, want 2", len(offsets))
			}
			if err == nil {
				e.begin, e.end = offsets[0], offsets[1]
			}
		default:
			err = errors.New("no tensor has it")
		}
		return err
	})
	if err == nil && fields != 3 {
		err = errors.New(`it does not have all of "dtype", "shape" and "data_offsets"`)
	}
	return e, err
}

func (p parser) dtype() (dtype, error) {
	name, err := p.text()
	if err != nil {
		return dtype{}, err
	}
	i := slices.IndexFunc(dtypes, func(d dtype) bool { return d.name == name })
	if i < 0 {
		return dtype{}, fmt.Errorf("the elements are %.60q, want F64, F32, F16 or BF16", name)
	}
	return dtypes[i], nil
}
