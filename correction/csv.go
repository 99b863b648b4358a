package correction

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A table is a CSV file with two fields a line: a line for the format and its
// version, Sigma, the method, a line of titles, the atoms with their weights
// in increasing order, and the SHA-256 sum of all lines before the last.
const (
	tableFormat  = "trajens-correction"
	tableVersion = "1" // of the format, and of what Solve computes by default
	tableTitles  = "atom,weight"
	tableSum     = "sha256"
	maxTableSize = 64 << 20 // bytes, for more atoms than any method here makes
)

// WriteCSV writes the distribution as a table with all its digits, for
// ReadCSV.
func (d *Distribution) WriteCSV(w io.Writer) error {
	_, err := w.Write(d.encode())
	return err
}

func (d *Distribution) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s,%s\nsigma,%v\nmethod,%v\n%s\n", tableFormat, tableVersion, d.sigma, d.method, tableTitles)
	for k, y := range d.atoms {
		fmt.Fprintf(&b, "%v,%v\n", y, d.weights[k])
	}
	fmt.Fprintf(&b, "%s,%x\n", tableSum, sha256.Sum256(b.Bytes()))
	return b.Bytes()
}

// ReadCSV reads a table that WriteCSV has written, to its end. Any change to
// it is an error.
func ReadCSV(r io.Reader) (*Distribution, error) {
	content, err := io.ReadAll(bufio.NewReader(io.LimitReader(r, maxTableSize+1)))
	if err != nil {
		return nil, fmt.Errorf("correction: reading a table: %w", err)
	}
	return decode(content)
}

func decode(content []byte) (*Distribution, error) {
	if len(content) > maxTableSize {
		return nil, fmt.Errorf("correction: the table has more than %d bytes", maxTableSize)
	}
	format, _, _ := strings.Cut(string(content[:min(len(content), 64)]), "\n")
	if format != tableFormat+","+tableVersion {
		return nil, fmt.Errorf("correction: the table starts with %q, want %q", format, tableFormat+","+tableVersion)
	}
	last := bytes.LastIndex(content, []byte("\n"+tableSum+",")) + 1
	if last == 0 {
		return nil, errors.New("correction: the table has no checksum; it is cut off")
	}
	sum := sha256.Sum256(content[:last])
	if want := tableSum + "," + hex.EncodeToString(sum[:]) + "\n"; string(content[last:]) != want {
		return nil, errors.New("correction: the table's checksum is wrong; it is damaged")
	}
	lines := strings.Split(string(content[:last-1]), "\n")
	if len(lines) < 5 || lines[3] != tableTitles {
		return nil, fmt.Errorf("correction: the table's line 4 is not %q, or nothing follows", tableTitles)
	}
	sigma, err := parseFloat(strings.TrimPrefix(lines[1], "sigma,"))
	if err != nil {
		return nil, fmt.Errorf("correction: line 2 of the table: %w", err)
	}
	method := Method(slices.Index(methodNames[:], strings.TrimPrefix(lines[2], "method,")))
	if method < 0 {
		return nil, fmt.Errorf("correction: line 3 of the table is %q, want one of the methods %q", lines[2], methodNames)
	}
	var atoms, weights []float64
	for i, line := range lines[4:] {
		first, second, _ := strings.Cut(line, ",")
		y, err := parseFloat(first)
		if err != nil {
			return nil, fmt.Errorf("correction: line %d of the table: %w", i+5, err)
		}
		w, err := parseFloat(second)
		if err != nil {
			return nil, fmt.Errorf("correction: line %d of the table: %w", i+5, err)
		}
		atoms = append(atoms, y)
		weights = append(weights, w)
	}
	d, err := newDistribution(sigma, method, atoms, weights)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(d.encode(), content) {
		return nil, errors.New("correction: the table's numbers are not those that WriteCSV would write")
	}
	return d, nil
}

func parseFloat(s string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return x, nil
}
