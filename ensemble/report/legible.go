package report

import "bytes"

// legible replaces whatever an XML document must not contain: bytes that are
// no UTF-8, and characters outside of production 2 of XML 1.0.
func legible(document []byte) []byte {
	return bytes.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r',
			r >= 0x20 && r <= 0xD7FF && !(r >= 0x7F && r <= 0x9F),
			r >= 0xE000 && r <= 0xFFFD,
			r >= 0x10000 && r <= 0x10FFFF && r&0xFFFE != 0xFFFE:
			return r
		}
		return '\uFFFD'
	}, document)
}
