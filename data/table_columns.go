package data

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A layout says which columns of a file are used, and for what.
type layout struct {
	inputs []field        // in the order of Columns
	target *field         // nil: none
	like   *Columns       // nil: levels are those of the file
	names  []string       // of all columns
	places map[string]int // by name
}

// A field is a column that is used.
type field struct {
	place  int // in the file, from 0
	name   string
	levels *levels // nil: numbers
}

// check returns an error if settings exclude each other.
func (c *TableConfig) check() error {
	switch {
	case c.NoTarget && c.Target != "":
		return fmt.Errorf("Target = %q with NoTarget", c.Target)
	case c.NoTarget && c.Classes:
		return errors.New("Classes with NoTarget")
	case c.Like == nil:
		return nil
	case c.Inputs != nil || c.Exclude != nil || c.Target != "" || c.Classes || c.Categorical != nil:
		return errors.New("Inputs, Exclude, Target, Classes or Categorical with Like, which has them")
	}
	return c.Like.check()
}

// check returns an error unless the columns can be those of a table.
func (c *Columns) check() error {
	if len(c.Inputs) == 0 {
		return errors.New("the columns have no inputs")
	}
	seen := map[string]bool{}
	all := c.Inputs
	if c.Target.Name != "" {
		all = append(slices.Clone(all), c.Target)
	}
	for _, column := range all {
		if column.Name == "" {
			return errors.New("one of the columns has no name")
		}
		if seen[column.Name] {
			return fmt.Errorf("the columns have %q twice", column.Name)
		}
		seen[column.Name] = true
		known := map[string]bool{}
		for _, level := range column.Levels {
			if known[level] || missing(level) {
				return fmt.Errorf("column %q has the level %q twice, or it stands for a missing value", column.Name, level)
			}
			known[level] = true
		}
		if column.Levels != nil && len(column.Levels) == 0 {
			return fmt.Errorf("column %q has an empty list of levels", column.Name)
		}
	}
	return nil
}

// newLayout finds the columns of the configuration among those of a file.
func newLayout(names []string, config TableConfig) (*layout, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	l := &layout{names: names, places: map[string]int{}}
	for k, name := range names {
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("the name %.40q of column %d is not UTF-8 text", name, k+1)
		}
		if first, twice := l.places[name]; twice {
			return nil, fmt.Errorf("columns %d and %d have the same name %.40q", first+1, k+1, name)
		}
		if name != "" {
			l.places[name] = k
		}
	}
	if config.Like != nil {
		return l, l.follow(config.Like, config.NoTarget)
	}
	return l, l.choose(config)
}

// place returns where a column is, given by its name or its number.
func (l *layout) place(name string) (int, error) {
	if k, ok := l.places[name]; ok {
		return k, nil
	}
	if k, err := strconv.Atoi(name); err == nil && k >= 1 && k <= len(l.names) {
		return k - 1, nil
	}
	return 0, fmt.Errorf("the table has no column %q, it has %s", name, shown(l.names))
}

// shown returns a list of names, the first ones if there are many.
func shown(names []string) string {
	if len(names) > 20 {
		return fmt.Sprintf("%d: %.40q …", len(names), names[:20])
	}
	return fmt.Sprintf("%.40q", names)
}

// placesOf returns where the columns of a list are, none of which may be there
// twice.
func (l *layout) placesOf(list []string) ([]int, error) {
	var places []int
	for _, name := range list {
		k, err := l.place(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(places, k) {
			return nil, fmt.Errorf("column %q is there twice", name)
		}
		places = append(places, k)
	}
	return places, nil
}

// choose makes the layout that the configuration asks for.
func (l *layout) choose(config TableConfig) error {
	excluded, err := l.placesOf(config.Exclude)
	if err != nil {
		return fmt.Errorf("Exclude: %w", err)
	}
	target := -1
	if !config.NoTarget {
		target = len(l.names) - 1
		if config.Target != "" {
			if target, err = l.place(config.Target); err != nil {
				return fmt.Errorf("Target: %w", err)
			}
		}
		if slices.Contains(excluded, target) {
			return fmt.Errorf("the target, column %d, is in Exclude", target+1)
		}
		l.target = &field{place: target, name: l.names[target]}
		if config.Classes {
			l.target.levels = newLevels(0)
		}
	}
	inputs, err := l.placesOf(config.Inputs)
	if err != nil {
		return fmt.Errorf("Inputs: %w", err)
	}
	if len(inputs) == 0 {
		for k := range len(l.names) {
			if k != target && !slices.Contains(excluded, k) {
				inputs = append(inputs, k)
			}
		}
	}
	categorical, err := l.placesOf(config.Categorical)
	if err != nil {
		return fmt.Errorf("Categorical: %w", err)
	}
	for _, k := range inputs {
		if k == target || slices.Contains(excluded, k) {
			return fmt.Errorf("input column %q is the target or in Exclude", l.names[k])
		}
		input := field{place: k, name: l.names[k]}
		if slices.Contains(categorical, k) {
			input.levels = newLevels(maxLevels)
		}
		l.inputs = append(l.inputs, input)
	}
	for _, k := range categorical {
		if !slices.Contains(inputs, k) {
			return fmt.Errorf("Categorical: column %q is not an input", l.names[k])
		}
	}
	return l.checkNames()
}

// checkNames refuses a layout without inputs, or with a column that has no name.
func (l *layout) checkNames() error {
	if len(l.inputs) == 0 {
		return errors.New("no column is left for the inputs")
	}
	used := l.inputs
	if l.target != nil {
		used = append(slices.Clone(used), *l.target)
	}
	for _, f := range used {
		if f.name == "" {
			return fmt.Errorf("column %d has no name in the header: it can be in Exclude as %[1]q", f.place+1)
		}
	}
	return nil
}

// follow makes the layout of columns that were read before.
func (l *layout) follow(like *Columns, noTarget bool) error {
	l.like = like
	for _, column := range like.Inputs {
		f, err := l.find(column)
		if err != nil {
			return err
		}
		l.inputs = append(l.inputs, f)
	}
	if noTarget || like.Target.Name == "" {
		return nil
	}
	f, err := l.find(like.Target)
	l.target = &f
	return err
}

// find returns the field of a column that was read before.
func (l *layout) find(column Column) (field, error) {
	k, ok := l.places[column.Name]
	if !ok {
		return field{}, fmt.Errorf("Like: the table has no column %q, it has %s", column.Name, shown(l.names))
	}
	f := field{place: k, name: column.Name}
	if column.Levels != nil {
		f.levels = knownLevels(column.Levels)
	}
	return f, nil
}
