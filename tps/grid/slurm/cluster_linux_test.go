package slurm

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/slurmtest"
)

var cluster = flag.Bool("slurm", false, "start a Slurm cluster and run job arrays on it, which takes two minutes")

// A submitted is a submission on the cluster of a test.
type submitted struct {
	*Submission
	*slurmtest.Cluster
	t     *testing.T
	steps int
}

// submit submits a job of the test program; late is for runTask.
func submit(t *testing.T, c *slurmtest.Cluster, job Job, tasks [][]string, steps int, step time.Duration, late bool) submitted {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	job.Command = []string{program, taskArgument, "-steps", fmt.Sprint(steps), "-step", step.String(), fmt.Sprintf("-late=%v", late)}
	job.Dir = t.TempDir()
	size, err := MaxArraySize(t.Context())
	require.NoError(t, err)
	s, err := Create(filepath.Join(job.Dir, "slurm"), job, tasks, size)
	require.NoError(t, err)
	require.NoError(t, s.Submit(t.Context()))
	return submitted{s, c.For(t), t, steps}
}

// name is the name of a task in Slurm.
func (s submitted) name(task int) string { return s.arrayOf(task).Name(task) }

// saved is how many steps a run has saved. They must be the first ones.
func (s submitted) saved(run string) int {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Dir, run))
	if os.IsNotExist(err) {
		return 0
	}
	require.NoError(s.t, err)
	lines := strings.Fields(string(text))
	for k, line := range lines {
		require.Equal(s.t, fmt.Sprint(k+1), line, run)
	}
	return len(lines)
}

func (s submitted) requireDone(task int) {
	s.t.Helper()
	s.WaitState(s.name(task), "COMPLETED")
	for _, run := range s.Tasks[task] {
		require.Equal(s.t, s.steps, s.saved(run), run)
	}
}

func (s submitted) log(task int) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Dir, logsDir, s.name(task)+".log"))
	require.NoError(s.t, err)
	return string(text)
}

func (s submitted) counts(task int) requeues {
	s.t.Helper()
	var r requeues
	require.NoError(s.t, r.read(s.record(task)))
	return r
}

func TestOnACluster(t *testing.T) {
	if !*cluster {
		t.Skip("takes two minutes and needs Slurm (apt-get install slurm-wlm munge); run with -args -slurm")
	}
	c := slurmtest.Start(t)
	t.Run("an array larger than MaxArraySize", func(t *testing.T) { testLarge(t, c) })
	// All at once, that is, with -parallel 8. The tasks that are not to be preempted
	// take 10 of 64 processors at most, those that are take 48: a job for 52 needs all
	// of these, also if nothing else runs.
	t.Run("at once", func(t *testing.T) {
		for name, test := range map[string]func(*testing.T, *slurmtest.Cluster){
			"canceled":                 testCanceled,
			"canceled while it waits":  testCanceledWaiting,
			"preempted":                testPreempted,
			"requeued by somebody":     testRequeued,
			"signaled by somebody":     testSignaled,
			"out of time":              testOutOfTime,
			"out of time while saving": testOutOfTimeLate,
			"out of time too often":    testExhausted,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, c)
			})
		}
	})
}

func testLarge(t *testing.T, c *slurmtest.Cluster) {
	var runs []string
	for k := range 24 {
		runs = append(runs, fmt.Sprintf("run-%d", k))
	}
	tasks, err := Split(runs, 2)
	require.NoError(t, err)
	require.Greater(t, len(tasks), 2*slurmtest.MaxArraySize)

	// What the users of the program have set must not get in the way.
	t.Setenv("SBATCH_SIGNAL", "KILL@1")
	t.Setenv("SBATCH_ARRAY_INX", "0-1")
	t.Setenv("SBATCH_JOB_NAME", "other")
	t.Setenv("SLURM_RESTART_COUNT", "7")
	job := Job{Name: `a "large" array, 50% #1 \ it's`, Time: 10 * time.Minute, Throttle: 6, Memory: "20M", Extra: []string{"--comment=two words # not a comment"}}
	program, err := os.Executable()
	require.NoError(t, err)
	job.Dir = filepath.Join(t.TempDir(), `it's "here" #1`)
	require.NoError(t, os.Mkdir(job.Dir, 0o777))
	job.Command = []string{program, taskArgument, "-steps", "20", "-step", "100ms"}
	size, err := MaxArraySize(t.Context())
	require.NoError(t, err)
	assert.Equal(t, slurmtest.MaxArraySize, size)
	created, err := Create(filepath.Join(job.Dir, "50% slurm"), job, tasks, size)
	require.NoError(t, err)
	require.Len(t, created.Arrays, 3)
	before, err := AskQueue(t.Context())
	require.NoError(t, err)
	assert.Empty(t, created.Queued(before))
	require.NoError(t, created.Submit(t.Context()))
	require.NoError(t, created.Submit(t.Context()), "there is nothing left to submit")

	s := submitted{created, c.For(t), t, 20}
	queue, err := AskQueue(t.Context())
	require.NoError(t, err)
	assert.Equal(t, runs, s.Queued(queue))
	read, err := Read(s.Dir)
	require.NoError(t, err)
	assert.Equal(t, created, read)
	shown := s.Run("scontrol", "show", "job", s.name(0))
	for _, want := range []string{
		"JobName=" + job.Name + "\n", "TimeLimit=00:10:00", "Requeue=1", "WorkDir=" + job.Dir + "\n", "MinMemoryNode=20M",
		"Comment=two words # not a comment", "StdOut=" + strings.ReplaceAll(filepath.Join(s.Dir, logsDir, s.name(0)+".log"), "%", "%%"),
	} {
		assert.Contains(t, shown, want)
	}
	names := map[string]bool{}
	for task := range s.Tasks {
		s.requireDone(task)
		assert.Equal(t, "outcome: finished\n", s.log(task))
		assert.Equal(t, "0", s.Restarts(s.name(task)))
		names[s.name(task)] = true
	}
	assert.Len(t, names, len(tasks))
	assert.Len(t, strings.Fields(s.Run("squeue", "--noheader", "--array", "--states=all", "--format=%i")), len(tasks))
	after, err := AskQueue(t.Context())
	require.NoError(t, err)
	assert.Empty(t, s.Queued(after))

	// One array of all tasks would not do.
	script, err := Job{Command: job.Command, Dir: job.Dir}.scripts(len(tasks), len(tasks), s.Dir)
	require.NoError(t, err)
	path := filepath.Join(job.Dir, "large.sh")
	require.NoError(t, os.WriteFile(path, []byte(script[0].Text), 0o666))
	sbatch := exec.Command("sbatch", path)
	sbatch.Env = environment(os.Environ(), script[0].Text)
	out, err := sbatch.CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(out), "Invalid job array specification")

	// What Slurm refuses is told, and what was submitted by then is known.
	job.Partition = "nowhere"
	refused, err := Create(filepath.Join(job.Dir, "refused"), job, tasks, size)
	require.NoError(t, err)
	assert.ErrorContains(t, refused.Submit(context.Background()), "array 1 of 3 is not submitted")
}

// tasks with one run each
func single(names ...string) (tasks [][]string) {
	for _, name := range names {
		tasks = append(tasks, []string{name})
	}
	return tasks
}

// Steps take a tenth of a second.
const step = 100 * time.Millisecond

func testCanceled(t *testing.T, c *slurmtest.Cluster) {
	s := submit(t, c, Job{Partition: "steady", Time: 10 * time.Minute}, single("a", "b"), 200, step, false)
	s.WaitState(s.name(0), "RUNNING")
	s.WaitState(s.name(1), "RUNNING")
	time.Sleep(2 * time.Second)
	s.Run("scancel", s.name(0))
	s.WaitState(s.name(0), "CANCELLED")
	assert.Contains(t, s.log(0), "outcome: canceled")
	assert.Greater(t, s.saved("a"), 5)
	assert.Less(t, s.saved("a"), 200)
	s.requireDone(1) // 20 s later: time for a requeue to show
	assert.Equal(t, "CANCELLED", s.State(s.name(0)))
	assert.Equal(t, "0", s.Restarts(s.name(0)))
	assert.Equal(t, "0", s.Restarts(s.name(1)))
	assert.NoFileExists(t, s.record(0))
}

// A task that is canceled while it waits for its second start does not start.
func testCanceledWaiting(t *testing.T, c *slurmtest.Cluster) {
	s := submit(t, c, Job{Partition: "steady", Time: 10 * time.Minute}, single("a"), 1000, step, false)
	s.WaitState(s.name(0), "RUNNING")
	time.Sleep(time.Second)
	s.Run("scancel", "--batch", "--signal=USR1", s.name(0))
	s.WaitState(s.name(0), "PENDING")
	s.Run("scancel", s.name(0))
	s.WaitState(s.name(0), "CANCELLED")
	assert.Equal(t, 1, strings.Count(s.log(0), "outcome:"))
}

// Tasks of three partitions are preempted at once: the urgent job needs the
// processors of all of them.
func testPreempted(t *testing.T, c *slurmtest.Cluster) {
	var all []submitted
	for _, partition := range []string{"low", "grace", "cancel"} {
		s := submit(t, c, Job{Partition: partition, Time: 10 * time.Minute, CPUs: 16}, single("a"), 100, step, false)
		s.WaitState(s.name(0), "RUNNING")
		all = append(all, s)
	}
	time.Sleep(2 * time.Second)
	c.For(t).Urge(52)
	for k, s := range all {
		s.WaitState(s.name(0), "PENDING")
		saved := s.saved("a")
		assert.Greater(t, saved, 5)
		assert.Less(t, saved, 100)
		assert.Contains(t, s.log(0), "outcome: requeued")
		counts := requeues{Preemptions: 1}
		if k == 0 { // Slurm requeues it by itself
			counts = requeues{}
		}
		assert.Equal(t, counts, s.counts(0))
		s.StartNow(s.name(0))
	}
	for _, s := range all {
		s.requireDone(0)
		assert.Equal(t, "1", s.Restarts(s.name(0)), "requeued once, not by Slurm and by the task")
		assert.Equal(t, 1, strings.Count(s.log(0), "outcome: requeued"), "the second start appends to the log")
		assert.Equal(t, 1, strings.Count(s.log(0), "outcome: finished"))
	}
}

func testRequeued(t *testing.T, c *slurmtest.Cluster) {
	s := submit(t, c, Job{Partition: "steady", Time: 10 * time.Minute}, single("a", "b"), 60, step, false)
	s.WaitState(s.name(0), "RUNNING")
	time.Sleep(2 * time.Second)
	s.Run("scontrol", "requeue", s.name(0))
	s.StartNow(s.name(0))
	s.requireDone(0)
	s.requireDone(1)
	assert.Contains(t, s.log(0), "outcome: requeued")
	assert.Equal(t, "1", s.Restarts(s.name(0)))
	assert.Equal(t, "0", s.Restarts(s.name(1)))
	assert.Equal(t, requeues{}, s.counts(0))
}

// The last task of an array has the number of the array as that of its own job,
// at least in Slurm 22.05. Requeueing it must leave the others alone.
func testSignaled(t *testing.T, c *slurmtest.Cluster) {
	s := submit(t, c, Job{Partition: "steady", Time: 10 * time.Minute}, single("a", "b"), 60, step, false)
	s.WaitState(s.name(0), "RUNNING")
	s.WaitState(s.name(1), "RUNNING")
	assert.Contains(t, s.Run("scontrol", "show", "job", s.name(1)), "JobId="+s.Arrays[0].Job+" ")
	time.Sleep(2 * time.Second)
	s.Run("scancel", "--batch", "--signal=USR1", s.name(1))
	s.StartNow(s.name(1))
	s.requireDone(0)
	s.requireDone(1)
	assert.Equal(t, "0", s.Restarts(s.name(0)))
	assert.Equal(t, "1", s.Restarts(s.name(1)))
	assert.Equal(t, requeues{Preemptions: 1}, s.counts(1))
}

// Slurm looks at time limits every 30 s, and warns of those that come in less
// than 30 s and the warning: of a minute and 50 s of warning when it looks first.
// So each start makes 30 s of the 35 s at most.
func testOutOfTime(t *testing.T, c *slurmtest.Cluster) {
	s := submit(t, c, Job{Partition: "steady", Time: time.Minute, Warning: 50 * time.Second}, [][]string{{"a", "b"}}, 175, step, false)
	s.WaitState(s.name(0), "RUNNING")
	s.StartNow(s.name(0))
	assert.Regexp(t, `(?s)RUNNING: out of time\n.*outcome: requeued`, s.log(0)) // a line of Slurm may come between
	for state := ""; state != "COMPLETED"; state = s.State(s.name(0)) {
		require.NotContains(t, []string{"FAILED", "CANCELLED"}, state)
		if state == "PENDING" {
			s.StartNow(s.name(0))
		}
		time.Sleep(time.Second)
	}
	s.requireDone(0)
	counts := s.counts(0)
	assert.Positive(t, counts.Timeouts)
	assert.Equal(t, fmt.Sprint(counts.Timeouts), s.Restarts(s.name(0)))
	assert.Zero(t, counts.Preemptions)
}

// A task that takes so long to save that Slurm ends it still goes on.
func testOutOfTimeLate(t *testing.T, c *slurmtest.Cluster) {
	s := submit(t, c, Job{Partition: "steady", Time: time.Minute, Warning: 50 * time.Second}, single("a"), 100000, step, true)
	s.WaitState(s.name(0), "RUNNING")
	s.StartNow(s.name(0))
	assert.Regexp(t, `(?s)COMPLETING: out of time\n.*outcome: requeued`, s.log(0)) // a line of Slurm may come between
	assert.Equal(t, requeues{Timeouts: 1}, s.counts(0))
	assert.Equal(t, "1", s.Restarts(s.name(0)))
	s.WaitState(s.name(0), "RUNNING")
	s.Run("scancel", s.name(0))
	s.WaitState(s.name(0), "CANCELLED") // then nobody writes any more
	assert.Positive(t, s.saved("a"))
}

func testExhausted(t *testing.T, c *slurmtest.Cluster) {
	s := submit(t, c, Job{Partition: "steady", Time: time.Minute, Warning: 50 * time.Second, Timeouts: 1}, single("a"), 100000, step, false)
	s.WaitState(s.name(0), "RUNNING")
	s.StartNow(s.name(0))
	s.WaitState(s.name(0), "RUNNING")
	before := s.saved("a")
	s.WaitState(s.name(0), "FAILED")
	assert.Contains(t, s.log(0), "outcome: exhausted")
	assert.Contains(t, s.log(0), "as often as it may, 1 times")
	assert.Equal(t, "1", s.Restarts(s.name(0)))
	assert.Greater(t, s.saved("a"), before)
}
