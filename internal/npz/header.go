package npz

import (
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A .npy file starts with this, two bytes of version, and the length of the
// header in 2 bytes (version 1) or 4.
const magic = "\x93NUMPY"

// header returns what comes before the elements, a multiple of 64 bytes.
func header(k kind, shape []int) ([]byte, error) {
	lengths := make([]string, len(shape))
	for i, n := range shape {
		lengths[i] = strconv.Itoa(n)
	}
	tuple := strings.Join(lengths, ", ")
	if len(shape) == 1 {
		tuple += ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", k.descr, tuple)
	start := len(magic) + 4
	text += strings.Repeat(" ", 63-(start+len(text))%64) + "\n"
	if len(text) > 0xffff {
		return nil, fmt.Errorf("npz: %d dimensions are too many", len(shape))
	}
	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(b, text...), nil
}

// dictionary is the header in the order in which NumPy writes it.
var dictionary = regexp.MustCompile(`^\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\),? *\}\s*$`)

// parse splits a .npy file into its header and its elements.
func parse(file []byte) (k kind, shape []int, body []byte, err error) {
	fail := func(format string, args ...any) (kind, []int, []byte, error) {
		return kind{}, nil, nil, fmt.Errorf(format, args...)
	}
	text, body, err := split(file)
	if err != nil {
		return fail("%w", err)
	}
	fields := dictionary.FindSubmatch(text)
	if fields == nil {
		return fail("the header is none of an array of numbers")
	}
	descr := string(fields[1])
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.descr == descr })
	if i < 0 {
		return fail("the elements are %q, want <f4, <f8, <i8 or |u1", descr)
	}
	if string(fields[2]) == "True" {
		return fail("the array is in column-major order, want row-major (numpy.ascontiguousarray)")
	}
	for word := range strings.SplitSeq(string(fields[3]), ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil {
			return fail("the shape has the length %q", word)
		}
		shape = append(shape, n)
	}
	n, ok := elements(shape)
	if k = kinds[i]; !ok || len(body)%k.size != 0 || n != len(body)/k.size {
		return fail("%d bytes of %s do not make the shape %v", len(body), descr, shape)
	}
	return k, shape, body, nil
}

// split returns the text of the header and what follows it.
func split(file []byte) (text, body []byte, err error) {
	const start = len(magic) + 2
	if len(file) < start+4 || string(file[:len(magic)]) != magic {
		return nil, nil, errors.New("it is not a .npy file")
	}
	var length int
	switch rest := file[start:]; file[len(magic)] {
	case 1:
		length, body = int(binary.LittleEndian.Uint16(rest)), rest[2:]
	case 2, 3:
		length, body = int(binary.LittleEndian.Uint32(rest)), rest[4:]
	default:
		return nil, nil, fmt.Errorf("it is of version %d of the .npy format, want 1 to 3", file[len(magic)])
	}
	if length < 0 || length > len(body) {
		return nil, nil, errors.New("its header is cut off")
	}
	return body[:length], body[length:], nil
}
