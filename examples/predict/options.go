package main

import (
	"flag"
	"io"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
)

const about = `Says what a saved ensemble thinks of images, a line for each:
	image        its number in the file, from 0, or the name of its file
	class        the one with the largest probability, the mean of the members'
	votes        how many members find which class the most probable, the leading ones
	entropy      of the probabilities in nats, the whole uncertainty: 0 where there is no
	             doubt, ln 10 = 2.30 where ten classes are alike
	mutual info  the part of it that comes from the members' disagreement: it is large
	             where an image is unlike those that they were trained on. The rest is
	             what each of them finds ambiguous.
and the same in words. With labels an accuracy comes at the end.

With -json the lines are objects, of
	image class probability votes [class members share] entropy mutual_information
	certainty probabilities label correct
and the last has
	final images members seconds microseconds_per_image
	accuracy vote_accuracy nll (with labels)
where nll is the mean of −log of the label's probability, in nats.

An ensemble is made by go run ./examples/mnist -save ensemble.npz.`

type options struct {
	ensemble string
	images   []string
	image    data.ImageConfig
	labels   string
	drawn    int
	seed     uint64
	first    int
	json     bool
	summary  bool
	sheet    string
}

func parse(args []string, stderr io.Writer) (*options, error) {
	flags := cli.NewFlagSet("predict", about, stderr)
	o := new(options)
	flags.StringVar(&o.ensemble, "ensemble", "", "`file` of the ensemble, .npz or .safetensors, or a checkpoint")
	flags.Func("images", "`files` to read: PNG files, or one IDX file as of MNIST (.gz, too)", func(path string) error {
		o.images = append(o.images, path)
		return nil
	})
	flags.BoolVar(&o.image.Invert, "invert", false, "PNG files have dark ink on a light ground")
	flags.BoolVar(&o.image.Digit, "digit", false, "place what is in PNG files as MNIST does: 20 pixels large, in the middle")
	flags.StringVar(&o.labels, "labels", "", "IDX `file` with the labels of the images of an IDX file")
	flags.IntVar(&o.drawn, "drawn", 0, "instead of -images, `number` of digits that the library draws: those that examples/mnist\ntests on where it has no files")
	flags.Uint64Var(&o.seed, "seed", 1, "with -drawn, `number` that they derive from")
	flags.IntVar(&o.first, "first", 0, "take the first `N` images (0: all)")
	flags.BoolVar(&o.json, "json", false, "write a JSON object a line")
	flags.BoolVar(&o.summary, "summary", false, "leave out the lines of the images")
	flags.StringVar(&o.sheet, "sheet", "", "draw the most and the least certain images with their votes to this PNG `file`")
	words, err := cli.ParseWords(flags, args)
	if err != nil {
		return nil, err
	}
	return o, o.check(flags, words)
}

// check returns a UsageError if the flags are wrong. Words that follow -images, as
// where a shell has put names in the place of a pattern, are images.
func (o *options) check(flags *flag.FlagSet, words []string) error {
	if len(words) > 0 && o.images == nil {
		return cli.Usagef("unexpected argument %q; see -h for the flags", words[0])
	}
	o.images = append(o.images, words...)
	switch {
	case o.ensemble == "":
		return cli.Usagef("-ensemble: want the file of an ensemble. To make one: go run ./examples/mnist -save ensemble.npz")
	case o.images == nil && o.drawn == 0:
		return cli.Usagef("-images: want PNG files or an IDX file, or -drawn and a number")
	case o.images != nil && o.drawn != 0:
		return cli.Usagef("-drawn %d: has no use with -images", o.drawn)
	case o.drawn < 0:
		return cli.Usagef("-drawn %d: want at least 1", o.drawn)
	case o.drawn == 0 && cli.Given(flags, "seed"):
		return cli.Usagef("-seed: has no use without -drawn")
	case o.drawn > 0 && o.labels != "":
		return cli.Usagef("-labels: has no use with -drawn, whose labels are known")
	case o.drawn > 0 && o.image != data.ImageConfig{}:
		return cli.Usagef("-invert or -digit: has no use with -drawn")
	case o.first < 0:
		return cli.Usagef("-first %d: want at least 1, or 0 for all", o.first)
	}
	return cli.CheckFile("sheet", o.sheet, ".png")
}
