// Package safetensors reads and writes tensors in the format of the safetensors
// library (https://github.com/huggingface/safetensors#format): the length of a
// header in 8 bytes, little-endian; the header, a JSON object with the type of
// the elements, the shape and the place of each tensor, and a map of texts under
// the name "__metadata__"; then the elements, little-endian and row-major.
//
// Read is made for files from anywhere. Its memory is in proportion to the size
// of the file, whatever the file claims, and it never panics. What the format
// forbids is refused: names that are used twice, places that overlap, leave gaps
// or do not end where the file ends, headers of more than 100 MB.
package safetensors
