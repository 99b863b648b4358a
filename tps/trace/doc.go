// Package trace streams observables of a chain to a file during a run.
//
// A trace is a CSV file: a header line, then a line for each row. The first
// column, step, is how many steps the chain had made; the others are the
// Columns of the writer, in the shortest decimal form that reads back as the
// same float64, or NaN, +Inf or -Inf.
//
// A row is the value after each k-th step, or the mean over each block of k
// steps. A number takes at most 25 bytes with its comma, most take about 20:
// 4·10⁷ steps with five columns and their number of steps are at most 134
// bytes a row, which 100 MB hold 746,268 of; k = 54 is enough. Interval does
// this sum.
//
// # Kills and resumed runs
//
// Rows go to the file many at a time, in one write that ends at a line end, so
// that a killed run leaves a file whose rows are whole but perhaps for the
// last: Read says so. For a run that is to go on from a checkpoint, call Sync
// and MarshalBinary when the checkpoint is made; afterwards Resume drops what
// was written after it, UnmarshalBinary restores the block in progress, and
// the trace becomes what the uninterrupted run's is, byte for byte.
//
// # Full disks
//
// When the file cannot be written, rows that are there stay, and the next ones
// wait in memory, up to about a mebibyte, for a later attempt. By default the
// error ends the run, which can go on from where it stopped; Config.OnError
// may let it continue.
package trace
