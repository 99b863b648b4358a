package slurm

import "strings"

// shellQuote returns text as one word of a shell.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// optionQuote returns a value as sbatch reads it in a line of a script, where
// a backslash keeps the next character, and # begins a comment.
func optionQuote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}
