package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/trajens/trajens/tps/grid"
)

func showCommand[C any](program grid.Program[C]) command {
	c := command{name: "show", arguments: "ID", about: "show a run: its configuration, its result or error, who has it"}
	c.run = func(_ context.Context, args []string, stdout, stderr io.Writer) error {
		flags, dir := newFlags(c, program.Name, stderr)
		withLog := flags.Bool("log", false, "print the log of its last attempt instead")
		words, err := parse(flags, args, 1, 1)
		if err != nil {
			return err
		}
		g, err := openThere(*dir, program)
		if err != nil {
			return err
		}
		infos, err := g.List()
		if err != nil {
			return err
		}
		ids := make([]string, len(infos))
		for k, info := range infos {
			ids[k] = info.ID
		}
		found, err := resolve(ids, words)
		if err != nil {
			return err
		}
		info := infos[slices.Index(ids, found[0])]
		if *withLog {
			return copyFile(stdout, filepath.Join(info.Dir, info.Attempt, "log"))
		}
		return show(stdout, info)
	}
	return c
}

// show prints all that is known of a run.
func show(w io.Writer, info grid.Info) error {
	var text bytes.Buffer
	line := func(name string, value any) { fmt.Fprintf(&text, "%-14s %v\n", name, value) }
	line("id", info.ID)
	line("state", info.State)
	line("directory", info.Dir)
	if info.Attempts > 0 {
		line("attempts", fmt.Sprintf("%d, %s", info.Attempts, info.Attempt))
		line("started", info.Started.Format(time.DateTime))
	}
	if !info.Ended.IsZero() {
		line("ended", info.Ended.Format(time.DateTime))
	}
	line("seconds", fmt.Sprintf("%.3f", info.Seconds))
	line("progress", fmt.Sprintf("%.0f %% %s", 100*info.Done, info.Text))
	if info.Host != "" {
		line("worker", fmt.Sprintf("process %d on %s", info.Process, info.Host))
	}
	if info.Job != "" {
		line("job", info.Job)
	}
	if !info.Heartbeat.IsZero() {
		line("heartbeat", info.Heartbeat.Format(time.DateTime))
	}
	for _, part := range []struct {
		name string
		json []byte
	}{{"configuration", info.Config}, {"result", info.Result}} {
		if len(part.json) > 0 {
			fmt.Fprintf(&text, "%s\n", part.name)
			if err := json.Indent(&text, part.json, "", "  "); err != nil {
				return err
			}
			text.WriteByte('\n')
		}
	}
	if _, err := text.WriteTo(w); err != nil {
		return err
	}
	if info.State != grid.Failed {
		return nil
	}
	fmt.Fprintln(w, "error")
	if err := copyFile(w, filepath.Join(info.Dir, "error.txt")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := fmt.Fprintln(w, info.Error)
	return err
}

func copyFile(w io.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}
