//go:build !amd64 || noasm

package kernel

// KeepToAVX2 keeps the kernels to AVX2 where they would use AVX-512, which is
// not here.
func KeepToAVX2() {}
