package main

import (
	"context"
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
)

// download fetches MNIST into dir, or into the user's cache directory.
func download(ctx context.Context, dir string, stderr io.Writer) error {
	return data.DownloadMNIST(ctx, dir, data.DownloadConfig{Progress: downloadProgress(stderr, cli.IsTerminal(stderr))})
}

// downloadProgress returns a callback that shows a bar for each file, or, as
// bars make no good log, a line for each attempt to fetch one.
func downloadProgress(w io.Writer, terminal bool) func(file string, done, total int64) {
	var bar *progressbar.ProgressBar
	return func(file string, done, total int64) {
		if done == 0 {
			if !terminal {
				fmt.Fprintf(w, "Fetching %s (%d bytes).\n", file, total)
				return
			}
			if bar != nil && !bar.IsFinished() {
				fmt.Fprintln(w) // the mirror failed: leave its bar as it was
			}
			bar = progressbar.NewOptions64(total,
				progressbar.OptionSetWriter(w),
				progressbar.OptionSetDescription(fmt.Sprintf("%-26s", file)),
				progressbar.OptionShowBytes(true),
				progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }),
			)
		}
		if terminal {
			bar.Set64(done) // the only errors are of writing to w, a terminal
		}
	}
}
