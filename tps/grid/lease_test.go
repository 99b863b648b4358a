package grid

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func testOwner() holder {
	return WorkConfig{Lease: time.Minute}.owner()
}

// One of many gets the lease, and after it is given back the next one.
func TestLease(t *testing.T) {
	dir := t.TempDir()
	clock := &diskClock{dir: dir}
	first, err := acquire(dir, testOwner())
	require.NoError(t, err)
	_, err = acquire(dir, testOwner())
	require.ErrorIs(t, err, errHeld)
	require.NoError(t, first.heartbeat(0.5, "half"))
	h, beat, held, stale, err := judge(dir, clock)
	require.NoError(t, err)
	require.True(t, held)
	require.False(t, stale)
	require.Less(t, clock.now().Sub(beat), time.Second)
	require.Equal(t, 0.5, h.Done)
	require.Equal(t, "half", h.Text)
	require.Equal(t, 1, h.Beats)
	require.NoError(t, first.release())
	second, err := acquire(dir, testOwner())
	require.NoError(t, err)
	require.ErrorIs(t, first.heartbeat(0, ""), errLost)
	require.NoError(t, first.release(), "it is another's, and stays")
	require.NoError(t, second.heartbeat(0, ""))
	require.NoError(t, second.release())
	left, err := names(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// A lease is stale when its heartbeat is too old, by the clock of the disk.
func TestStaleLease(t *testing.T) {
	dir := t.TempDir()
	clock := &diskClock{dir: dir}
	l, err := acquire(dir, testOwner())
	require.NoError(t, err)
	for age, want := range map[time.Duration]bool{50 * time.Second: false, 70 * time.Second: true} {
		at := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(l.path(), at, at))
		_, _, held, stale, err := judge(dir, clock)
		require.NoError(t, err)
		require.True(t, held)
		require.Equal(t, want, stale)
	}
	require.NoError(t, l.heartbeat(0, ""), "nobody has broken it")
	_, _, _, stale, err := judge(dir, clock)
	require.NoError(t, err)
	require.False(t, stale, "the heartbeat counts")

	// A worker that has judged an old lease, and is late, does not take the new one.
	ours, err := takeAway(dir, "an older token")
	require.NoError(t, err)
	require.False(t, ours)
	require.NoError(t, l.heartbeat(0, ""), "it was put back")
	ours, err = takeAway(dir, l.owner.Token)
	require.NoError(t, err)
	require.True(t, ours)
	require.ErrorIs(t, l.heartbeat(0, ""), errLost)
}

// The clock of the disk may be another than this machine's.
func TestDiskClock(t *testing.T) {
	clock := &diskClock{dir: t.TempDir()}
	require.InDelta(t, 0, time.Until(clock.now()).Seconds(), 1)
	clock.ahead = time.Hour
	require.InDelta(t, 3600, time.Until(clock.now()).Seconds(), 1)
	missing := &diskClock{dir: filepath.Join(t.TempDir(), "missing")}
	require.InDelta(t, 0, time.Until(missing.now()).Seconds(), 1)
}

// The lease of a process that has ended on this machine is stale at once, and one of
// another machine is not.
func TestEndedProcess(t *testing.T) {
	if machine() == "" {
		t.Skip("it is not known here which processes there are")
	}
	clock := &diskClock{dir: t.TempDir()}
	for _, c := range []struct {
		change func(h *holder)
		stale  bool
	}{
		{func(*holder) {}, false},
		{func(h *holder) { h.Process = 1 << 30 }, true},
		{func(h *holder) { h.Start = "1" }, true}, // the number was used again
		{func(h *holder) { h.Process, h.Machine = 1<<30, "another" }, false},
		{func(h *holder) { h.Process, h.Machine = 1<<30, "" }, false},
	} {
		dir := t.TempDir()
		owner := testOwner()
		c.change(&owner)
		_, err := acquire(dir, owner)
		require.NoError(t, err)
		_, _, held, stale, err := judge(dir, clock)
		require.NoError(t, err)
		require.True(t, held)
		require.Equal(t, c.stale, stale)
	}
}

// A heartbeat needs no room on the disk: the file keeps its size.
func TestLeaseKeepsItsSize(t *testing.T) {
	dir := t.TempDir()
	l, err := acquire(dir, testOwner())
	require.NoError(t, err)
	for _, text := range []string{"", "loss 0.4", string(make([]byte, 3000))} {
		require.NoError(t, l.heartbeat(1.0/3, text))
		info, err := os.Stat(l.path())
		require.NoError(t, err)
		require.EqualValues(t, holderSize, info.Size())
		_, err = readHolderFile(l.path())
		require.NoError(t, err)
	}
}
