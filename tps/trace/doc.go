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
// bytes a row. 100 MB hold 746,268 such rows, so k = 54 is enough. Interval does
// this sum.
//
// Runs that are not of a tps.Chain give their values to Add, for columns that are Named;
// package ensemble/langevin has its own observables for that.
//
// # Kills and resumed runs
//
// Rows go to the file many at a time, in one write that ends at a line end. So
// the rows that a killed run leaves are whole, but perhaps for the last: Read
// says if it is not.
//
// A File is the trace of a run with checkpoints. When the run goes on from a
// checkpoint, rows of later steps are dropped and the block in progress is
// restored: the trace becomes that of the uninterrupted run, byte for byte. A
// program that saves the chain in another way calls Sync and MarshalBinary of the
// Writer when it does so, and Resume and UnmarshalBinary afterwards.
//
// # Full disks
//
// When the file cannot be written, rows that are there stay, and the next ones
// wait in memory, up to about a mebibyte, for a later attempt. By default the
// error ends the run, which can go on from where it stopped. Config.OnError may
// let the run continue.
package trace
