package data

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/trajens/trajens/internal/null"
	"github.com/trajens/trajens/internal/random"
)

// A Dataset is a fixed list of samples: inputs of one shape, each with a class
// label, or with a vector of real targets, or with neither. A dataset does not
// change, and several goroutines may use one at once.
//
// Subset, Slice, First, Split and Unlabeled return views, which share the samples
// with the dataset that they come from.
type Dataset struct {
	shape   []int
	size    int       // product of shape
	inputs  []float32 // rows × size, row-major
	labels  []int32   // one a row, or nil
	classes int
	names   []string  // one a class, or nil
	targets []float32 // rows × outputs, row-major, or nil
	outputs int
	rows    []int // the row of each sample; nil: sample i is row i
	length  int
}

// NewLabeled returns a dataset for classification. Inputs hold one sample
// after the other, each row-major with the given shape (for images channels,
// height, width); labels hold a class in [0, classes) for each. Inputs, which
// must be finite, are kept, not copied.
func NewLabeled(inputs []float32, shape []int, labels []int, classes int) (*Dataset, error) {
	d, err := newDataset(inputs, shape)
	if err != nil {
		return nil, err
	}
	if len(labels) != d.length {
		return nil, fmt.Errorf("data: %d labels for %d samples", len(labels), d.length)
	}
	if classes < 2 || classes > math.MaxInt32 {
		return nil, fmt.Errorf("data: classes = %d, want 2 to %d", classes, math.MaxInt32)
	}
	d.classes = classes
	d.labels = make([]int32, len(labels))
	for i, label := range labels {
		if label < 0 || label >= classes {
			return nil, fmt.Errorf("data: label %d of sample %d is outside [0, %d)", label, i, classes)
		}
		d.labels[i] = int32(label)
	}
	return d, nil
}

// NewTargets returns a dataset for regression. Inputs hold one sample after
// the other, each row-major with the given shape; targets hold the same
// number of outputs for each sample. Both must be finite and are kept, not
// copied.
func NewTargets(inputs []float32, shape []int, targets []float32) (*Dataset, error) {
	d, err := newDataset(inputs, shape)
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 || len(targets)%d.length != 0 {
		return nil, fmt.Errorf("data: %d targets for %d samples, want the same positive number for each", len(targets), d.length)
	}
	d.outputs = len(targets) / d.length
	if at := firstNonFinite(targets); at >= 0 {
		return nil, fmt.Errorf("data: target %d of sample %d is %v, want a finite number", at%d.outputs, at/d.outputs, targets[at])
	}
	d.targets = targets
	return d, nil
}

// NewInputs returns a dataset with neither labels nor targets, to predict on.
// Inputs hold one sample after the other, each row-major with the given shape.
// They must be finite and are kept, not copied.
func NewInputs(inputs []float32, shape []int) (*Dataset, error) { return newDataset(inputs, shape) }

func newDataset(inputs []float32, shape []int) (*Dataset, error) {
	if len(shape) == 0 {
		return nil, errors.New("data: the shape of an input is empty")
	}
	size := 1
	for _, n := range shape {
		if n < 1 {
			return nil, fmt.Errorf("data: shape %v has a dimension below 1", shape)
		}
		if size > math.MaxInt/n {
			return nil, fmt.Errorf("data: shape %v is too large", shape)
		}
		size *= n
	}
	if len(inputs) == 0 {
		return nil, errors.New("data: the dataset is empty")
	}
	if len(inputs)%size != 0 {
		return nil, fmt.Errorf("data: %d input numbers are not a whole number of samples of shape %v", len(inputs), shape)
	}
	if at := firstNonFinite(inputs); at >= 0 {
		return nil, fmt.Errorf("data: input %d of sample %d is %v, want a finite number", at%size, at/size, inputs[at])
	}
	return &Dataset{shape: slices.Clone(shape), size: size, inputs: inputs, length: len(inputs) / size}, nil
}

func firstNonFinite(x []float32) int {
	return slices.IndexFunc(x, func(v float32) bool { return v-v != 0 })
}

// Len returns the number of samples.
func (d *Dataset) Len() int { return d.length }

// Shape returns the shape of one input. The caller must not change it.
func (d *Dataset) Shape() []int { return d.shape }

// Size returns how many numbers one input has, the product of its shape.
func (d *Dataset) Size() int { return d.size }

// Classes returns the number of classes, or 0 for a dataset without labels.
func (d *Dataset) Classes() int { return d.classes }

// ClassNames returns the name of each class, or nil for a dataset whose classes
// have none. The caller must not change it.
func (d *Dataset) ClassNames() []string { return d.names }

// NameClasses returns a view of all samples whose classes have the given names,
// one for each, none empty and none twice. The list is copied.
func (d *Dataset) NameClasses(names []string) (*Dataset, error) {
	if len(names) != d.classes || d.classes == 0 {
		return nil, fmt.Errorf("data: %d names for %d classes", len(names), d.classes)
	}
	classes := make(map[string]int, len(names))
	for k, name := range names {
		if name == "" {
			return nil, fmt.Errorf("data: the name of class %d is empty", k)
		}
		if first, twice := classes[name]; twice {
			return nil, fmt.Errorf("data: classes %d and %d have the same name %q", first, k, name)
		}
		classes[name] = k
	}
	view := *d
	view.names = slices.Clone(names)
	return &view, nil
}

// Outputs returns how many real targets a sample has, or 0 for a dataset
// without targets.
func (d *Dataset) Outputs() int { return d.outputs }

// Input returns the input of sample i, Size numbers in row-major order. The slice
// is a view: the caller must not change it.
func (d *Dataset) Input(i int) []float32 {
	row := d.row(i)
	return d.inputs[row*d.size : (row+1)*d.size : (row+1)*d.size]
}

// Label returns the class of sample i. It panics if the dataset has no labels.
func (d *Dataset) Label(i int) int { return int(d.labels[d.row(i)]) }

// Labels returns the class of each sample in a new slice, or nil for a dataset without
// labels.
func (d *Dataset) Labels() []int {
	if d.labels == nil {
		return nil
	}
	labels := make([]int, d.length)
	for i := range labels {
		labels[i] = d.Label(i)
	}
	return labels
}

// Target returns the targets of sample i, Outputs numbers: none if the dataset has
// no targets. The slice is a view: the caller must not change it.
func (d *Dataset) Target(i int) []float32 {
	row := d.row(i)
	return d.targets[row*d.outputs : (row+1)*d.outputs : (row+1)*d.outputs]
}

func (d *Dataset) row(i int) int {
	if d.rows != nil {
		return d.rows[i]
	}
	return i
}

// Subset returns a view of the given samples, in the given order. A sample
// may stand in it more than once. The list is copied.
func (d *Dataset) Subset(samples []int) (*Dataset, error) {
	if len(samples) == 0 {
		return nil, errors.New("data: the subset is empty")
	}
	view := *d
	view.rows = make([]int, len(samples))
	view.length = len(samples)
	for k, i := range samples {
		if i < 0 || i >= d.length {
			return nil, fmt.Errorf("data: sample %d of the subset is outside [0, %d)", i, d.length)
		}
		view.rows[k] = d.row(i)
	}
	return &view, nil
}

// Slice returns a view of the samples from (included) to to (excluded).
func (d *Dataset) Slice(from, to int) (*Dataset, error) {
	if from < 0 || to > d.length || from >= to {
		return nil, fmt.Errorf("data: slice [%d, %d) of %d samples, want 0 ≤ from < to ≤ %d", from, to, d.length, d.length)
	}
	view := *d
	view.length = to - from
	if d.rows != nil {
		view.rows = d.rows[from:to:to]
		return &view, nil
	}
	view.inputs = d.inputs[from*d.size : to*d.size : to*d.size]
	if d.labels != nil {
		view.labels = d.labels[from:to:to]
	}
	if d.targets != nil {
		view.targets = d.targets[from*d.outputs : to*d.outputs : to*d.outputs]
	}
	return &view, nil
}

// First returns a view of the first n samples. If n is 0 or at least Len, it
// is the whole dataset.
func (d *Dataset) First(n int) (*Dataset, error) {
	if n == 0 || n >= d.length {
		return d, nil
	}
	return d.Slice(0, n)
}

// Unlabeled returns a view of all samples with neither labels, names of classes nor
// targets: inputs alone, such as those of data of other classes than a network's.
func (d *Dataset) Unlabeled() *Dataset {
	view := *d
	view.labels, view.classes, view.names = nil, 0, nil
	view.targets, view.outputs = nil, 0
	return &view
}

var errNoSource = errors.New("data: the random source is nil")

// Split returns two views that share the samples at random: the first with n
// of them, the second with the rest, 0 < n < Len.
func (d *Dataset) Split(n int, source rand.Source) (first, second *Dataset, err error) {
	if null.Is(source) {
		return nil, nil, errNoSource
	}
	if n < 1 || n >= d.length {
		return nil, nil, fmt.Errorf("data: split of %d samples at %d, want 1 to %d", d.length, n, d.length-1)
	}
	order := make([]int, d.length)
	for i := range order {
		order[i] = i
	}
	for i := range order {
		j := i + random.Below(source, d.length-i)
		order[i], order[j] = order[j], order[i]
	}
	if first, err = d.Subset(order[:n]); err != nil {
		return nil, nil, err
	}
	if second, err = d.Subset(order[n:]); err != nil {
		return nil, nil, err
	}
	return first, second, nil
}
