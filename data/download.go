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

// DownloadConfig has the settings of DownloadMNIST. The zero value works.
type DownloadConfig struct {
	// Mirrors are the URLs of folders that hold the files, tried in turn for
	// each file. None: two public copies, of the PyTorch project and of the
	// Common Visual Data Foundation.
	Mirrors []string

	// Progress, unless nil, is called after each piece of a file, and once
	// before the first, with the number of bytes that are there and that will
	// be. With the next mirror done starts again from 0. It is called from
	// the goroutine of DownloadMNIST, and not for files that were kept.
	Progress func(file string, done, total int64)

	// StallTimeout is how long a mirror may send nothing before the next one
	// is tried. 0: 30 seconds.
	StallTimeout time.Duration

	// Client makes the requests. nil: http.DefaultClient.
	Client *http.Client
}

var mnistMirrors = []string{
	"https://ossci-datasets.s3.amazonaws.com/mnist/",
	"https://storage.googleapis.com/cvdf-datasets/mnist/",
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

// mnistFiles are the files as LeCun, Cortes and Burges published them.
var mnistFiles = []remoteFile{
	{
		name: "train-images-idx3-ubyte.gz",
		size: 9912422, sum: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
		contentSize: 47040016, contentSum: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
	},
	{
		name: "train-labels-idx1-ubyte.gz",
		size: 28881, sum: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
		contentSize: 60008, contentSum: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
	},
	{
		name: "t10k-images-idx3-ubyte.gz",
		size: 1648877, sum: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
		contentSize: 7840016, contentSum: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
	},
	{
		name: "t10k-labels-idx1-ubyte.gz",
		size: 4542, sum: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
		contentSize: 10008, contentSum: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
	},
}

// DownloadMNIST fetches the four files of MNIST (11.6 MB) into the folder
// dir, which is made if need be. If dir is empty, the folder is where MNIST looks:
// the one that the environment variable TRAJENS_MNIST names, or else
// trajens/mnist in the user's cache directory.
//
// Each file is checked against a SHA-256 sum that is part of this package,
// and appears under its name only when complete and right: it is written to a
// temporary file in the folder, flushed to disk and renamed. A file that
// is there already is kept if its sum is right or its decompressed contents
// are; otherwise it is replaced.
//
// When ctx ends, or when no mirror has a right copy of a file, DownloadMNIST
// returns an error that holds those of all mirrors; files fetched before that
// stay.
func DownloadMNIST(ctx context.Context, dir string, config DownloadConfig) error {
	if ctx == nil {
		return errors.New("data: the context is nil")
	}
	folder, _, err := mnistDir(dir)
	if err != nil {
		return fmt.Errorf("data: no folder for MNIST: %w", err)
	}
	return download(ctx, folder, mnistFiles, config)
}

func download(ctx context.Context, dir string, files []remoteFile, config DownloadConfig) error {
	if config.StallTimeout < 0 {
		return fmt.Errorf("data: StallTimeout = %v, want 0 or more", config.StallTimeout)
	}
	config.StallTimeout = cmp.Or(config.StallTimeout, 30*time.Second)
	config.Client = cmp.Or(config.Client, http.DefaultClient)
	if len(config.Mirrors) == 0 {
		config.Mirrors = mnistMirrors
	}
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
