//go:build amd64 && !noasm

package kernel

import "golang.org/x/sys/cpu"

func init() {
	if hasAVX2() {
		active = avx2()
	}
}

// hasAVX2 says whether this processor, and its operating system, can run the
// machine code.
func hasAVX2() bool {
	return cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasPOPCNT
}

// avx2 is the machine code.
func avx2() *table {
	return &table{
		linear: [3][]func(*Linear){
			1: {1: linear1x1, linear1x2, linear1x3, linear1x4, linear1x5, linear1x6,
				linear1x7, linear1x8, linear1x9, linear1x10, linear1x11, linear1x12},
			2: {1: linear2x1, linear2x2, linear2x3, linear2x4, linear2x5, linear2x6},
		},
		pool:    [3]func(*Pool){1: pool1, 2: pool2},
		patches: patchesAVX2,
		gather:  [3]func(*Gather){1: gather1, 2: gather2},
		softmax: softmaxAVX2,
		peak:    fmaPeak,
	}
}
