package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgressOnATerminal(t *testing.T) {
	var terminal bytes.Buffer
	p := &progress{w: &terminal, terminal: true}
	p.end()
	require.Empty(t, terminal.String(), "there is no line to end")
	p.show("a long line")
	p.show("a line")
	p.end()
	lines := bytes.Split(terminal.Bytes(), []byte("\r"))
	require.Len(t, lines, 3)
	require.Equal(t, len(lines[1]), len(lines[2])-len("\n"), "the second line covers the first")
	require.Equal(t, 1, bytes.Count(terminal.Bytes(), []byte("\n")))
}

func TestProgressInALog(t *testing.T) {
	var log bytes.Buffer
	p := newProgress(&log)
	p.show("first")
	p.show("too soon")
	p.shown = p.shown.Add(-plainInterval - time.Millisecond)
	p.show("second")
	p.end()
	require.Equal(t, "first\nsecond\n", log.String())
}
