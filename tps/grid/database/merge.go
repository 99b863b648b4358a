package database

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/trajens/trajens/internal/atomicfile"
	"github.com/trajens/trajens/tps/grid"
)

// Merge makes path a SQLite file of the runs in the directory of a grid, and returns how
// many there are. A database that is there already is replaced once the new one is
// whole, so that whoever reads the old one is not disturbed. Any other file stays, and is
// an error.
func Merge(dir, path string) (runs int, err error) {
	if err := checkTarget(path); err != nil {
		return 0, err
	}
	infos, err := grid.List(dir)
	if err != nil {
		return 0, err
	}
	table, err := grid.NewTable(infos)
	if err != nil {
		return 0, err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return 0, fmt.Errorf("database: %w", err)
	}
	defer os.Remove(temporary.Name())
	defer temporary.Close()
	if err := fill(temporary.Name(), infos, table); err != nil {
		return 0, fmt.Errorf("database: %s: %w", path, err)
	}
	err = errors.Join(temporary.Chmod(0o644), temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err == nil {
		err = atomicfile.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return 0, fmt.Errorf("database: %w", err)
	}
	return len(infos), nil
}

// magic is what a SQLite file begins with.
var magic = []byte("SQLite format 3\x00")

func checkTarget(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer file.Close()
	start := make([]byte, len(magic))
	if _, err := io.ReadFull(file, start); err != nil || !bytes.Equal(start, magic) {
		return fmt.Errorf("database: %s: it is no SQLite file, want one or none", path)
	}
	return nil
}

// address is what SQLite calls a file whose path may have characters that mean something
// in an address.
func address(path string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()}
	return u.String()
}

// maxColumns is SQLite's limit, with its default settings.
const maxColumns = 2000

// fill makes the tables in an empty file, which nobody else knows.
func fill(path string, infos []grid.Info, table grid.Table) (err error) {
	if len(table.Columns) > maxColumns {
		return fmt.Errorf("configurations and results have %d keys, want at most %d", len(table.Columns), maxColumns)
	}
	db, err := sql.Open("sqlite", address(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	// Without a journal: what a kill leaves is a temporary file.
	for _, pragma := range []string{"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"} {
		if _, err := db.Exec(pragma); err != nil {
			return err
		}
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	columns := []string{"id", "place", "state", "attempts", "started", "ended", "seconds", "host", "process", "job", "done", "text", "error", "config", "result"}
	rows := make([][]any, len(infos))
	for k, i := range infos {
		rows[k] = []any{
			i.ID, k, string(i.State), i.Attempts, timeText(i.Started), timeText(i.Ended), i.Seconds, text(i.Host), number(i.Process),
			text(i.Job), i.Done, text(i.Text), text(i.Error), text(string(i.Config)), text(string(i.Result)),
		}
	}
	if err := insert(tx, "runs", columns, rows); err != nil {
		return err
	}
	if err := insert(tx, "results", distinct(table.Columns), table.Rows); err != nil {
		return err
	}
	return tx.Commit()
}

// insert makes a table whose first column is its key.
func insert(tx *sql.Tx, name string, columns []string, rows [][]any) error {
	quoted := make([]string, len(columns))
	for k, column := range columns {
		quoted[k] = `"` + strings.ReplaceAll(column, `"`, `""`) + `"`
	}
	definition := quoted[0] + " TEXT PRIMARY KEY, " + strings.Join(quoted[1:], ", ")
	if _, err := tx.Exec("CREATE TABLE " + name + " (" + definition + ")"); err != nil {
		return err
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	statement, err := tx.Prepare("INSERT INTO " + name + " VALUES (" + marks + ")")
	if err != nil {
		return err
	}
	defer statement.Close()
	for _, row := range rows {
		if _, err := statement.Exec(row...); err != nil {
			return err
		}
	}
	return nil
}

// distinct makes names differ in more than case, which SQLite does not see: s after S
// becomes s_2.
func distinct(names []string) []string {
	seen := make(map[string]bool)
	different := make([]string, len(names))
	for k, name := range names {
		other := name
		for n := 2; seen[strings.ToLower(other)]; n++ {
			other = fmt.Sprintf("%s_%d", name, n)
		}
		seen[strings.ToLower(other)] = true
		different[k] = other
	}
	return different
}

// text, number and timeText are NULL for what there is not.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func number(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func timeText(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}
