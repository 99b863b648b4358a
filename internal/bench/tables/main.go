// Tables measures ensembles of networks on regressions of the UCI repository, beside what
// others published: deep ensembles, and microcanonical Langevin ensembles (MILE).
//
//	go run ./internal/bench/tables -table concrete -plan published -splits 20 -csv rows.csv
//	go run ./internal/bench/tables -summarize rows.csv
//
// README.md beside this file has the results and what they mean. The files follow a run:
// options.go what it is asked for, table.go the data, split.go and numpy.go how they are
// divided, plan.go, plans.go and fit.go how ensembles are made, judge.go what they are worth,
// row.go and summary.go what comes out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/signal"
	"time"

	"github.com/trajens/trajens/internal/processor"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		log.Fatal("error: ", err)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if len(o.summarize) > 0 {
		rows, err := readRows(o.summarize)
		if err != nil {
			return err
		}
		return summarize(stdout, rows)
	}
	var rows []row
	for _, t := range o.tables {
		more, err := o.measure(ctx, t, stderr)
		rows = append(rows, more...)
		if err != nil {
			return errors.Join(err, summarize(stdout, rows))
		}
	}
	return summarize(stdout, rows)
}

// measure makes and judges the ensembles of one table, and returns the rows of those that are
// whole.
func (o *options) measure(ctx context.Context, t table, stderr io.Writer) (rows []row, err error) {
	all, err := t.read(o.data)
	if err != nil {
		return nil, err
	}
	for _, name := range o.plans {
		for k := o.first; k < o.first+o.splits; k++ {
			p, err := o.planFor(name, t)
			if err != nil {
				return rows, err
			}
			s, err := o.split(all, k)
			if err != nil {
				return rows, err
			}
			found, err := o.measureOne(ctx, t, p, s, uint64(k), stderr)
			if err != nil {
				return rows, fmt.Errorf("%s, %s, split %d: %w", t.name, p.name, k, err)
			}
			for _, r := range found {
				fmt.Fprintln(stderr, r)
			}
			rows = append(rows, found...)
			if err := appendRows(o.csv, found); err != nil {
				return rows, err
			}
		}
	}
	return rows, nil
}

// measureOne makes and judges an ensemble on one split: a row, or two with that of the
// networks that sampling began with.
func (o *options) measureOne(ctx context.Context, t table, p plan, s *split, seed uint64, stderr io.Writer) (rows []row, err error) {
	show := newShow(stderr, fmt.Sprintf("%s, %s, split %d", t.name, p.name, seed))
	defer show.end()
	net, err := p.network(s.train.Size())
	if err != nil {
		return nil, err
	}
	begin, before := time.Now(), processor.Time()
	e, err := p.fit(ctx, net, s.train, seed, show)
	if err != nil {
		return nil, err
	}
	add := func(method string, models [][]float32) error {
		q, err := judge(net, models, p.loss, s)
		if err != nil {
			return err
		}
		r := row{table: t.name, method: method, split: int(seed), members: p.members, models: len(models), quality: q}
		r.seconds, r.processor = time.Since(begin).Seconds(), (processor.Time() - before).Seconds()
		rows = append(rows, r)
		return nil
	}
	if err := add(p.name, e.models); err != nil {
		return nil, err
	}
	if e.trained != nil {
		if err := add(p.name+", trained only", e.trained); err != nil {
			return nil, err
		}
		rows[1].seconds, rows[1].processor = math.NaN(), math.NaN() // a part of that row's
	}
	return rows, nil
}
