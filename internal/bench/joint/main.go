// Joint repeats experiments of Webb et al., "Joint Training of Neural Network
// Ensembles" (arXiv 1902.04422), on Fashion-MNIST with package ensemble/joint: one
// network of 1,024 hidden units against ensembles with as many, trained with several
// λ. README.md of ensemble/joint has the results.
//
//	go run ./internal/bench/joint -h
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/ensemble/joint"
)

const about = `Trains ensembles of networks with one hidden ReLU layer on Fashion-MNIST: inputs
normalized by 0.2860 and 0.3530, 50,000 images to train on and 10,000 to validate,
split by the trial's seed, SGD with momentum 0.9, batches of 100, rate 0.02 M (0.3 of
it for λ ≥ 0.99 and more than one module). Prints a line for each run when it is done,
and in the end, or when it is interrupted, a table of means over trials with standard
errors, of measures at the lowest validation error. With -csv a run that was stopped
goes on. -speed prints how long epochs take instead, in turn; -diversity compares the
diversity on training data with that on others.

Flags of go run ./internal/bench/joint:
`

// A shape is an ensemble and how it is trained.
type shape struct {
	modules, hidden int
	lambda          float64
}

func (s shape) String() string {
	return fmt.Sprintf("%d × %d, λ = %v", s.modules, s.hidden, s.lambda)
}

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := start(ctx, os.Args[1:]); err != nil {
		log.Fatal("error: ", err)
	}
}

func start(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("joint", flag.ExitOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), about)
		flags.PrintDefaults()
	}
	dir := flags.String("data", "", "`directory` with the four files of Fashion-MNIST (default: what TRAJENS_FASHION_MNIST\nnames, or trajens/fashion-mnist in the user's cache directory)")
	text := flags.String("shapes", "1x1024:0 256x4:0,0.95,0.99,1 16x64:0,0.95,1", "`shapes`: modules x hidden units of each: values of λ")
	epochs := flags.Int("epochs", 30, "number of `epochs`; the paper has 200")
	trials := flags.Int("trials", 3, "number of `trials`")
	first := flags.Int("first", 0, "`number` of the first trial, which is its seed")
	parallel := flags.Int("parallel", 1, "how many `runs` at the same time")
	workers := flags.Int("workers", 1, "`goroutines` that share a batch")
	images := flags.Int("images", training, "`number` of images to train on")
	last := flags.Bool("last", false, "measure after the last epoch, not at the lowest validation error")
	table := flags.String("csv", "", "CSV `file` that results are added to; runs that it has are not made again")
	progress := flags.Bool("progress", false, "print each epoch to standard error")
	compared := flags.String("diversity", "", "compare the diversity on training data, of -images, and on others after the last\nepoch, for the `loss` softmax, or squared: the squared error of a number for each\nclass, 1 for the label")
	speed := flags.Bool("speed", false, "time epochs")
	python := flags.String("torch", "", "`Python` with PyTorch, to time with -speed beside this; needs -data or\nTRAJENS_FASHION_MNIST")
	flags.Parse(args)
	shapes, err := parseShapes(*text)
	switch {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q; see -h for the flags", flags.Arg(0))
	case *epochs < 1:
		return fmt.Errorf("-epochs %d: want at least 1", *epochs)
	case *trials < 1:
		return fmt.Errorf("-trials %d: want at least 1", *trials)
	case *first < 0:
		return fmt.Errorf("-first %d: want at least 0", *first)
	case *parallel < 1:
		return fmt.Errorf("-parallel %d: want at least 1", *parallel)
	case *images < 1 || *images > training:
		return fmt.Errorf("-images %d: want 1 to %d", *images, training)
	}
	family, ok := map[string]joint.Family{"": 0, "softmax": joint.Softmax, "squared": joint.Gaussian}[*compared]
	if !ok {
		return fmt.Errorf("-diversity %q: want softmax or squared", *compared)
	}
	train, test, err := data.FashionMNIST(*dir)
	if errors.Is(err, data.ErrNoFashionMNIST) {
		return fmt.Errorf("%w: https://github.com/zalandoresearch/fashion-mnist has its four files", err)
	}
	if err != nil {
		return err
	}
	e := &experiment{ctx: ctx, workers: *workers, progress: *progress}
	if e.train, err = normalized(train); err != nil {
		return err
	}
	if e.test, err = normalized(test); err != nil {
		return err
	}
	if *speed {
		return e.speed(shapes, *trials, *python, cmp.Or(*dir, os.Getenv("TRAJENS_FASHION_MNIST")))
	}
	if family != 0 {
		d := &diversity{experiment: e, family: family, images: *images, epochs: *epochs}
		return d.show(shapes, *first, *trials)
	}
	to, err := openRecord(*table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	var runs []run
	for trial := *first; trial < *first+*trials; trial++ {
		for _, s := range shapes {
			runs = append(runs, run{s, trial, *epochs, *images, *last})
		}
	}
	return e.accuracy(runs, *parallel, to)
}

// parseShapes reads "256x4:0,0.95 16x64:1".
func parseShapes(text string) ([]shape, error) {
	var shapes []shape
	for word := range strings.FieldsSeq(text) {
		size, lambdas, _ := strings.Cut(word, ":")
		modules, hidden, _ := strings.Cut(size, "x")
		var s shape
		var errs [3]error
		s.modules, errs[0] = strconv.Atoi(modules)
		s.hidden, errs[1] = strconv.Atoi(hidden)
		for lambda := range strings.SplitSeq(lambdas, ",") {
			s.lambda, errs[2] = strconv.ParseFloat(lambda, 64)
			if errors.Join(errs[:]...) != nil || s.modules < 1 || s.hidden < 1 {
				return nil, fmt.Errorf("-shapes: %q, want the like of 256x4:0,0.95", word)
			}
			shapes = append(shapes, s)
		}
	}
	return shapes, nil
}

// normalized returns images less the mean of Fashion-MNIST's training images, in units
// of their standard deviation.
func normalized(d *data.Dataset) (*data.Dataset, error) {
	inputs := make([]float32, 0, d.Len()*d.Size())
	for i := range d.Len() {
		for _, v := range d.Input(i) {
			inputs = append(inputs, (v-0.2860)/0.3530)
		}
	}
	return data.NewLabeled(inputs, d.Shape(), d.Labels(), d.Classes())
}
