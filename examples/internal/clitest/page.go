package clitest

import (
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Page checks that a file is a whole and well-formed page, and returns its text and the
// names of its sections.
func Page(t *testing.T, path string) (text string, sections []string) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	text = string(content)
	require.True(t, strings.HasPrefix(text, "<!DOCTYPE html>"), "%s is no page", path)
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return text, sections
		}
		require.NoError(t, err, path)
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "section" {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == "id" {
				sections = append(sections, a.Value)
			}
		}
	}
}
