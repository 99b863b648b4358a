package report_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/ensemble/report"
)

// A document is a parsed page.
type document struct {
	tags  []string            // elements in order, with the names of their attributes
	texts map[string][]string // the text in each element, by the element's name
}

// write returns the page of a report.
func write(t testing.TB, r *report.Report) string {
	var out bytes.Buffer
	require.NoError(t, r.Write(&out))
	return out.String()
}

// parse demands that the page, all of it, is well-formed XML, and that all
// numbers in drawings are finite and near to the frame.
func parse(t testing.TB, page string) document {
	d := document{texts: map[string][]string{}}
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Strict = true
	var open []string
	inDrawing := 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err, page)
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			open = append(open, name)
			if name == "svg" {
				inDrawing++
			}
			tag := name
			for _, a := range token.Attr {
				tag += " " + a.Name.Local
				if inDrawing > 0 {
					checkNumbers(t, a)
				}
			}
			d.tags = append(d.tags, tag)
			d.texts[name] = append(d.texts[name], "")
		case xml.EndElement:
			open = open[:len(open)-1]
			if token.Name.Local == "svg" {
				inDrawing--
			}
		case xml.CharData:
			if len(open) > 0 {
				texts := d.texts[open[len(open)-1]]
				texts[len(texts)-1] += string(token)
			}
		}
	}
	require.Empty(t, open)
	return d
}

// checkNumbers demands that the numbers of an attribute have a place on the
// page.
func checkNumbers(t testing.TB, a xml.Attr) {
	switch a.Name.Local {
	case "x", "y", "cx", "cy", "r", "d", "width", "height", "viewBox", "transform", "fill-opacity":
	default:
		return
	}
	text := strings.NewReplacer("M", " ", "L", " ", "Z", " ", "rotate(", " ", ")", " ").Replace(a.Value)
	for _, field := range strings.Fields(text) {
		v, err := strconv.ParseFloat(field, 64)
		require.NoError(t, err, "%s=%q", a.Name.Local, a.Value)
		require.True(t, v >= -100 && v <= 1000, "%s=%q", a.Name.Local, a.Value)
	}
}
