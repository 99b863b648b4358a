package data

import (
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/trajens/trajens/internal/atomicfile"
)

// DownloadConfig has the settings of DownloadMNIST and DownloadFashionMNIST. The
// zero value works.
type DownloadConfig struct {
	// Mirrors are the URLs of folders that hold the files, tried in turn for
	// each file. None: two public copies of each dataset. Those of MNIST are of
	// the PyTorch project and of the Common Visual Data Foundation, those of
	// Fashion-MNIST of Zalando Research.
	Mirrors []string

	// Progress, unless nil, is called after each piece of a file, and once
	// before the first, with the number of bytes that are there and that will
	// be. With the next mirror done starts again from 0. It is called from
	// the goroutine of the download, and not for files that were kept.
	Progress func(file string, done, total int64)

	// StallTimeout is how long a mirror may send nothing before the next one
	// is tried. 0: 30 seconds.
	StallTimeout time.Duration

	// Client makes the requests. nil: http.DefaultClient.
	Client *http.Client
}

// A remoteFile is a gzip file known by its size in bytes and its SHA-256 sum,
// and by those of its contents after decompression.
type remoteFile struct {
	name        string
	size        int64
	sum         string
	contentSize int64
	contentSum  string
}

func download(ctx context.Context, dir string, files []remoteFile, config DownloadConfig) error {
	if config.StallTimeout < 0 {
		return fmt.Errorf("data: StallTimeout = %v, want 0 or more", config.StallTimeout)
	}
	config.StallTimeout = cmp.Or(config.StallTimeout, 30*time.Second)
	config.Client = cmp.Or(config.Client, http.DefaultClient)
	if config.Progress == nil {
		config.Progress = func(string, int64, int64) {}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("data: download of %s: %w", file.name, context.Cause(ctx))
		}
		if intact(filepath.Join(dir, file.name), file) {
			continue
		}
		if err := fetchAny(ctx, dir, file, config); err != nil {
			return fmt.Errorf("data: download of %s: %w", file.name, err)
		}
	}
	return nil
}

// intact tells whether the file at path is the wanted one, or has at least
// its contents, perhaps compressed by another program.
func intact(path string, want remoteFile) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	if n, sum := digest(file, want.size); n == want.size && sum == want.sum {
		return true
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return false
	}
	content, err := gzip.NewReader(file)
	if err != nil {
		return false
	}
	n, sum := digest(content, want.contentSize)
	return n == want.contentSize && sum == want.contentSum
}

// digest returns the number of bytes in r and their sum. It stops above size
// bytes; an error of r counts as a wrong sum.
func digest(r io.Reader, size int64) (int64, string) {
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(r, size+1))
	if err != nil {
		return n, ""
	}
	return n, hexSum(h)
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// fetchAny takes file from the first mirror that has a right copy.
func fetchAny(ctx context.Context, dir string, file remoteFile, config DownloadConfig) error {
	var failures []error
	for _, mirror := range config.Mirrors {
		url := strings.TrimSuffix(mirror, "/") + "/" + file.name
		err := fetch(ctx, dir, url, file, config)
		if err == nil {
			return nil
		}
		failures = append(failures, fmt.Errorf("%s: %w", url, err))
		if ctx.Err() != nil {
			break // the next mirror would fail for the same reason
		}
	}
	return errors.Join(failures...)
}

// fetch takes file from url. Only a complete file with the right sum gets its
// name in dir.
func fetch(ctx context.Context, dir, url string, file remoteFile, config DownloadConfig) error {
	return atomicfile.Write(filepath.Join(dir, file.name), func(w io.Writer) error {
		return transfer(ctx, w, url, file, config)
	})
}

// transfer copies url to dst and checks size and sum.
func transfer(ctx context.Context, dst io.Writer, url string, file remoteFile, config DownloadConfig) error {
	stalled := fmt.Errorf("nothing came for %v", config.StallTimeout)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(config.StallTimeout, func() { cancel(stalled) })
	defer watchdog.Stop()

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	// Otherwise a mirror or the client may unpack the file on the way.
	request.Header.Set("Accept-Encoding", "identity")
	response, err := config.Client.Do(request)
	if err != nil {
		return firstCause(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", response.Status)
	}
	if n := response.ContentLength; n >= 0 && n != file.size {
		return fmt.Errorf("the server offers %d bytes, want %d", n, file.size)
	}

	config.Progress(file.name, 0, file.size)
	sum := sha256.New()
	done := int64(0)
	buffer := make([]byte, 64<<10)
	for {
		n, err := response.Body.Read(buffer)
		if n > 0 {
			watchdog.Reset(config.StallTimeout)
			if done += int64(n); done > file.size {
				return fmt.Errorf("the server sends more than %d bytes", file.size)
			}
			sum.Write(buffer[:n])
			if _, err := dst.Write(buffer[:n]); err != nil {
				return err
			}
			config.Progress(file.name, done, file.size)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("broken off after %d of %d bytes: %w", done, file.size, firstCause(ctx, err))
		}
	}
	if done != file.size {
		return fmt.Errorf("broken off after %d of %d bytes: %w", done, file.size, io.ErrUnexpectedEOF)
	}
	if got := hexSum(sum); got != file.sum {
		return fmt.Errorf("SHA-256 is %s, want %s", got, file.sum)
	}
	return nil
}

// firstCause returns why ctx ended, or err if ctx has not ended.
func firstCause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}
