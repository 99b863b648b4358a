package data

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/mnistdir"
)

// pinned describes a gzip file with the given contents.
func pinned(name string, content []byte) (remoteFile, []byte) {
	packed := gzipped(content)
	sum := func(b []byte) string {
		s := sha256.Sum256(b)
		return hex.EncodeToString(s[:])
	}
	return remoteFile{
		name: name, size: int64(len(packed)), sum: sum(packed),
		contentSize: int64(len(content)), contentSum: sum(content),
	}, packed
}

// A mirror is a web server with a good copy of each file under /good/ and
// other answers under other folders. It counts requests by path.
type mirror struct {
	*httptest.Server
	files   []remoteFile
	content map[string][]byte

	mu       sync.Mutex
	requests map[string]int
}

func newMirror(t *testing.T) *mirror {
	m := &mirror{content: map[string][]byte{}, requests: map[string]int{}}
	for k, content := range smallMNIST() {
		file, packed := pinned(imageSetParts[k]+".gz", content)
		m.files = append(m.files, file)
		m.content[file.name] = packed
	}
	m.Server = httptest.NewServer(http.HandlerFunc(m.serve))
	t.Cleanup(func() {
		m.CloseClientConnections()
		m.Close()
	})
	return m
}

func (m *mirror) serve(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.requests[r.URL.Path]++
	m.mu.Unlock()
	folder, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	content, ok := m.content[name]
	if !ok || r.Header.Get("Accept-Encoding") != "identity" {
		http.NotFound(w, r)
		return
	}
	half := content[:len(content)/2]
	flush := w.(http.Flusher).Flush // without it the server adds a Content-Length
	switch folder {
	case "good":
		w.Write(content)
	case "chunked":
		w.Write(half)
		flush()
		w.Write(content[len(half):])
	case "broken": // the connection is lost
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		w.Write(half)
		flush()
		panic(http.ErrAbortHandler)
	case "short": // a proper end, but too early
		w.Write(half)
		flush()
	case "offers-less":
		w.Write(half)
	case "garbage":
		w.Write(bytes.Repeat([]byte{7}, len(content)))
	case "page":
		w.Write([]byte("<html>please log in</html>"))
	case "too-much":
		w.Write(content)
		flush()
		w.Write(content)
	case "endless":
		for {
			if _, err := w.Write(content); err != nil {
				return
			}
		}
	case "silent":
		<-r.Context().Done()
	case "stalls":
		w.Write(half)
		flush()
		<-r.Context().Done()
	case "error":
		http.Error(w, "no", http.StatusInternalServerError)
	default:
		http.NotFound(w, r)
	}
}

func (m *mirror) count(path string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.requests[path]
}

// config sets the mirrors, with a stall timeout that is short where a mirror
// stalls, and else one that no busy machine exceeds.
func (m *mirror) config(folders ...string) DownloadConfig {
	config := DownloadConfig{StallTimeout: time.Minute}
	for _, folder := range folders {
		if folder == "silent" || folder == "stalls" {
			config.StallTimeout = 200 * time.Millisecond
		}
		config.Mirrors = append(config.Mirrors, m.URL+"/"+folder)
	}
	return config
}

// entries lists what is in dir, hidden files included.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := []string{}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// requireComplete checks that dir has the four right files and nothing else.
func (m *mirror) requireComplete(t *testing.T, dir string) {
	t.Helper()
	require.Len(t, entries(t, dir), len(m.files))
	for _, file := range m.files {
		content, err := os.ReadFile(filepath.Join(dir, file.name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(m.content[file.name], content), file.name)
	}
	checkSmallMNIST(t, dir)
}

func TestDownload(t *testing.T) {
	m := newMirror(t)
	for _, folder := range []string{"good", "good/", "chunked"} {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		require.NoError(t, download(t.Context(), dir, m.files, m.config(folder)))
		m.requireComplete(t, dir)
	}
}

func TestDownloadWithoutContext(t *testing.T) {
	require.ErrorContains(t, DownloadMNIST(nil, t.TempDir(), DownloadConfig{}), "data: the context is nil")
}

func TestDownloadBadMirrors(t *testing.T) {
	m := newMirror(t)
	for folder, says := range map[string]string{
		"broken":      "broken off after",
		"short":       "broken off after",
		"offers-less": "the server offers",
		"garbage":     "SHA-256 is",
		"page":        "the server offers 26 bytes",
		"too-much":    "the server sends more than",
		"endless":     "the server sends more than",
		"missing":     "the server answers 404",
		"error":       "the server answers 500",
		"silent":      "nothing came for 200ms",
		"stalls":      "nothing came for 200ms",
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			files := m.files[1:2]
			err := download(t.Context(), dir, files, m.config(folder))
			require.ErrorContains(t, err, "data: download of train-labels-idx1-ubyte.gz: ")
			require.ErrorContains(t, err, m.URL+"/"+folder+"/train-labels-idx1-ubyte.gz: ")
			require.ErrorContains(t, err, says)
			require.Empty(t, entries(t, dir), "no file and no rest of one")

			// With a good mirror after the bad one it works.
			require.NoError(t, download(t.Context(), dir, files, m.config(folder, "good")))
			require.Equal(t, []string{files[0].name}, entries(t, dir))
			require.True(t, intact(filepath.Join(dir, files[0].name), files[0]))
		})
	}
}

func TestDownloadReportsEveryMirror(t *testing.T) {
	m := newMirror(t)
	config := m.config("missing", "garbage")
	config.Mirrors = append(config.Mirrors, "http://127.0.0.1:0/nobody", "::no url")
	err := download(t.Context(), t.TempDir(), m.files, config)
	require.ErrorContains(t, err, "/missing/")
	require.ErrorContains(t, err, "404")
	require.ErrorContains(t, err, "/garbage/")
	require.ErrorContains(t, err, "SHA-256")
	require.ErrorContains(t, err, "127.0.0.1:0")
	require.ErrorContains(t, err, "::no url")
}

func TestDownloadKeepsRightFiles(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	write := func(k int, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, m.files[k].name), content, 0o644))
	}
	write(0, m.content[m.files[0].name])
	// The same contents, compressed otherwise.
	var stored bytes.Buffer
	w, err := gzip.NewWriterLevel(&stored, gzip.NoCompression)
	require.NoError(t, err)
	w.Write(smallMNIST()[1])
	w.Close()
	require.NotEqual(t, m.content[m.files[1].name], stored.Bytes())
	write(1, stored.Bytes())
	// Wrong: a cut one, and another with good gzip.
	write(2, m.content[m.files[2].name][:100])
	write(3, gzipped([]byte("other")))

	require.NoError(t, download(t.Context(), dir, m.files, m.config("good")))
	checkSmallMNIST(t, dir)
	for k, want := range []int{0, 0, 1, 1} {
		assert.Equal(t, want, m.count("/good/"+m.files[k].name), m.files[k].name)
	}
	kept, err := os.ReadFile(filepath.Join(dir, m.files[1].name))
	require.NoError(t, err)
	assert.Equal(t, stored.Bytes(), kept)

	require.NoError(t, download(t.Context(), dir, m.files, m.config("missing")), "all is there: no request")
	assert.Zero(t, m.count("/missing/"+m.files[0].name))
}

func TestDownloadInterrupted(t *testing.T) {
	m := newMirror(t)
	for _, folder := range []string{"stalls", "silent"} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		config := m.config(folder, "good")
		config.StallTimeout = time.Minute
		time.AfterFunc(100*time.Millisecond, cancel)
		err := download(ctx, dir, m.files, config)
		require.ErrorIs(t, err, context.Canceled)
		require.Empty(t, entries(t, dir))
		require.Zero(t, m.count("/good/"+m.files[0].name), "no other mirror after an interruption")
	}

	// Between two files: the first stays, the second is not begun.
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	config := m.config("chunked")
	config.Progress = func(file string, done, total int64) {
		if done == total {
			cancel()
		}
	}
	err := download(ctx, dir, m.files, config)
	require.ErrorIs(t, err, context.Canceled)
	require.LessOrEqual(t, len(entries(t, dir)), 1)
	for _, name := range entries(t, dir) {
		require.Equal(t, m.files[0].name, name)
		require.True(t, intact(filepath.Join(dir, name), m.files[0]))
	}
}

// Before a file is complete it must not be there under its name.
func TestDownloadProgress(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	last := map[string]int64{}
	config := m.config("chunked")
	config.Progress = func(file string, done, total int64) {
		assert.NoFileExists(t, filepath.Join(dir, file))
		before, seen := last[file]
		assert.Equal(t, seen, done > 0, "0 comes first and once")
		assert.GreaterOrEqual(t, done, before)
		assert.EqualValues(t, len(m.content[file]), total)
		last[file] = done
	}
	require.NoError(t, download(t.Context(), dir, m.files, config))
	require.Len(t, last, len(m.files))
	for file, done := range last {
		require.EqualValues(t, len(m.content[file]), done)
	}
}

func TestDownloadIntoAFile(t *testing.T) {
	m := newMirror(t)
	path := writeFile(t, "file", nil)
	require.ErrorContains(t, download(t.Context(), path, m.files, m.config("good")), "data: ")
	// A folder in the place of a file cannot be replaced.
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, m.files[0].name, "full"), 0o755))
	require.Error(t, download(t.Context(), dir, m.files, m.config("good")))
	require.Len(t, entries(t, dir), 1, "the temporary file is gone")
}

func TestDownloadConfig(t *testing.T) {
	err := DownloadMNIST(t.Context(), t.TempDir(), DownloadConfig{StallTimeout: -1})
	require.ErrorContains(t, err, "data: StallTimeout = -1ns, want 0 or more")

	// The exported function, whose sums no small file has, takes the folder in
	// which MNIST looks by default and removes what it cannot use.
	isolate(t)
	m := newMirror(t)
	cache, _, err := mnist.place("")
	require.NoError(t, err)
	for _, named := range []string{"", filepath.Join(t.TempDir(), "named")} {
		t.Setenv("TRAJENS_MNIST", named)
		require.ErrorContains(t, DownloadMNIST(t.Context(), "", m.config("good")), "the server offers")
		require.Empty(t, entries(t, cmp.Or(named, cache)))
	}
	require.NoDirExists(t, filepath.Join(filepath.Dir(cache), "fashion-mnist"))
	require.ErrorContains(t, DownloadFashionMNIST(t.Context(), "", m.config("good")), "the server offers")
	require.Empty(t, entries(t, filepath.Join(filepath.Dir(cache), "fashion-mnist")))
}

// The sums of the contents that this package pins are those of a real copy.
func TestPinnedSums(t *testing.T) {
	checkPinnedSums(t, &mnist, mnistdir.Find(t))
}

func TestPinnedSumsOfFashion(t *testing.T) {
	checkPinnedSums(t, &fashionMNIST, mnistdir.FindFashion(t))
}

func checkPinnedSums(t *testing.T, set *imageSet, dir string) {
	for k, file := range set.files {
		require.Equal(t, imageSetParts[k]+".gz", file.name)
		path, err := findPart(dir, imageSetParts[k])
		require.NoError(t, err)
		if filepath.Ext(path) == ".gz" {
			assert.True(t, intact(path, file), path)
			continue
		}
		content, err := os.Open(path)
		require.NoError(t, err)
		n, sum := digest(content, file.contentSize)
		content.Close()
		assert.Equal(t, file.contentSize, n, path)
		assert.Equal(t, file.contentSum, sum, path)
	}
}
