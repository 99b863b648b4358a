package grid

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A holder is the file lease: who has a run. It has one size, so that a heartbeat
// needs no room on the disk.
type holder struct {
	Token   string        `json:"token"`
	Host    string        `json:"host"`
	Process int           `json:"process"`
	Machine string        `json:"machine,omitempty"` // what the process is of
	Start   string        `json:"start,omitempty"`   // when the process began
	Job     string        `json:"job,omitempty"`
	Lease   time.Duration `json:"lease"` // how long it lasts without a heartbeat
	Beats   int           `json:"beats"`
	Done    float64       `json:"done"`
	Text    string        `json:"text,omitempty"`
}

const holderSize = 1024

func (h holder) bytes() []byte {
	text, err := json.Marshal(h)
	if err != nil || len(text) >= holderSize {
		h.Text, h.Job = "", ""
		text, _ = json.Marshal(h) // numbers and short texts
	}
	text = append(text, bytes.Repeat([]byte(" "), max(0, holderSize-1-len(text)))...)
	return append(text, '\n')
}

var (
	errHeld = errors.New("grid: another worker has the run")
	// errLost is the cause of the end of a run whose lease somebody has broken.
	errLost = errors.New("grid: another worker has taken the run: this one was stopped for longer than its lease")
)

// A lease is a run's, while this process has it.
type lease struct {
	dir   string
	owner holder

	mu   sync.Mutex
	beat time.Time // the last that was written
}

// acquire takes a run, or returns errHeld.
func acquire(dir string, owner holder) (*lease, error) {
	owner.Token = token()
	l := &lease{dir: dir, owner: owner, beat: time.Now()}
	temporary, err := create(dir, leaseFile, owner.bytes(), false)
	if err != nil {
		return nil, err
	}
	err = link(temporary, l.path())
	removed := os.Remove(temporary)
	switch {
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist): // swept by who has it
		return nil, errHeld
	case err != nil:
		return nil, err
	case removed != nil && !errors.Is(removed, fs.ErrNotExist):
		return nil, errors.Join(removed, l.release())
	}
	return l, nil
}

func (l *lease) path() string { return filepath.Join(l.dir, leaseFile) }

// heartbeat writes one, and is errLost if the lease is another's. Whoever breaks it
// while this writes has renamed the file before, and made one of his own.
func (l *lease) heartbeat(done float64, text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	file, err := os.OpenFile(l.path(), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return errLost
	}
	if err != nil {
		return l.failed(now, err)
	}
	held, err := readHolder(file)
	if err == nil && held.Token != l.owner.Token {
		file.Close()
		return errLost
	}
	l.owner.Beats++
	l.owner.Done, l.owner.Text = done, text
	_, err = file.WriteAt(l.owner.bytes(), 0)
	if err = errors.Join(err, file.Close()); err != nil {
		return l.failed(now, err)
	}
	l.beat = now
	return nil
}

// failed returns errLost if there was no heartbeat for so long that others break the
// lease, and else the error.
func (l *lease) failed(now time.Time, err error) error {
	if now.Sub(l.beat) > l.owner.Lease {
		return errors.Join(errLost, err)
	}
	return err
}

// due tells whether it is time for a heartbeat.
func (l *lease) due() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.beat) >= l.owner.Lease/4
}

// release gives the run back, if it is still this worker's.
func (l *lease) release() error {
	_, err := takeAway(l.dir, l.owner.Token)
	return err
}

// takeAway removes the lease with a token, and tells whether it was there. Between a
// look at a lease and its removal it may become another's, so it is renamed first, and
// put back if it is.
func takeAway(dir, owned string) (bool, error) {
	path, gone := filepath.Join(dir, leaseFile), filepath.Join(dir, "."+leaseFile+"-"+token()+".gone")
	if err := os.Rename(path, gone); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	held, err := readHolderFile(gone)
	ours := err != nil || held.Token == owned
	if !ours {
		if err := link(gone, path); err != nil && !errors.Is(err, fs.ErrExist) {
			return false, err
		}
	}
	return ours, os.Remove(gone)
}

func readHolderFile(path string) (holder, error) {
	file, err := os.Open(path)
	if err != nil {
		return holder{}, err
	}
	defer file.Close()
	return readHolder(file)
}

func readHolder(file *os.File) (h holder, err error) {
	var text [holderSize]byte
	n, err := file.ReadAt(text[:], 0)
	if err != nil && err != io.EOF {
		return h, err
	}
	return h, json.Unmarshal(text[:n], &h)
}

// judge returns who has the run in a directory, and since when there was no
// heartbeat. taken is false if nobody has it. An unreadable lease is nobody's of a
// default time.
func judge(dir string, clock *diskClock) (h holder, beat time.Time, taken, stale bool, err error) {
	file, err := os.Open(filepath.Join(dir, leaseFile)) // NFS looks at the server here
	if errors.Is(err, fs.ErrNotExist) {
		return holder{}, time.Time{}, false, false, nil
	}
	if err != nil {
		return holder{}, time.Time{}, false, false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return holder{}, time.Time{}, false, false, err
	}
	h, err = readHolder(file)
	if err != nil { // perhaps in the middle of a heartbeat
		h, err = readHolder(file)
	}
	if err != nil || h.Lease <= 0 {
		h = holder{Token: h.Token, Lease: defaultLease}
	}
	ended := h.Machine != "" && h.Machine == machine() && processStart(h.Process) != h.Start
	return h, info.ModTime(), true, ended || clock.now().Sub(info.ModTime()) > h.Lease, nil
}

// A diskClock tells the time of the file system, which may be another machine's.
type diskClock struct {
	dir string

	mu     sync.Mutex
	looked time.Time
	ahead  time.Duration
}

func (c *diskClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); c.looked.IsZero() || now.Sub(c.looked) > time.Minute {
		c.looked, c.ahead = now, 0 // where nothing can be written, the own clock must do
		if path, err := create(c.dir, "clock", []byte("\n"), false); err == nil {
			if info, err := os.Lstat(path); err == nil {
				c.ahead = info.ModTime().Sub(now.Round(0))
			}
			os.Remove(path)
		}
	}
	return time.Now().Round(0).Add(c.ahead)
}
