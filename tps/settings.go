package tps

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trajens/trajens/internal/checkpoint"
)

// Names of settings that a MismatchError words in a way of their own.
const (
	scheduleSetting = "Schedule"
	samplesSetting  = "samples"
	dataSetting     = "data"
)

// describeSettings returns in words what a chain was made from: what must be
// the same for a checkpoint to fit.
func (c *Chain) describeSettings() map[string]string {
	if c.settings != nil {
		return c.settings
	}
	settings := map[string]string{
		"Tau":           fmt.Sprint(c.config.Tau),
		"Sigma":         fmt.Sprint(c.config.Sigma),
		scheduleSetting: checkpoint.Describe(c.schedule),
		"Fraction":      fmt.Sprint(c.config.Fraction),
		"Width":         fmt.Sprint(c.config.Width),
		"Prior":         c.config.Prior.String(),
		"EveryModel":    fmt.Sprint(c.config.EveryModel),
		"Move":          checkpoint.Describe(c.config.Move),
		"Sweep":         fmt.Sprint(c.config.Sweep),
		"Tuning":        fmt.Sprintf("%+v", c.config.Tuning),
		"Test":          checkpoint.Describe(c.test),
		"Source":        fmt.Sprintf("%T", c.source),
	}
	maps.Copy(settings, c.describeLosses())
	c.settings = settings
	return settings
}

// describeLosses returns those settings that are the losses'.
func (c *Chain) describeLosses() map[string]string {
	if c.lossSettings != nil {
		return c.lossSettings
	}
	losses := c.comparison.losses
	c.lossSettings = map[string]string{
		samplesSetting: fmt.Sprint(losses.Samples()),
		"parameters":   fmt.Sprint(losses.Params()),
	}
	if f, ok := losses.(Fingerprinter); ok {
		maps.Copy(c.lossSettings, f.Fingerprint())
	}
	return c.lossSettings
}

// A MismatchError says that a checkpoint is of another chain.
type MismatchError struct{ Mismatches []Mismatch }

// A Mismatch is a setting that a checkpoint was made with and the chain that
// reads it was not, or the other way round. What is missing is empty.
type Mismatch struct{ Name, Saved, Here string }

// Error names the settings, and what they are.
func (e *MismatchError) Error() string {
	moreSamples := slices.ContainsFunc(e.Mismatches, func(m Mismatch) bool { return m.Name == samplesSetting })
	var texts []string
	for _, m := range e.Mismatches {
		if m.Name == dataSetting && moreSamples {
			continue // the number says enough
		}
		texts = append(texts, m.String())
	}
	return "tps: the checkpoint does not fit: " + strings.Join(texts, "; ")
}

// String says what the setting is in the checkpoint and here.
func (m Mismatch) String() string {
	name, saved, here := m.Name, m.Saved, m.Here
	switch {
	case name == samplesSetting:
		return fmt.Sprintf("the data differ (%s samples in the checkpoint, %s here)", orMissing(saved), orMissing(here))
	case name == dataSetting && saved != "" && here != "":
		return "the data differ: the same number of samples, other contents"
	case name == scheduleSetting:
		constant := fmt.Sprintf("%T ", Constant(0))
		name, saved, here = "s", strings.TrimPrefix(saved, constant), strings.TrimPrefix(here, constant)
	}
	return fmt.Sprintf("%s is %s in the checkpoint, %s here", name, orMissing(saved), orMissing(here))
}

func orMissing(text string) string { return cmp.Or(text, "missing") }

// compare returns a MismatchError unless a checkpoint is of such a chain with
// such parts.
func (c *Chain) compare(saved *chainContent, parts []Part) error {
	return CompareSettings(saved.Settings, c.describeSettings(), saved.Parts, parts)
}

// CompareSettings returns a MismatchError unless settings, and the names of parts, are
// those that a checkpoint was made with. It is for other kinds of runs that write
// checkpoints: those of chains compare theirs themselves.
func CompareSettings(saved, now map[string]string, savedParts []string, parts []Part) error {
	there, here := make(map[string]string), make(map[string]string)
	for _, name := range savedParts {
		there[fmt.Sprintf("part %q", name)] = "present"
	}
	for _, part := range parts {
		here[fmt.Sprintf("part %q", part.Name)] = "present"
	}
	mismatches := append(mismatchesOf(saved, now), mismatchesOf(there, here)...)
	if mismatches != nil {
		return &MismatchError{mismatches}
	}
	return nil
}

// mismatchesOf returns what differs, ordered by name.
func mismatchesOf(saved, here map[string]string) (mismatches []Mismatch) {
	names := maps.Clone(here)
	maps.Copy(names, saved)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if saved[name] != here[name] {
			mismatches = append(mismatches, Mismatch{name, saved[name], here[name]})
		}
	}
	return mismatches
}
