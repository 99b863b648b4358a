package digits

import (
	"context"
	"fmt"
	"io"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/examples/internal/cli"
)

// download fetches files into dir, or into the user's cache directory, and says
// on stderr how far it is.
func download(ctx context.Context, fetch func(context.Context, string, data.DownloadConfig) error, dir string, stderr io.Writer) error {
	progress := cli.NewProgress(stderr, 1)
	defer progress.End()
	return fetch(ctx, dir, data.DownloadConfig{Progress: show(progress)})
}

// show returns a callback that leaves a line for each attempt to fetch a file.
func show(progress *cli.Progress) func(file string, done, total int64) {
	return func(file string, done, total int64) {
		if done == 0 {
			progress.End()
		}
		progress.Show(0, fmt.Sprintf("%s %3d %%", file, 100*done/max(total, 1)), fmt.Sprintf("%.1f MB", float64(total)/1e6))
	}
}
