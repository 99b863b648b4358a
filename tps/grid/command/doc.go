// Package command is the command line of a program that runs over a grid:
//
//	func main() { command.Main(grid.Program[Config]{Name: "fit", Run: fit}) }
//
// The program then has these commands:
//
//	run [DESCRIPTION] [key=value,value…]   adds runs and works on them
//	slurm [DESCRIPTION] [key=value,value…] adds runs and submits job arrays for them
//	work -submission DIR -index N          what a task of a job array runs
//	list                                   all runs, a line each
//	show ID                                one run
//	export                                 configurations and results as CSV
//	merge                                  a SQLite file of all runs
//	interrupt ID…                          asks runs at work to interrupt themselves
//	retry [ID…]                            lets failed runs be tried again
//	help [COMMAND]
//
// Each takes -dir, the directory of the runs. A run may be named by the first digits of
// its ID.
//
// The command slurm needs a program that is built, not one of go run, and a
// directory of runs that all nodes see. It submits what is neither done nor in the
// queue, so that it may be repeated; the variables of sbatch, such as SBATCH_ACCOUNT
// and SBATCH_PARTITION, give what its flags leave out. Package slurm says when a task
// is requeued. The logs are in DIR/slurm/TIME/logs.
//
// The exit code is 0 on success, 2 if the command line is wrong, 130 after an
// interrupt (Ctrl-C or SIGTERM), after which runs save and can go on, and 1 on other
// errors, such as failed runs. A second interrupt ends the program at once.
package command
