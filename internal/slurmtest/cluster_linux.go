package slurmtest

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A Cluster is a Slurm cluster of one node with 64 processors, as many as jobs
// of tests need, whatever the machine has. It has the partitions
//
//	low     the default; its tasks are requeued if urgent ones need their place
//	grace   like low, but its tasks get 20 s to end first
//	cancel  like low, but its tasks are canceled
//	steady  its tasks keep their place
//	urgent  takes the place of those in low, grace and cancel
//
// Jobs with --signal get that signal, too, when they are preempted. A job
// array has at most MaxArraySize tasks, and a task that is ended is killed
// KillWait after SIGTERM.
type Cluster struct {
	dir string
	t   testing.TB
}

// Processors is how many the node has.
const Processors = 64

// MaxArraySize is how many tasks an array may have.
const MaxArraySize = 5

// KillWait is how long Slurm waits between SIGTERM and SIGKILL.
const KillWait = 10 * time.Second

// Start starts a cluster that ends with the test, and makes it the one that
// commands of Slurm in this process speak to. It skips the test if Slurm is not
// installed.
func Start(t testing.TB) *Cluster {
	t.Helper()
	paths := map[string]string{}
	for _, name := range []string{"munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "scancel"} {
		path, err := find(name)
		if err != nil {
			t.Skipf("there is no %s; Slurm comes with: apt-get install slurm-wlm munge", name)
		}
		paths[name] = path
	}
	// Not t.TempDir, whose path may be too long for a socket.
	dir, err := os.MkdirTemp("", "slurm")
	must(t, err)
	c := &Cluster{dir: dir, t: t}
	t.Cleanup(func() {
		if t.Failed() {
			c.logLogs()
		}
		os.RemoveAll(dir)
	})
	must(t, os.Chmod(dir, 0o755)) // or munge refuses it
	for _, name := range []string{"state", "spool"} {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	key := make([]byte, 128)
	rand.Read(key)
	must(t, os.WriteFile(c.path("munge.key"), key, 0o600))
	must(t, os.WriteFile(c.path("slurm.conf"), c.config(), 0o644))
	t.Setenv("SLURM_CONF", c.path("slurm.conf"))

	c.daemon(paths["munged"], "--foreground", "--force", "--key-file="+c.path("munge.key"), "--socket="+c.path("munge.socket"),
		"--pid-file="+c.path("munge.pid"), "--log-file="+c.path("munge.log"), "--seed-file="+c.path("munge.seed"))
	c.waitFor("munge's socket", 10*time.Second, func() bool {
		_, err := os.Stat(c.path("munge.socket"))
		return err == nil
	})
	c.daemon(paths["slurmctld"], "-D", "-f", c.path("slurm.conf"))
	c.daemon(paths["slurmd"], "-D", "-f", c.path("slurm.conf"), "-N", nodeName)
	c.waitFor("the node", 60*time.Second, func() bool {
		out, err := exec.Command("sinfo", "--noheader", "--partition=low", "--format=%T").Output()
		return err == nil && strings.TrimSpace(string(out)) == "idle"
	})
	t.Cleanup(func() {
		exec.Command("scancel", "--me").Run()
		exec.Command("scancel", "--me", "--signal=KILL", "--full").Run()
		deadline := time.Now().Add(2 * KillWait)
		for time.Now().Before(deadline) {
			if out, err := exec.Command("squeue", "--noheader", "--me").Output(); err != nil || len(bytes.TrimSpace(out)) == 0 {
				return
			}
			time.Sleep(200 * time.Millisecond)
		}
	})
	return c
}

// For returns the cluster for a subtest, which fails instead of the test.
func (c *Cluster) For(t testing.TB) *Cluster { return &Cluster{dir: c.dir, t: t} }

// nodeName is not the name of the machine, which need not be one that resolves.
const nodeName = "node"

func (c *Cluster) path(name string) string { return filepath.Join(c.dir, name) }

// find looks where daemons are, too, which is not in every user's PATH.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", name))
}

func (c *Cluster) config() []byte {
	host, err := os.Hostname()
	must(c.t, err)
	host, _, _ = strings.Cut(host, ".")
	me, err := user.Current()
	must(c.t, err)
	ports := freePorts(c.t, 2)
	var b bytes.Buffer
	fmt.Fprintf(&b, `ClusterName=test
SlurmctldHost=%s(127.0.0.1)
SlurmUser=%s
SlurmdUser=%[2]s
SlurmctldPort=%d
SlurmdPort=%d
AuthType=auth/munge
AuthInfo=socket=%[5]s/munge.socket
CredType=cred/munge
StateSaveLocation=%[5]s/state
SlurmdSpoolDir=%[5]s/spool
SlurmctldPidFile=%[5]s/slurmctld.pid
SlurmdPidFile=%[5]s/slurmd.pid
SlurmctldLogFile=%[5]s/slurmctld.log
SlurmdLogFile=%[5]s/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SlurmctldParameters=preempt_send_user_signal
SchedulerParameters=sched_interval=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
MaxArraySize=%d
KillWait=%d
ReturnToService=2
NodeName=%s NodeHostname=%[1]s NodeAddr=127.0.0.1 CPUs=%[9]d RealMemory=1000 State=UNKNOWN
PartitionName=DEFAULT Nodes=%[8]s MaxTime=60
PartitionName=low Default=YES PriorityTier=1 PreemptMode=REQUEUE
PartitionName=grace PriorityTier=1 PreemptMode=REQUEUE GraceTime=20
PartitionName=cancel PriorityTier=1 PreemptMode=CANCEL
PartitionName=steady PriorityTier=10 PreemptMode=OFF
PartitionName=urgent PriorityTier=10 PreemptMode=OFF
`, host, me.Username, ports[0], ports[1], c.dir, MaxArraySize, int(KillWait/time.Second), nodeName, Processors)
	return b.Bytes()
}

// freePorts returns ports that nobody uses now.
func freePorts(t testing.TB, count int) []int {
	var ports []int
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer listener.Close()
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// daemon starts a program that ends with the test, or if the test is killed.
func (c *Cluster) daemon(path string, arguments ...string) {
	c.t.Helper()
	command := exec.Command(path, arguments...)
	output, err := os.Create(c.path(filepath.Base(path) + ".out"))
	must(c.t, err)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// Pdeathsig comes with the end of the thread that started the process.
		runtime.LockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			command.Wait()
		}
		output.Close()
		close(ended)
	}()
	must(c.t, <-started)
	stop := sync.OnceFunc(func() {
		command.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			command.Process.Kill()
			<-ended
		}
	})
	c.t.Cleanup(stop)
}

// Run runs a command of Slurm and returns what it writes, without spaces around
// it. The test fails if the command does.
func (c *Cluster) Run(name string, arguments ...string) string {
	c.t.Helper()
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("%s %s: %v: %s", name, strings.Join(arguments, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// State returns the state of a task, ARRAYJOB_TASK, in one word of squeue's.
func (c *Cluster) State(task string) string {
	c.t.Helper()
	return c.Run("squeue", "--noheader", "--array", "--states=all", "--jobs="+task, "--format=%T")
}

// Restarts returns how often Slurm has requeued a task.
func (c *Cluster) Restarts(task string) string {
	c.t.Helper()
	_, rest, _ := strings.Cut(c.Run("scontrol", "show", "job", task), " Restarts=")
	restarts, _, _ := strings.Cut(rest, " ")
	return restarts
}

// Urge submits a job that takes a number of processors for a second, from
// jobs of less priority if need be.
func (c *Cluster) Urge(processors int) {
	c.t.Helper()
	c.Run("sbatch", "--parsable", "--partition=urgent", "--nodes=1", fmt.Sprintf("--ntasks=%d", processors), "--time=5",
		"--output=/dev/null", "--wrap=sleep 1")
}

// StartNow makes a requeued task start in some seconds, where Slurm waits for two
// minutes. It waits until the task is in the queue again, and until it has left it.
// A start in the second of the requeueing itself fails: the node takes its credential
// for the revoked one.
func (c *Cluster) StartNow(task string) {
	c.t.Helper()
	c.WaitState(task, "PENDING")
	c.Run("scontrol", "update", "JobId="+task, "StartTime=now+3")
	c.waitFor("the start of task "+task, 2*time.Minute, func() bool { return c.State(task) != "PENDING" })
}

// WaitState waits until a task has a state.
func (c *Cluster) WaitState(task, state string) {
	c.t.Helper()
	c.waitFor(fmt.Sprintf("the state %s of task %s", state, task), 2*time.Minute, func() bool { return c.State(task) == state })
}

// waitFor waits until a condition holds; the test fails if it takes too long.
func (c *Cluster) waitFor(what string, limit time.Duration, condition func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(limit); !condition(); time.Sleep(500 * time.Millisecond) {
		if time.Now().After(deadline) {
			queue, _ := exec.Command("squeue", "--array", "--states=all").CombinedOutput()
			c.t.Fatalf("%s did not come within %v; the queue:\n%s", what, limit, queue)
		}
	}
}

// logLogs shows the ends of what the daemons have written.
func (c *Cluster) logLogs() {
	for _, name := range []string{"munged.out", "slurmctld.out", "slurmd.out", "slurmctld.log", "slurmd.log"} {
		text, _ := os.ReadFile(c.path(name))
		c.t.Logf("%s:\n%s", name, text[max(0, len(text)-2000):])
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
