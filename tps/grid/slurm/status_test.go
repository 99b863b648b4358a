package slurm

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shown is what scontrol of Slurm 22.05 shows of a task that is preempted with
// some time to end; its name was made to mislead.
const shown = `JobId=2 ArrayJobId=1 ArrayTaskId=0 JobName=x JobState=FAILED Restarts=9 TimeLimit=1 PreemptTime=None
   UserId=root(0) GroupId=root(0) MCS_label=N/A
   Priority=4294901759 Nice=0 Account=(null) QOS=(null)
   JobState=RUNNING Reason=None Dependency=(null)
   Requeue=1 Restarts=2 BatchFlag=1 Reboot=0 ExitCode=0:0
   RunTime=00:00:02 TimeLimit=1-00:30:00 TimeMin=N/A
   SubmitTime=2026-11-29T22:03:35 EligibleTime=2026-11-29T22:03:37
   AccrueTime=2026-11-29T22:03:37
   StartTime=2026-11-29T22:10:13 EndTime=2026-11-29T22:10:35 Deadline=N/A
   PreemptEligibleTime=2026-11-29T22:10:13 PreemptTime=2026-11-29T22:10:15
   SuspendTime=None SecsPreSuspend=0 LastSchedEval=2026-11-29T22:03:37 Scheduler=Main
   Partition=low AllocNode:Sid=localhost:10015
   Command=/data/x JobState=FAILED
   WorkDir=/data
   Power=

`

func TestParseStatus(t *testing.T) {
	s, err := parseStatus(shown)
	require.NoError(t, err)
	assert.Equal(t, status{State: "RUNNING", Restarts: 2, Ran: 2 * time.Second, Limit: 24*time.Hour + 30*time.Minute, Preempted: true}, s)

	s, err = parseStatus(strings.Replace(shown, "PreemptTime=2026-11-29T22:10:15", "PreemptTime=None", 1))
	require.NoError(t, err)
	assert.False(t, s.Preempted)
	s, err = parseStatus(strings.Replace(shown, "   PreemptEligibleTime=2026-11-29T22:10:13 PreemptTime=2026-11-29T22:10:15\n", "", 1))
	require.NoError(t, err)
	assert.False(t, s.Preempted)
	s, err = parseStatus(strings.Replace(shown, "TimeLimit=1-00:30:00", "TimeLimit=UNLIMITED", 1))
	require.NoError(t, err)
	assert.EqualValues(t, math.MaxInt64, s.Limit)

	for _, bad := range []string{
		"", "slurm_load_jobs error: Invalid job id specified\n", shown + shown,
		strings.Replace(shown, "Restarts=2", "Restarts=two", 1), strings.Replace(shown, "RunTime=00:00:02", "RunTime=2", 1),
		strings.Replace(shown, "TimeLimit=1-00:30:00", "TimeLimit=INVALID", 1),
	} {
		_, err := parseStatus(bad)
		assert.Error(t, err, bad)
	}
}

func TestParseQueueAndConfig(t *testing.T) {
	q, err := parseQueue("0|RUNNING|/data/a b|c.sh\nN/A|PENDING|/data/other.sh\n3|PENDING|/data/a b|c.sh\n")
	require.NoError(t, err)
	assert.Equal(t, map[place]string{{"/data/a b|c.sh", 0}: "RUNNING", {"/data/a b|c.sh", 3}: "PENDING"}, q.states)
	_, err = parseQueue("what\n")
	assert.Error(t, err)

	size, err := parseMaxArraySize("Configuration data as of 2026-11-29T22:03:35\nMailProg = /bin/mail\nMaxArraySize            = 1001\nMaxBatchRequeue         = 5\n")
	require.NoError(t, err)
	assert.Equal(t, 1001, size)
	_, err = parseMaxArraySize("MaxArraySizeOf = 3\n")
	assert.Error(t, err)
}

// What Slurm 22.05 says of tasks that got a signal, each as seen on a cluster.
func TestJudge(t *testing.T) {
	const limit = 30 * time.Minute
	for name, c := range map[string]struct {
		now      status
		restarts int
		ago      time.Duration
		want     reason
	}{
		"requeued by Slurm":           {status{"COMPLETING", 1, 0, limit, false}, 0, 0, alreadyRequeued},
		"requeued by Slurm again":     {status{"COMPLETING", 3, 0, limit, false}, 2, 0, alreadyRequeued},
		"time to end":                 {status{"RUNNING", 0, 2 * time.Second, limit, true}, 0, 0, preempted},
		"preempted by cancellation":   {status{"COMPLETING", 0, 4 * time.Second, limit, true}, 0, 0, preempted},
		"warning":                     {status{"RUNNING", 0, 28 * time.Minute, limit, false}, 0, 0, outOfTime},
		"early warning":               {status{"RUNNING", 0, 27 * time.Minute, limit, false}, 0, 0, outOfTime},
		"warning and long saving":     {status{"RUNNING", 0, 29 * time.Minute, limit, false}, 0, 90 * time.Second, outOfTime},
		"signal, and then long":       {status{"RUNNING", 0, 29 * time.Minute, limit, false}, 0, 10 * time.Minute, preempted},
		"limit":                       {status{"COMPLETING", 1, 30*time.Minute + 14*time.Second, limit, false}, 1, 0, outOfTime},
		"warned, then canceled":       {status{"COMPLETING", 0, 29 * time.Minute, limit, false}, 0, time.Minute, canceled},
		"canceled":                    {status{"COMPLETING", 0, time.Second, limit, false}, 0, 0, canceled},
		"canceled, and nearly gone":   {status{"CANCELLED", 0, time.Second, limit, false}, 0, 0, canceled},
		"canceled after a restart":    {status{"COMPLETING", 2, time.Second, limit, false}, 2, 0, canceled},
		"canceled without a limit":    {status{"COMPLETING", 0, time.Hour, math.MaxInt64, false}, 0, 0, canceled},
		"signaled by somebody":        {status{"RUNNING", 0, time.Minute, limit, false}, 0, 0, preempted},
		"signaled without a limit":    {status{"RUNNING", 0, 100 * time.Hour, math.MaxInt64, false}, 0, 0, preempted},
		"signaled, Slurm says so":     {status{"SIGNALING", 0, time.Minute, limit, false}, 0, 0, preempted},
		"requeued, and held":          {status{"REQUEUE_HOLD", 0, time.Minute, limit, false}, 0, 0, alreadyRequeued},
		"requeued after the warning":  {status{"PENDING", 1, 0, limit, false}, 0, time.Minute, alreadyRequeued},
		"preempted at the time limit": {status{"COMPLETING", 1, 0, limit, false}, 0, 20 * time.Second, alreadyRequeued},
	} {
		assert.Equal(t, c.want, judge(c.now, c.restarts, c.ago, 2*time.Minute), name)
	}
}
