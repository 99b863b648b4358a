package tps

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"
)

// Fingerprinter is implemented by losses that can say what tells them from
// others. Checkpoints hold it, and are refused by a chain for others.
type Fingerprinter interface {
	// Fingerprint returns texts by name, such as the layers of a network and
	// a checksum of the data. It may take its time: a chain asks once.
	Fingerprint() map[string]string
}

// setup says in words what a chain was made from: what must be the same for a
// checkpoint to fit.
func (c *Chain) setup() map[string]string {
	if c.description != nil {
		return c.description
	}
	losses := c.proposal.losses
	d := map[string]string{
		"Tau":        fmt.Sprint(c.config.Tau),
		"Sigma":      fmt.Sprint(c.config.Sigma),
		"Schedule":   describe(c.config.Schedule),
		"Fraction":   fmt.Sprint(c.config.Fraction),
		"Width":      fmt.Sprint(c.config.Width),
		"Prior":      c.config.Prior.String(),
		"Test":       describe(c.config.Test),
		"Source":     fmt.Sprintf("%T", c.config.Source),
		"samples":    fmt.Sprint(losses.Samples()),
		"parameters": fmt.Sprint(losses.Params()),
	}
	if f, ok := losses.(Fingerprinter); ok {
		maps.Copy(d, f.Fingerprint())
	}
	c.description = d
	return d
}

// describe returns a value in words: its String, or its type and JSON, which
// is the same in each run, unlike addresses in memory.
func describe(x any) string {
	if s, ok := x.(fmt.Stringer); ok {
		return s.String()
	}
	text, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprintf("%T", x)
	}
	return fmt.Sprintf("%T %s", x, text)
}

// String returns the prior in words.
func (g *Gaussian) String() string {
	if g == nil {
		return "flat"
	}
	mean := "0"
	if g.Mean != nil {
		sum := fnv.New64a()
		for _, m := range g.Mean {
			fmt.Fprintf(sum, "%08x", math.Float32bits(m))
		}
		mean = fmt.Sprintf("%d numbers with checksum %016x", len(g.Mean), sum.Sum64())
	}
	return fmt.Sprintf("normal(mean %s, sigma %v)", mean, g.Sigma)
}

// A MismatchError says that a checkpoint is of another chain.
type MismatchError struct{ Differences []Difference }

// A Difference is something that a checkpoint was made with and the chain
// that reads it was not, or the other way round. What is missing is empty.
type Difference struct{ Name, Saved, Here string }

// Error names the differences.
func (e *MismatchError) Error() string {
	var text strings.Builder
	text.WriteString("tps: the checkpoint does not fit:")
	for i, d := range e.Differences {
		if i > 0 {
			text.WriteString(";")
		}
		fmt.Fprintf(&text, " %s is %s in the checkpoint, %s here", d.Name, orNone(d.Saved), orNone(d.Here))
	}
	return text.String()
}

func orNone(text string) string {
	if text == "" {
		return "missing"
	}
	return text
}

// compare returns a MismatchError unless a checkpoint is of such a chain with
// such parts.
func (c *Chain) compare(saved *checkpoint, parts []Part) error {
	var differences []Difference
	list := func(saved, here map[string]string) {
		names := make(map[string]bool)
		for name := range saved {
			names[name] = true
		}
		for name := range here {
			names[name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if saved[name] != here[name] {
				differences = append(differences, Difference{name, saved[name], here[name]})
			}
		}
	}
	list(saved.Setup, c.setup())
	there, here := make(map[string]string), make(map[string]string)
	for _, name := range saved.Parts {
		there[fmt.Sprintf("part %q", name)] = "present"
	}
	for _, part := range parts {
		here[fmt.Sprintf("part %q", part.Name)] = "present"
	}
	list(there, here)
	if differences != nil {
		return &MismatchError{differences}
	}
	return nil
}
