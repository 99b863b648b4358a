// Package progress shows how far something is, on a terminal or in a log.
package progress

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

// The least times between two looks of the same row.
const (
	lineInterval = 5 * time.Second        // where lines stay, as in a log
	drawInterval = 100 * time.Millisecond // on a terminal
)

// A Progress shows how far a run is, in rows: one for each chain, say. On a
// terminal it rewrites its rows, each as long as the terminal is wide at most;
// elsewhere each row is a new line every few seconds. It may be used by several
// goroutines at once.
type Progress struct {
	mu   sync.Mutex
	w    io.Writer
	size func() (columns, lines int) // of the terminal; nil: it is none
	rows []progressRow
	up   int // rows on the terminal above that of the cursor
	open bool
	last time.Time // when the terminal was drawn
}

type progressRow struct {
	fields []string
	shown  time.Time
	stale  bool // fields have not been shown yet
}

// New returns a Progress of a number of rows that are written to w.
func New(w io.Writer, rows int) *Progress {
	p := &Progress{w: w, rows: make([]progressRow, rows)}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.size = func() (columns, lines int) {
			columns, lines, err := term.GetSize(int(file.Fd()))
			if err != nil || columns < 1 {
				columns = 80
			}
			if err != nil || lines < 1 {
				lines = 24
			}
			return columns, lines
		}
	}
	return p
}

// Show gives a row new content: fields, the most important ones first. A
// terminal shows as many of them as it has room for.
func (p *Progress) Show(row int, fields ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, now := &p.rows[row], time.Now()
	r.fields, r.stale = fields, true
	switch {
	case p.size != nil && now.Sub(p.last) >= drawInterval:
		p.draw()
		p.last = now
	case p.size == nil && now.Sub(r.shown) >= lineInterval:
		p.print(r)
		r.shown = now
	}
}

// End shows what is still to be shown and leaves the rows as they are, so that
// something else can be written.
func (p *Progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.size != nil {
		p.draw()
		if p.open {
			fmt.Fprintln(p.w)
		}
		p.up, p.open, p.last = 0, false, time.Time{}
	}
	for i := range p.rows {
		if p.size == nil && p.rows[i].stale {
			p.print(&p.rows[i])
		}
		p.rows[i] = progressRow{shown: p.rows[i].shown}
	}
}

func (p *Progress) print(r *progressRow) {
	fmt.Fprintln(p.w, strings.Join(r.fields, ", "))
	r.stale = false
}

// draw rewrites the rows that have content, as many as the terminal has lines
// for.
func (p *Progress) draw() {
	columns, lines := p.size()
	var text strings.Builder
	text.WriteString("\r")
	if p.up > 0 {
		fmt.Fprintf(&text, "\x1b[%dA", p.up)
	}
	n := 0
	for _, r := range p.rows {
		if r.fields == nil || n == lines-1 {
			continue
		}
		if n > 0 {
			text.WriteString("\n")
		}
		text.WriteString(fit(r.fields, columns-1)) // the last column would move the cursor on
		text.WriteString("\x1b[K")
		n++
	}
	if n > 0 {
		io.WriteString(p.w, text.String())
		p.up, p.open = n-1, true
	}
}

// fit joins as many fields as there are columns for, the first one cut if need
// be.
func fit(fields []string, columns int) string {
	text := fields[0]
	if runes := []rune(text); len(runes) > columns {
		return string(runes[:max(columns, 0)])
	}
	for _, field := range fields[1:] {
		longer := text + ", " + field
		if utf8.RuneCountInString(longer) > columns {
			break
		}
		text = longer
	}
	return text
}

// Done says in fields how far a run is that has done a share of what it was
// asked for in a number of seconds, and how much time is left. Of a run that has
// no end, whose share is 0, it says how long it has taken.
func Done(share, seconds float64) []string {
	if share == 0 {
		return []string{Duration(seconds)}
	}
	share = min(share, 1)
	return []string{fmt.Sprintf("%.0f %%", math.Floor(100*share)), Duration(seconds*(1/share-1)) + " left"}
}

// Duration is a time in whole seconds, or minutes from an hour on.
func Duration(seconds float64) string {
	d := time.Duration(min(seconds, math.MaxInt32) * float64(time.Second))
	if d >= time.Hour {
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return d.Round(time.Second).String()
}
