package report_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/ensemble/report"
)

// setTexts sets all texts that a value has, but empty ones.
func setTexts(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		setTexts(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			setTexts(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			setTexts(v.Index(i), text)
		}
	case reflect.String:
		if v.CanSet() && v.Len() > 0 {
			v.SetString(text)
		}
	}
}

// withTexts returns the small report with another text everywhere.
func withTexts(text string) *report.Report {
	r := small()
	setTexts(reflect.ValueOf(r), text)
	for i := range r.Tables[0].Rows {
		r.Tables[0].Rows[i].Values[0] = report.Text(text)
	}
	r.Headlines[0].Value = report.Text(text)
	return r
}

// TestMarkupInTextsStaysText replaces all texts by markup, and demands that the
// page has the same elements and attributes as with plain texts, and that the
// texts are those that were given.
func TestMarkupInTextsStaysText(t *testing.T) {
	for _, text := range []string{
		`<b onclick="alert(1)">cat & dog</b>`,
		`"><script>alert('1')</script><text x="`,
		`</title></svg></style><img src=x onerror=alert(1)>`,
		`' onmouseover='alert(1)' a='<!-- -->`,
		"<![CDATA[ ]]> &amp; &#60; &quot; {{.Title}}",
		"javascript:alert(1) // `${1}` is long enough",
	} {
		plain := parse(t, write(t, withTexts(strings.Repeat("a", len(text)))))
		d := parse(t, write(t, withTexts(text)))
		assert.Equal(t, plain.tags, d.tags, text)
		assert.Equal(t, text, d.texts["h1"][0])
		assert.Equal(t, text, d.texts["title"][0], "of the page")
		assert.Contains(t, d.texts["title"], text, "of a drawing")
		assert.Contains(t, d.texts["th"], text)
		assert.Contains(t, d.texts["td"], text)
		assert.Contains(t, d.texts["b"], text, "of an image")
		shortened := false
		for _, label := range d.texts["text"] {
			shortened = shortened || label != "" && strings.HasPrefix(text, strings.TrimSuffix(label, "…"))
		}
		assert.True(t, shortened, "in a drawing")
	}
}

// TestCharactersThatXMLForbids has each of them replaced, and others kept.
func TestCharactersThatXMLForbids(t *testing.T) {
	for text, want := range map[string]string{
		"a\x00b":              "a\uFFFDb",
		"a\x1bb\x07":          "a\uFFFDb\uFFFD",
		"\xff\xfe bytes":      "\uFFFD\uFFFD bytes",
		"\xed\xa0\x80":        "\uFFFD\uFFFD\uFFFD", // half of a surrogate pair
		"\uFFFE \uFFFF":       "\uFFFD \uFFFD",
		"\U0001FFFE":          "\uFFFD",
		"\u0085\u009f":        "\uFFFD\uFFFD",
		"tab\tend":            "tab\tend",
		"日本語 عربى 😀 e\u0301":  "日本語 عربى 😀 e\u0301",
		"\u202Eright to left": "\u202Eright to left",
	} {
		d := parse(t, write(t, withTexts(text)))
		assert.Equal(t, want, d.texts["h1"][0], "%q", text)
		assert.Contains(t, d.texts["td"], want, "%q", text)
	}
}
