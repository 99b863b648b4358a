package chart

import "strings"

// textSize is the height of the texts of a chart, as in the style sheet.
const textSize = 12

// textWidth returns about how wide a text of a height is. Fonts differ, so the
// estimate errs on the wide side.
func textWidth(text string, size float64) float64 {
	width := 0.0
	for _, r := range text {
		width += runeWidth(r)
	}
	return width * size
}

// runeWidth is in units of the height of the text.
func runeWidth(r rune) float64 {
	switch {
	case r >= 0x1100: // East Asian letters, pictures
		return 1
	case strings.ContainsRune(".,:;'|!ilIjtfr ⁰¹²³⁴⁵⁶⁷⁸⁹⁻", r):
		return 0.36
	case strings.ContainsRune("mwMW%", r):
		return 0.9
	case r >= 'A' && r <= 'Z':
		return 0.68
	}
	return 0.57
}

// shorten returns the text, or its beginning and an ellipsis if the text is
// wider than width.
func shorten(text string, size, width float64) string {
	text = strings.Join(strings.Fields(text), " ")
	if textWidth(text, size) <= width {
		return text
	}
	used := textWidth("…", size)
	for i, r := range text {
		used += runeWidth(r) * size
		if used > width {
			return strings.TrimSpace(text[:i]) + "…"
		}
	}
	return text
}
