// Package grid runs a program for each configuration of a grid, such as all τ with
// all s and six seeds, on any number of workers, processes and machines that share
// a directory.
//
//	program := grid.Program[Config]{Name: "fit", Run: fit}
//	configs, err := grid.Configs(description, []string{"seed=1..6"}, Config{Sigma: 0.05})
//	g, err := grid.Open("out", program)
//	added, err := g.Add(configs)
//	summary, err := g.Work(ctx, grid.WorkConfig{Jobs: 4})
//	infos, err := g.List()
//
// Package command makes a command line of that, chain runs a tps.Chain as a run, and
// database makes a SQLite file of the results.
//
// # What is on the disk
//
//	DIR/order                        the runs in the order in which they were added
//	DIR/runs/ID/config.json          the configuration; ID is the start of its SHA-256
//	DIR/runs/ID/state.json           what was last known of the run
//	DIR/runs/ID/lease                who has it, while somebody has
//	DIR/runs/ID/attempt-2-TOKEN/     what the program writes: checkpoints, log, traces
//	DIR/runs/ID/result.json          the result, once there is one
//	DIR/runs/ID/error.txt            the last failure
//	DIR/runs/ID/interrupt            a request to interrupt the run
//
// The configuration is JSON without spaces, its keys sorted: sha256sum tells the ID.
// A new key of the program's configuration makes new runs, unless the JSON leaves it
// out where it is zero (omitempty).
//
// # Who has a run
//
// A worker takes a run by a lease, a file that is linked to its name, which only one
// can do, on NFS as well. It writes a heartbeat to it four times in each lease time. A
// lease without one for longer than that is broken, by a rename; that of a process of
// this machine that has ended, at once (on Linux). Whether a lease is too old, the
// clock of the file system says, not that of a worker.
//
// A worker that was stopped for longer, and goes on, has lost the run. It has only
// written to the directory of its own attempt, sees the loss at the next heartbeat, or
// before it publishes the result, and gives up. A result is linked to its name, too: it
// is there once, and is never replaced.
//
// # Kills, power failures, full disks
//
// A killed run goes on from the checkpoints of the attempt before, of which a new
// attempt has copies: damaged ones of package tps are left out. A result is flushed to
// the disk before it is linked. All other files of this package can be made again,
// and are not flushed: if one is damaged after a power failure, the run is done again
// from its last checkpoint, and Add repairs config.json.
//
// An error of the disk that is not the program's ends Work: what was done is there,
// and a run whose result could not be written goes on from its checkpoint later.
package grid
