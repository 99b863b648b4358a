package grid

import (
	"context"
	"errors"
	"fmt"
	"reflect"
)

// A Program is what is run for each configuration of a grid. C is a struct whose
// JSON names are the keys of descriptions.
type Program[C any] struct {
	// Name is for people, such as "paper".
	Name string
	// Default is what a description leaves out.
	Default C
	// Check tells what is wrong with a configuration. nil: any will do.
	Check func(config C) error
	// Run computes the result of a configuration, which is marshaled as JSON: NaN and
	// infinite numbers have no place in it. If ctx is done it saves a checkpoint and
	// returns context.Cause(ctx), or an error that wraps it: the run is interrupted,
	// and goes on later. With any other error it has failed. The result must depend on
	// the configuration alone, not on Run.Workers, the machine or interruptions.
	Run func(ctx context.Context, run *Run, config C) (result any, err error)
}

func (p *Program[C]) validate() error {
	if p.Run == nil {
		return errors.New("grid: Program.Run is nil")
	}
	if t := reflect.TypeFor[C](); t.Kind() != reflect.Struct {
		return fmt.Errorf("grid: a configuration is a %v, want a struct", t)
	}
	return nil
}
