package data

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxLevels is how many levels a categorical input may have. Each level costs a
// number in every row, so that a column of names that are all different would
// need memory that grows with the square of the table.
const maxLevels = 1000

// Levels number the values of a column.
type levels struct {
	names []string
	index map[string]int
	limit int  // 0: none
	fixed bool // no value is added
}

func newLevels(limit int) *levels { return &levels{index: map[string]int{}, limit: limit} }

// knownLevels returns levels to which none is added.
func knownLevels(names []string) *levels {
	l := newLevels(0)
	for k, name := range names {
		l.names = append(l.names, name)
		l.index[name] = k
	}
	l.fixed = true
	return l
}

// number returns the number of a value.
func (l *levels) number(value string) (int, error) {
	if k, ok := l.index[value]; ok {
		return k, nil
	}
	switch {
	case l.fixed:
		return 0, fmt.Errorf("%.40q is none of the known values %s", value, shown(l.names))
	case l.limit > 0 && len(l.names) == l.limit:
		return 0, fmt.Errorf("more than %d levels, too many for a categorical input", l.limit)
	case !utf8.ValidString(value):
		return 0, fmt.Errorf("%.40q is not UTF-8 text", value)
	}
	value = strings.Clone(value) // not the whole line
	l.index[value] = len(l.names)
	l.names = append(l.names, value)
	return len(l.names) - 1, nil
}

// sort brings the levels into their order, and returns the new number of each
// old one.
func (l *levels) sort() []int {
	order := make([]int, len(l.names))
	for k := range order {
		order[k] = k
	}
	if !l.fixed {
		slices.SortFunc(order, l.compare())
	}
	names := make([]string, len(order))
	renumbered := make([]int, len(order))
	for k, old := range order {
		names[k] = l.names[old]
		renumbered[old] = k
	}
	l.names = names
	return renumbered
}

// compare returns the order of levels: as numbers if all are, else as text.
func (l *levels) compare() func(a, b int) int {
	values := make([]float64, len(l.names))
	for k, name := range l.names {
		v, err := decimal(name, 64)
		if err != nil {
			clear(values)
			break
		}
		values[k] = v
	}
	return func(a, b int) int {
		return cmp.Or(cmp.Compare(values[a], values[b]), cmp.Compare(l.names[a], l.names[b]))
	}
}

// missing tells whether a value stands for none.
func missing(value string) bool {
	switch value {
	case "", "?", "NA", "NaN", "nan":
		return true
	}
	return false
}

// decimal returns the number that a text is, in the usual decimal notation, if a
// floating-point number of so many bits can be near it.
func decimal(text string, bits int) (float64, error) {
	if strings.Trim(text, "+-.0123456789eE") != "" { // infinity, or hexadecimal
		return 0, fmt.Errorf("%.40q is not a number", text)
	}
	v, err := strconv.ParseFloat(text, bits)
	switch {
	case err == nil:
		return v, nil
	case v != 0: // infinite: out of range
		return 0, fmt.Errorf("%.40q is outside of the range of float%d", text, bits)
	}
	return 0, fmt.Errorf("%.40q is not a number", text)
}
