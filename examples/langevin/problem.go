package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/nn"
)

// A problem is a network and what it is trained and tested on.
type problem struct {
	label       string
	train, test *data.Dataset
	net         *nn.Network
	loss        nn.Loss
	scaling     *data.Standardizer // of inputs and targets; nil: they are as they came
	columns     *data.Columns      // of a table, or nil
}

// A planar is a problem in the plane, by the name that -dataset has for it.
type planar struct {
	name, label string
	draw        func(n int, noise float64, source rand.Source) (*data.Dataset, error)
}

var planars = []planar{
	{"clusters", "two clusters", data.TwoClusters},
	{"circles", "two circles", data.TwoCircles},
	{"squares", "squares", data.Squares},
	{"spirals", "two spirals", data.PlaygroundSpirals},
	{"twospirals", "two spirals of the simplex paper", data.TwoSpirals},
}

// images are the names that the flags of digits know.
var images = []string{"digits", "mnist", "fashion"}

// tableName is the dataset of -table.
const tableName = "table"

func datasetNames() []string {
	names := slices.Clone(images)
	for _, p := range planars {
		names = append(names, p.name)
	}
	return append(names, tableName)
}

// newProblem reads or draws the data, and makes the network.
func (o *options) newProblem(ctx context.Context, stderr io.Writer) (*problem, error) {
	var p *problem
	var err error
	switch {
	case o.dataset == tableName:
		p, err = o.readTable()
	case slices.Contains(images, o.dataset):
		p, err = o.loadImages(ctx, stderr)
	default:
		p, err = o.drawPlanar()
	}
	if err != nil {
		return nil, err
	}
	p.net, err = o.network(p)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(stderr, "%s: %d samples to train on, %d to test on; %s, %d parameters.\n",
		p.label, p.train.Len(), p.test.Len(), p.net.Architecture(), p.net.Params())
	return p, err
}

func (o *options) loadImages(ctx context.Context, stderr io.Writer) (*problem, error) {
	f := digits.Flags{Dir: o.dir, Dataset: o.dataset, Train: o.samples}
	if err := f.Check(); err != nil {
		return nil, err
	}
	set, err := f.Load(ctx, o.source(trainStream, 0), o.source(testStream, 0), io.Discard)
	if err != nil {
		return nil, err
	}
	return &problem{label: set.Label(), train: set.Train, test: set.Test, loss: nn.CrossEntropy}, nil
}

// drawPlanar draws points to train on, and as many to test on. Inputs are standardized.
func (o *options) drawPlanar() (*problem, error) {
	of := planars[slices.IndexFunc(planars, func(p planar) bool { return p.name == o.dataset })]
	n := o.samples
	if n == 0 {
		n = 200
	}
	train, err := of.draw(n, o.noise, o.source(trainStream, 0))
	if err != nil {
		return nil, err
	}
	test, err := of.draw(max(n, 1000), o.noise, o.source(testStream, 0))
	if err != nil {
		return nil, err
	}
	return standardized(&problem{label: of.label, train: train, test: test, loss: nn.CrossEntropy})
}

// readTable reads a table, a tenth of whose rows, at random, are to test on.
func (o *options) readTable() (*problem, error) {
	d, columns, err := data.ReadTableFile(o.table, data.TableConfig{
		Target: o.target, Exclude: words(o.exclude), Categorical: words(o.categorical), Classes: o.classes,
	})
	if err != nil {
		return nil, err
	}
	if o.samples > d.Len() {
		return nil, cli.Usagef("-samples %d: the table has %d rows", o.samples, d.Len())
	}
	if d, err = d.First(o.samples); err != nil {
		return nil, err
	}
	if d.Len() < 20 {
		return nil, cli.Usagef("-table %s: %d rows, want at least 20, of which a tenth is to test on", o.table, d.Len())
	}
	test, train, err := d.Split(d.Len()/10, o.source(testStream, 0))
	if err != nil {
		return nil, err
	}
	p := &problem{label: fmt.Sprintf("%s of %s", columns.Target.Name, o.table), train: train, test: test, loss: nn.GaussianExp, columns: columns}
	if d.Classes() > 0 {
		p.loss = nn.CrossEntropy
	}
	return standardized(p)
}

// standardized moves and scales the data as those to train on have it.
func standardized(p *problem) (*problem, error) {
	var err error
	if p.scaling, err = data.NewStandardizer(p.train); err != nil {
		return nil, err
	}
	if p.train, err = p.scaling.Apply(p.train); err != nil {
		return nil, err
	}
	p.test, err = p.scaling.Apply(p.test)
	return p, err
}

// network returns the network of -hidden, or the paper's for images.
func (o *options) network(p *problem) (*nn.Network, error) {
	hidden, isImage := o.hidden, len(p.train.Shape()) == 3
	if hidden == nil {
		if isImage {
			return nn.MairCNN(), nil
		}
		hidden = []int{16, 16}
	}
	var layers []nn.Layer
	if isImage {
		layers = append(layers, nn.Flatten{})
	}
	for _, width := range hidden {
		layers = append(layers, nn.Dense{Outputs: width}, o.activation())
	}
	outputs := p.train.Classes()
	if p.loss.HasScales() {
		outputs = 2 * p.train.Outputs()
	}
	return nn.NewNetwork(p.train.Shape(), append(layers, nn.Dense{Outputs: outputs})...)
}

func (o *options) activation() nn.Layer {
	if o.tanh {
		return nn.Tanh{}
	}
	return nn.ReLU{}
}

// words are the parts of a list with commas, none of an empty one.
func words(list string) []string {
	if list == "" {
		return nil
	}
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
