package command_test

import (
	"context"
	"os"

	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/command"
)

// A whole program, which is called here as if it had been
//
//	fit help
func Example() {
	type config struct {
		Tau int `json:"tau"`
	}
	os.Args = []string{"fit", "help"}
	command.Main(grid.Program[config]{
		Name: "fit",
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
			return c.Tau * c.Tau, nil
		},
	})
}
