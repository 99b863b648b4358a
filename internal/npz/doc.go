// Package npz reads and writes arrays in NumPy's .npz format: a zip archive of
// one .npy file for each array
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
//
// What Write writes is not compressed and carries a seal: the archive's comment,
// which ends the file, is "sha256:" and the SHA-256 of all bytes before the
// comment, in hexadecimal. The same arrays always make the same bytes.
//
// Read is made for files from anywhere, compressed or not. Its memory is in
// proportion to the size of the file, whatever the file claims, and it never
// panics.
package npz
