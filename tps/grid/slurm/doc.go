// Package slurm runs the tasks of a grid as job arrays of Slurm.
//
// A Job says what a task is: a program, its limits, and how many tasks there
// are. Create writes a Submission, a directory with a script for each job
// array, since an array has at most MaxArraySize tasks, and with the runs that
// belong to each task. Submit hands the scripts to sbatch. What a task of the
// array runs calls Task.Work.
//
// # The end of a task before its work is done
//
// The scripts replace the shell by the program, so it is the program that gets
// the signals of the batch shell: SIGUSR1 some time before the time limit, and
// SIGTERM when Slurm ends the task, KillWait seconds before SIGKILL. On either
// the context of the work ends. The work saves a checkpoint and returns, and
// Task.Work asks Slurm what has happened:
//
//   - Slurm has requeued the task, because a job of a higher priority needs its
//     place or somebody said scontrol requeue: its count of restarts has grown.
//     There is nothing to do.
//   - The task was preempted and Slurm cancels it, or gives it some time to end:
//     it has a time of preemption. The task is requeued.
//   - The task has run as long as it may, up to the warning: it ran out of time
//     and is requeued, but only so often.
//   - The task is ending before its time, and neither: somebody cancelled it. It
//     is not requeued.
//   - The task is running, long before its limit: somebody sent the signal. It is
//     requeued as if preempted.
//
// It is this task that is requeued, by the name ARRAYJOB_TASK. The number in
// SLURM_JOB_ID will not do: in one task of an array it is that of the array, and
// would requeue all of it.
//
// Slurm starts a requeued task about two minutes later, however free the cluster
// is. A task that is killed with no time to save goes on from its last checkpoint
// when its runs are submitted again, or when Slurm requeues it by itself as it does
// after the failure of a node.
package slurm
