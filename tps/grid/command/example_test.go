package command_test

import (
	"context"
	"io"
	"os"

	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/command"
)

// A program whose main is command.Main(program) is called here as if by
//
//	square run tau=1..3 && square export
func Example() {
	type config struct {
		Tau int `json:"tau"`
	}
	program := grid.Program[config]{
		Name: "square",
		Run: func(ctx context.Context, run *grid.Run, c config) (any, error) {
			return c.Tau * c.Tau, nil
		},
	}
	dir, err := os.MkdirTemp("", "grid")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, args := range [][]string{{"run", "-dir", dir, "tau=1..3"}, {"export", "-dir", dir}} {
		if err := command.Execute(context.Background(), program, args, os.Stdout, io.Discard); err != nil {
			panic(err)
		}
	}
	// Output:
	// id,state,tau,result
	// 9777564e24da924a,done,1,1
	// 0a63266b25e8caa5,done,2,4
	// 04af5dae740fa0dc,done,3,9
}
