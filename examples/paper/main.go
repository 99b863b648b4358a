// Paper reproduces figures of Mair, Causer and Garrahan, "Minibatch training of neural
// network ensembles via trajectory sampling", arXiv 2306.13442.
//
//	go run ./examples/paper -figure 1c -scale smoke
//	go run ./examples/paper -figure all -scale hour -sampler paper,best
//
// README.md beside this file has the figures.
package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/examples/internal/digits"
	"github.com/trajens/trajens/examples/internal/sampler"
	"github.com/trajens/trajens/internal/random"
	"github.com/trajens/trajens/tps/grid/command"
)

const about = `Reproduces figures of Mair, Causer and Garrahan, arXiv 2306.13442.

  1c  mean loss of the linear perceptron against s, with the exact lines
  2b  mean loss of the convolutional network on digits against s
  2c  accuracy of the vote against s
  2d  samples that a step draws against the loss
  3a  loss against the samples drawn per model, while training
  3b  accuracy of the vote against them
  4   how normal the means of minibatches of loss differences are

The scales are smoke, of minutes, hour, what README.md shows, and full, the paper's
steps and runs, of which the cost is printed first. At hour the network has a Gaussian
prior, for figures 2 and 3; prior=0 is the flat one of the others. Samplers are paper, as published, and best: the rule that
plans its batches, all parameters moved by a little that is tuned, and sweeps.

Runs are kept in OUT/runs and are not made again. An interrupt (Ctrl-C) ends the
program; it goes on when it is called again. Words key=value set keys of the
configuration, or list values of them: tau=2,4 seed=1..3 steps=5000.

OUT has for each figure a PNG, an SVG and a CSV file.

With -add, runs wait in OUT/runs for workers, on any number of machines that share it:
	go run ./examples/paper run -dir OUT/runs
This and other commands for runs are listed by
	go run ./examples/paper help`

type options struct {
	figures  []string
	scale    string
	samplers []string
	out      string
	jobs     int
	cost     bool
	add      bool
	draw     bool
	digits   digits.Flags

	overrides []string
	train     bool // -train was given
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := new(options)
	var figures, samplers string
	flags := cli.NewFlagSet("paper", about, stderr)
	flags.StringVar(&figures, "figure", "1c", "`names` of figures, "+strings.Join(figureNames, ", ")+", separated by commas, or all")
	flags.StringVar(&o.scale, "scale", "smoke", "`name` of the size of the runs: smoke, hour or full")
	flags.StringVar(&samplers, "sampler", "paper", "`names` of samplers, paper or best, separated by commas")
	flags.StringVar(&o.out, "out", "out", "write figures to this `directory`, and keep runs in runs beneath it")
	flags.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "`number` of runs at the same time; results do not depend on it")
	flags.BoolVar(&o.cost, "cost", false, "print what the runs would take, and end")
	flags.BoolVar(&o.add, "add", false, "add the runs, for others to work on, and end")
	flags.BoolVar(&o.draw, "draw", false, "draw what has been run, and run nothing")
	o.digits.Add(flags)
	words, err := cli.ParseWords(flags, args)
	if err != nil {
		return nil, err
	}
	for _, word := range words {
		if !strings.Contains(word, "=") {
			return nil, cli.Usagef("unexpected argument %q, want key=value; see -h for the flags", word)
		}
	}
	o.overrides, o.train = words, cli.Given(flags, "train")
	if figures == "all" {
		figures = strings.Join(figureNames, ",")
	}
	o.figures, o.samplers = strings.Split(figures, ","), strings.Split(samplers, ",")
	return o, o.check()
}

func (o *options) check() error {
	for _, name := range o.figures {
		if !slices.Contains(figureNames, name) {
			return cli.Usagef("-figure %q: want %s or all", name, strings.Join(figureNames, ", "))
		}
	}
	if !slices.Contains(scaleNames, o.scale) {
		return cli.Usagef("-scale %q: want %s", o.scale, strings.Join(scaleNames, ", "))
	}
	for k, name := range o.samplers {
		if !slices.Contains(samplerNames, name) || slices.Contains(o.samplers[:k], name) {
			return cli.Usagef("-sampler %q: want each of %s at most once", name, strings.Join(samplerNames, ", "))
		}
	}
	if o.out == "" {
		return cli.Usagef("-out: want a directory")
	}
	if o.cost && (o.draw || o.add) || o.draw && o.add {
		return cli.Usagef("-cost, -add and -draw: want one of them")
	}
	return cmp.Or(cli.CheckWorkers("jobs", o.jobs), o.digits.Check())
}

// needsDigits says whether one of the figures is of the network.
func (o *options) needsDigits() bool {
	return slices.ContainsFunc(o.figures, func(f string) bool { return f != "1c" })
}

// isCommand says whether arguments are a command for runs, with its arguments.
func isCommand(args []string) bool {
	return len(args) > 0 && !strings.HasPrefix(args[0], "-") && !strings.Contains(args[0], "=")
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	stderr = cli.Locked(stderr) // runs write to it
	if isCommand(args) {
		return command.Execute(ctx, (&problems{stderr: stderr}).program(), args, stdout, stderr)
	}
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := cli.MakeOut(o.out); err != nil {
		return err
	}
	label := ""
	if o.needsDigits() {
		if label, err = o.settleDigits(ctx, stderr); err != nil {
			return err
		}
	}
	p := &problems{digits: o.digits, stderr: io.Discard} // what is there has been said
	byGrid, all, err := o.configs()
	if err != nil {
		return err
	}
	g, err := openRuns(filepath.Join(o.out, "runs"), p)
	if err != nil {
		return err
	}
	if !o.draw {
		left, err := g.left(all)
		if err != nil {
			return err
		}
		if o.cost || o.scale != "smoke" && len(left) > 0 && !o.add {
			total, err := p.estimate(ctx, left)
			if err != nil {
				return err
			}
			total.print(stdout, o.jobs)
		}
		if o.cost {
			return nil
		}
		if o.add {
			added, err := g.grid.Add(all)
			fmt.Fprintf(stderr, "%d runs in %s, %d of them new\n", len(all), g.grid.Dir(), added)
			return err
		}
		if err := g.work(ctx, all, o.jobs, stderr); err != nil {
			return err
		}
	}
	tabled := make(map[string]bool)
	for _, name := range o.figures {
		key := gridOf(name)
		outcomes, err := g.outcomes(byGrid[key])
		if err != nil {
			return err
		}
		if len(outcomes) < len(byGrid[key]) {
			fmt.Fprintf(stderr, "Figure %s: %d of %d runs are there.\n", name, len(outcomes), len(byGrid[key]))
		}
		if len(outcomes) == 0 {
			continue
		}
		s := &sheet{cells: cellsOf(outcomes), dir: o.out}
		s.about = s.describe(label)
		if !tabled[key] && key != "4" {
			tabled[key] = true
			printTable(stdout, s.cells)
			switch key {
			case "2":
				printStatements(stdout, s.cells)
			case "3":
				printCurves(stdout, s.cells)
			}
		}
		if err := s.draw(name); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "Figure %s: %s\n", name, filepath.Join(o.out, "figure-"+name+".png"))
	}
	return nil
}

// settleDigits finds out which digits there are, and returns their name for people.
func (o *options) settleDigits(ctx context.Context, stderr io.Writer) (label string, err error) {
	found := o.digits
	var said bytes.Buffer
	set, err := found.Load(ctx, random.Source(dataSeed, sampler.TrainStream), random.Source(dataSeed, sampler.TestStream), &said)
	if err != nil {
		return "", err
	}
	if set.Name != o.digits.Dataset {
		said.WriteTo(stderr)
	}
	o.digits.Dataset, o.digits.Download = set.Name, false
	return set.Label(), nil
}

// configs returns the runs of the figures, by the name of their grid, and all of them, each
// once.
func (o *options) configs() (byGrid map[string][]config, all []config, err error) {
	byGrid = make(map[string][]config)
	for _, name := range o.figures {
		key := gridOf(name)
		if byGrid[key] != nil {
			continue
		}
		overrides := o.overrides
		if key != "1c" {
			overrides = append([]string{"data=" + o.digits.Dataset}, overrides...)
			if o.train {
				overrides = append(overrides, fmt.Sprintf("samples=%d", o.digits.Train))
			}
		}
		configs, err := configsOf(name, o.scale, o.samplers, overrides)
		if err != nil {
			return nil, nil, cli.Usagef("%v", err)
		}
		byGrid[key] = configs
		for _, c := range configs {
			if err := c.check(); err != nil {
				return nil, nil, cli.Usagef("figure %s: %v", name, err)
			}
			if !slices.ContainsFunc(all, func(other config) bool { return reflect.DeepEqual(c, other) }) {
				all = append(all, c)
			}
		}
	}
	return byGrid, all, nil
}

// describe says what the runs are, for titles.
func (s *sheet) describe(label string) string {
	steps := values(s.cells, func(c config) int { return c.Steps })
	text := fmt.Sprintf("%d × %s", len(s.cells[0].runs), thousands(steps[0]))
	if last := steps[len(steps)-1]; last > steps[0] {
		text += " to " + thousands(last)
	}
	text += " steps"
	if s.cells[0].config.Problem == perceptron {
		return text
	}
	return fmt.Sprintf("N = %s of %s, %s", thousands(s.cells[0].runs[0].Samples), label, text)
}

// thousands writes a number with commas.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func main() {
	if isCommand(os.Args[1:]) {
		command.Main((&problems{stderr: os.Stderr}).program())
	}
	cli.Main(run)
}
