package main

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/examples/internal/cli"
	"github.com/trajens/trajens/nn"
)

// savedAs are the extensions of the formats of ensembles.
var savedAs = []string{".npz", ".safetensors"}

// asides are the flags that do not say what a run is: where files are, how it is
// shown, and how fast.
var asides = []string{"data", "download", "workers", "json", "out", "trace", "diagnostics", "report",
	"save", "posterior", "drawevery", "checkpoint", "resume", "checkpointevery"}

// checkSave returns a UsageError if the ensemble could not be saved.
func (o *options) checkSave() error { return cli.CheckFile("save", o.saveTo, savedAs...) }

// save writes the ensemble of chains to the file that -save names, with what comes
// along: examples/predict needs nothing else.
func (t *training) save(chains []*chain, r *result) error {
	if t.saveTo == "" {
		return nil
	}
	committee, err := ensemble.New(t.net, t.models(chains))
	if err != nil {
		return err
	}
	info, err := t.info(chains, r)
	if err != nil {
		return err
	}
	if err := committee.Save(t.saveTo, info); err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.report.stderr, "Saved %d networks in %s.\n", committee.Len(), t.saveTo)
	return err
}

// info says what the members are of and how they came about.
func (t *training) info(chains []*chain, r *result) (ensemble.Info, error) {
	configuration, err := cli.Values(t.flags, asides...)
	if err != nil {
		return ensemble.Info{}, err
	}
	made := fmt.Sprintf("τ = %d after %d steps", t.Tau, chains[0].Steps())
	if len(chains) > 1 {
		made = fmt.Sprintf("%d chains with τ = %d, %d steps in all", len(chains), t.Tau, r.steps)
	}
	if t.snapshots > 1 {
		made = fmt.Sprintf("%s, %d snapshots of the first", made, chains[0].snapshots.Taken+1)
	}
	return ensemble.Info{
		Loss:    nn.CrossEntropy,
		Classes: t.set.Train.ClassNames(),
		Inputs:  "gray levels from 0, the ground, to 1, ink; 28 × 28 pixels, row by row from the top",
		Provenance: ensemble.Provenance{
			Program:       program(),
			Seeds:         []uint64{t.Seed},
			Configuration: configuration,
			Data:          t.set.Train.Fingerprint(),
			Notes: map[string]string{
				"dataset":       fmt.Sprintf("%s, %d samples", r.label, r.TrainSamples),
				"members":       made,
				"test accuracy": fmt.Sprintf("%.4f by majority vote of %d samples", r.Accuracy, r.TestSamples),
				"test NLL":      fmt.Sprintf("%.4f nats", r.NLL),
			},
		},
	}, nil
}

// program returns the name of this program, with the version of the library if the
// build knows it.
func program() string {
	version := ""
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "(devel)" {
		version = build.Main.Version
	}
	return "trajens/examples/mnist " + cmp.Or(version, "of an unknown version")
}
