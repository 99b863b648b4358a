package slurm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func job() Job {
	return Job{Command: []string{"/opt/paper", "work"}, Dir: "/data"}
}

func TestScriptText(t *testing.T) {
	j := Job{
		Name: `the "paper" #1`, Command: []string{"/opt/my programs/paper", "work", "it's"},
		Dir: `/data/a\b`, Time: 90 * time.Minute, Warning: 90 * time.Second, CPUs: 2, Memory: "500M",
		Account: "physics", Partition: "long", QOS: "low", Dependency: "afterok:12", Throttle: 3,
		Extra: []string{"--constraint=avx2&big memory", "--exclusive"},
	}
	scripts, err := j.scripts(7, 1000, "/data/50% done")
	require.NoError(t, err)
	require.Len(t, scripts, 1)
	assert.Equal(t, `#!/bin/sh
#SBATCH --job-name="the \"paper\" #1"
#SBATCH --array="0-6%3"
#SBATCH --chdir="/data/a\\b"
#SBATCH --output="/data/50%% done/logs/%A_%a.log"
#SBATCH --open-mode="append"
#SBATCH --requeue
#SBATCH --signal="B:USR1@90"
#SBATCH --nodes="1"
#SBATCH --ntasks="1"
#SBATCH --cpus-per-task="2"
#SBATCH --time="90"
#SBATCH --mem="500M"
#SBATCH --account="physics"
#SBATCH --partition="long"
#SBATCH --qos="low"
#SBATCH --dependency="afterok:12"
#SBATCH --constraint="avx2&big memory"
#SBATCH --exclusive

export GOMAXPROCS=2
# Not the shell's end: the program sets it anew.
trap '' USR1
# The program takes the place of the shell, so that it gets the shell's signals.
exec '/opt/my programs/paper' 'work' 'it'\''s' '-submission' '/data/50% done' -index "$((SLURM_ARRAY_TASK_ID + 0))"
`, scripts[0].Text)
}

// Every task is in one array, no array is too large, and the throttles of the
// arrays are together that of the job.
func TestScriptsDivideTasks(t *testing.T) {
	for tasks := 1; tasks <= 40; tasks++ {
		for size := 2; size <= 12; size++ {
			arrays := (tasks + size - 1) / size
			j := job()
			j.Throttle = arrays + 2
			scripts, err := j.scripts(tasks, size, "/x")
			require.NoError(t, err)
			require.Len(t, scripts, arrays)
			next, throttles := 0, 0
			for _, s := range scripts {
				assert.Equal(t, next, s.First)
				assert.LessOrEqual(t, s.Tasks, size)
				assert.Positive(t, s.Tasks)
				assert.Contains(t, s.Text, fmt.Sprintf(`-index "$((SLURM_ARRAY_TASK_ID + %d))"`, s.First))
				_, after, ok := strings.Cut(s.Text, fmt.Sprintf(`--array="0-%d%%`, s.Tasks-1))
				require.True(t, ok, s.Text)
				var throttle int
				_, err := fmt.Sscanf(after, "%d", &throttle)
				require.NoError(t, err)
				assert.Positive(t, throttle)
				throttles += throttle
				next += s.Tasks
			}
			assert.Equal(t, tasks, next)
			assert.Equal(t, j.Throttle, throttles)
		}
	}
}

func TestJobIsChecked(t *testing.T) {
	for field, change := range map[string]func(*Job){
		"Command":    func(j *Job) { j.Command = nil },
		"absolute":   func(j *Job) { j.Command[0] = "paper" },
		"NUL":        func(j *Job) { j.Command = append(j.Command, "a\x00b") },
		"Dir":        func(j *Job) { j.Dir = "data" },
		"Name":       func(j *Job) { j.Name = "a\n#SBATCH --uid=0" },
		"Account":    func(j *Job) { j.Account = "a\rb" },
		"Partition":  func(j *Job) { j.Partition = "a\nb" },
		"QOS":        func(j *Job) { j.QOS = "\x1b[0m" },
		"Dependency": func(j *Job) { j.Dependency = "afterok:1\n" },
		"UTF-8":      func(j *Job) { j.Name = "a\xff" },
		"Time":       func(j *Job) { j.Time = 90 * time.Second },
		"Time is -":  func(j *Job) { j.Time = -time.Minute },
		"Warning":    func(j *Job) { j.Warning = 1500 * time.Millisecond },
		"less than":  func(j *Job) { j.Time, j.Warning = time.Minute, time.Minute },
		"Timeouts":   func(j *Job) { j.Timeouts = -1 },
		"CPUs":       func(j *Job) { j.CPUs = -1 },
		"Memory":     func(j *Job) { j.Memory = "2 G" },
		"Throttle":   func(j *Job) { j.Throttle = -1 },
		"2 arrays":   func(j *Job) { j.Throttle = 1 },
	} {
		j := job()
		change(&j)
		_, err := j.scripts(10, 5, "/x")
		assert.ErrorContains(t, err, field)
	}
	for _, extra := range []string{
		"", "-N1", "exclusive", "--a b", "--nice\n#SBATCH --uid=0", "--array=0-100", "--arr=1", "--signal=USR2", "--sig=KILL",
		"--open-mode=truncate", "--wrap=rm", "--no-requeue", "--t=1", "--output=/dev/null",
	} {
		j := job()
		j.Extra = []string{extra}
		_, err := j.scripts(1, 5, "/x")
		assert.ErrorContains(t, err, "Extra", extra)
	}
	j := job()
	j.Extra = []string{"--time-min=10", "--exclude=a,b", "--nice"}
	_, err := j.scripts(1, 5, "/x")
	assert.NoError(t, err)
	for _, bad := range []struct {
		tasks, size int
		dir, want   string
	}{{0, 5, "/x", "0 tasks"}, {1, 0, "/x", "no job arrays"}, {1, 5, "x", "absolute"}, {1, 5, "/a\nb", "directory"}, {1, 5, `/a\b`, "directory"}} {
		_, err := job().scripts(bad.tasks, bad.size, bad.dir)
		assert.ErrorContains(t, err, bad.want)
	}
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{
		"HOME=/root", "SLURM_CONF=/x", "SLURM_RESTART_COUNT=2", "SLURM_ARRAY_TASK_ID=3", "SLURM_JOB_ID=4", "SQUEUE_FORMAT=%i",
		"SBATCH_SIGNAL=KILL@1", "SBATCH_TIMELIMIT=5", "SBATCH_ACCOUNT=mine", "SBATCH_PARTITION=low", "SBATCH_ARRAY_INX=0-9",
		"SBATCH_NO_REQUEUE=1",
	}, "#!/bin/sh\n#SBATCH --signal=\"B:USR1@9\"\n#SBATCH --time=\"1\"\n#SBATCH --partition=\"long\"\n#SBATCH --array=\"0-1\"\n#SBATCH --requeue\n")
	assert.Equal(t, []string{"HOME=/root", "SLURM_CONF=/x", "SBATCH_ACCOUNT=mine", "LC_ALL=C", "SLURM_TIME_FORMAT=standard"}, got)
}
