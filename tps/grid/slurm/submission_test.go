package slurm

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSplit(t *testing.T) {
	for runs := 0; runs < 20; runs++ {
		ids := strings.Split("abcdefghijklmnopqrstuvwxyz", "")[:runs]
		for each := 1; each < 8; each++ {
			tasks, err := Split(ids, each)
			require.NoError(t, err)
			assert.Len(t, tasks, (runs+each-1)/each)
			var all []string
			for _, task := range tasks {
				assert.NotEmpty(t, task)
				assert.LessOrEqual(t, len(task), each)
				all = append(all, task...)
			}
			assert.Equal(t, strings.Join(ids, ""), strings.Join(all, ""))
		}
	}
	_, err := Split(nil, 0)
	assert.Error(t, err)
}

func TestSubmissionIsReadAgain(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "made", "here")
	all, err := ReadAll(parent)
	require.NoError(t, err)
	assert.Empty(t, all)

	j := job()
	j.Warning, j.Timeouts = time.Minute, 3
	tasks := [][]string{{"a", "b"}, {"c"}, {"d"}, {"e"}, {"f"}}
	first, err := Create(parent, j, tasks, 3)
	require.NoError(t, err)
	second, err := Create(parent, job(), tasks[:1], 3)
	require.NoError(t, err)
	assert.NotEqual(t, first.Dir, second.Dir)
	require.Len(t, first.Arrays, 2)
	text, err := os.ReadFile(first.Arrays[1].Script)
	require.NoError(t, err)
	assert.Contains(t, string(text), "'-submission' '"+first.Dir+"' -index \"$((SLURM_ARRAY_TASK_ID + 2))\"")

	// A directory that a kill has left without its last file is none.
	require.NoError(t, os.Mkdir(filepath.Join(parent, "0"), 0o777))
	all, err = ReadAll(parent)
	require.NoError(t, err)
	assert.Equal(t, []*Submission{first, second}, all)
	assert.Equal(t, time.Minute, all[0].Warning)
	assert.Equal(t, 3, all[0].Timeouts)
	assert.Equal(t, DefaultTimeouts, all[1].Timeouts)

	runs, err := all[0].Runs(2)
	require.NoError(t, err)
	assert.Equal(t, []string{"d"}, runs)
	for _, task := range []int{-1, 5} {
		_, err := all[0].Runs(task)
		assert.Error(t, err)
	}

	queue := Queue{map[place]string{{first.Arrays[1].Script, 0}: "PENDING", {first.Arrays[0].Script, 0}: "RUNNING", {"/other", 1}: "RUNNING"}}
	assert.Equal(t, []string{"a", "b", "d"}, first.Queued(queue))
	assert.Empty(t, second.Queued(queue))

	// Damage is told.
	for name, content := range map[string]string{
		contentFile: `{"warning": "2m"`,
		arraysFile:  `[{"script": "/x", "first": 0, "tasks": 2}]`,
	} {
		path := filepath.Join(first.Dir, name)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
		_, err = Read(first.Dir)
		assert.ErrorContains(t, err, name)
		require.NoError(t, os.WriteFile(path, whole, 0o666))
	}
}

// A job that cannot be leaves nothing behind.
func TestCreateChecksFirst(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "new")
	j := job()
	j.Name = "a\nb"
	_, err := Create(parent, j, [][]string{{"a"}}, 5)
	assert.ErrorContains(t, err, "Name")
	assert.NoDirExists(t, parent)
}

func TestSubmitWithoutSlurm(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	s, err := Create(t.TempDir(), job(), [][]string{{"a"}}, 5)
	require.NoError(t, err)
	assert.ErrorContains(t, s.Submit(context.Background()), "sbatch is not there")
	_, err = MaxArraySize(context.Background())
	assert.ErrorContains(t, err, "scontrol is not there")
}

func TestWorkOutsideOfSlurm(t *testing.T) {
	t.Setenv("SLURM_ARRAY_JOB_ID", "")
	t.Setenv("SLURM_ARRAY_TASK_ID", "")
	s, err := Create(t.TempDir(), job(), [][]string{{"a"}, {"b", "c"}}, 5)
	require.NoError(t, err)
	problem := errors.New("no luck")
	outcome, err := s.Work(context.Background(), 1, t.Output(), func(ctx context.Context, runs []string) (int, error) {
		assert.Equal(t, []string{"b", "c"}, runs)
		return 1, problem
	})
	assert.Equal(t, Finished, outcome)
	assert.ErrorIs(t, err, problem)

	// The task of an array must be the one that the script was made for.
	t.Setenv("SLURM_ARRAY_JOB_ID", "12")
	t.Setenv("SLURM_ARRAY_TASK_ID", "3")
	_, err = s.Work(context.Background(), 1, t.Output(), func(context.Context, []string) (int, error) { panic("not called") })
	assert.ErrorContains(t, err, "task 3 of array 12")
}

func TestCurrentTask(t *testing.T) {
	env := func(array, index, restarts string) func(string) string {
		values := map[string]string{"SLURM_ARRAY_JOB_ID": array, "SLURM_ARRAY_TASK_ID": index, "SLURM_RESTART_COUNT": restarts}
		return func(name string) string { return values[name] }
	}
	task, ok, err := currentTask(env("12", "3", ""))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, arrayTask{"12", 3, 0}, task)
	assert.Equal(t, "12_3", task.String())
	task, _, err = currentTask(env("12", "0", "4"))
	require.NoError(t, err)
	assert.Equal(t, 4, task.Restarts)
	_, ok, err = currentTask(env("", "", ""))
	require.NoError(t, err)
	assert.False(t, ok)
	for _, bad := range []func(string) string{env("x", "1", ""), env("", "1", ""), env("1", "", ""), env("1", "-1", ""), env("1", "1", "x")} {
		_, _, err := currentTask(bad)
		assert.Error(t, err)
	}
}

func TestWithout(t *testing.T) {
	cause, other := errors.New("signal"), errors.New("disk")
	assert.NoError(t, without(nil, cause))
	assert.NoError(t, without(cause, cause))
	assert.NoError(t, without(errors.Join(cause, context.Canceled), cause))
	assert.Equal(t, "disk", without(errors.Join(cause, other), cause).Error())
}
