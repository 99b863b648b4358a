package data

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lineReader delivers the rows of a table as they are written. At the end the
// error is io.EOF.
type lineReader interface {
	// next returns the values of a row, which the next call may overwrite, and the
	// number of its line from 1.
	next() (values []string, line int, err error)
}

// newLineReader returns the rows of r, plain or gzipped.
func newLineReader(r io.Reader, delimiter rune) (lineReader, error) {
	if delimiter == 0 {
		delimiter = ','
	}
	if delimiter == '"' || delimiter == '\r' || delimiter == '\n' || delimiter == utf8.RuneError || !utf8.ValidRune(delimiter) {
		return nil, fmt.Errorf("Delimiter = %q, want a character other than quotes and ends of lines", delimiter)
	}
	plain, err := unzipped(bufio.NewReader(r))
	if err != nil {
		return nil, err
	}
	text := bufio.NewReader(plain)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" { // of UTF-8, by some spreadsheets
		text.Discard(3)
	}
	if delimiter == ' ' {
		return &blankLines{text: text}, nil
	}
	lines := csv.NewReader(text)
	lines.Comma = delimiter
	lines.FieldsPerRecord = -1
	lines.TrimLeadingSpace = !unicode.IsSpace(delimiter) // a tab would be trimmed, too
	lines.ReuseRecord = true
	return &csvLines{lines}, nil
}

type csvLines struct{ csv *csv.Reader }

func (l *csvLines) next() ([]string, int, error) {
	values, err := l.csv.Read()
	if err != nil {
		return nil, 0, cutShort(err)
	}
	for k, v := range values {
		values[k] = strings.TrimSpace(v)
	}
	line, _ := l.csv.FieldPos(0)
	return values, line, nil
}

type blankLines struct {
	text *bufio.Reader
	line int
}

func (l *blankLines) next() ([]string, int, error) {
	for {
		text, err := l.text.ReadString('\n')
		if err != nil && err != io.EOF {
			return nil, 0, cutShort(err)
		}
		l.line++
		if values := strings.Fields(text); len(values) > 0 {
			return values, l.line, nil
		}
		if err == io.EOF {
			return nil, 0, io.EOF
		}
	}
}

// cutShort says in words what is wrong with a file that breaks off.
func cutShort(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file is cut off: %w", err)
	}
	if err == io.EOF {
		return err
	}
	return gzipDamage(err)
}
