//go:build amd64 && !noasm

package kernel

import "golang.org/x/sys/cpu"

func init() {
	switch {
	case hasAVX512():
		active = avx512()
	case hasAVX2():
		active = avx2()
	}
}

// KeepToAVX2 keeps the kernels to AVX2 where they would use AVX-512, for
// comparisons. It must be called before anything else of the package.
func KeepToAVX2() {
	if hasAVX2() {
		active = avx2()
	}
}

// hasAVX2 says whether this processor, and its operating system, can run the
// machine code.
func hasAVX2() bool {
	return cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasPOPCNT
}

// hasAVX512 says the same of the machine code with registers of two vectors.
func hasAVX512() bool { return hasAVX2() && cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL }

// avx512 is the machine code with registers of two vectors where there is one,
// and that of avx2 elsewhere.
func avx512() *table {
	t := avx2()
	t.linear[1] = []func(*Linear){1: linear1x1AVX512, linear1x2AVX512, linear1x3AVX512, linear1x4AVX512,
		linear1x5AVX512, linear1x6AVX512, linear1x7AVX512, linear1x8AVX512, linear1x9AVX512,
		linear1x10AVX512, linear1x11AVX512, linear1x12AVX512}
	t.linear[2] = []func(*Linear){1: linear2x1AVX512, linear2x2AVX512, linear2x3AVX512, linear2x4AVX512,
		linear2x5AVX512, linear2x6AVX512, linear2x7AVX512, linear2x8AVX512, linear2x9AVX512,
		linear2x10AVX512, linear2x11AVX512, linear2x12AVX512}
	t.maxPixels[2] = 12
	t.gather = [3]func(*Gather){1: gather1AVX512, 2: gather2AVX512}
	t.tangentsOthers = [3]func(*Tangents){2: tangents2OthersAVX512}
	t.bilinear = bilinearAVX512
	t.tangents = [3]func(*Tangents){1: tangents1AVX512, 2: tangents2AVX512}
	t.collect = [2][]func(*Collect){
		{1: collect1AVX512, collect2AVX512, collect3AVX512, collect4AVX512, collect5AVX512, collect6AVX512, collect7AVX512, collect8AVX512},
		{1: collect1PartAVX512, collect2PartAVX512, collect3PartAVX512, collect4PartAVX512, collect5PartAVX512, collect6PartAVX512, collect7PartAVX512, collect8PartAVX512},
	}
	t.lanes = 2 * Lanes
	t.peak, t.peakLanes, t.name = fmaPeakAVX512, 2*Lanes, "AVX-512"
	return t
}

// avx2 is the machine code.
func avx2() *table {
	return &table{
		linear: [3][]func(*Linear){
			1: {1: linear1x1, linear1x2, linear1x3, linear1x4, linear1x5, linear1x6,
				linear1x7, linear1x8, linear1x9, linear1x10, linear1x11, linear1x12},
			2: {1: linear2x1, linear2x2, linear2x3, linear2x4, linear2x5, linear2x6},
		},
		maxPixels: [3]int{1: 12, 2: 6},
		pool:      [3]func(*Pool){1: pool1, 2: pool2},
		patches:   patchesAVX2,
		gather:    [3]func(*Gather){1: gather1, 2: gather2},
		softmax:   softmaxAVX2,
		exp:       expAVX2,
		log:       logAVX2,
		transpose: transposeAVX2,
		peak:      fmaPeak,
		winners:   [3]func(*Winners){1: winners1, 2: winners2},
		unpool:    [3]func(*Unpool){1: unpool1, 2: unpool2},
		gate:      gateAVX2,
		collect: [2][]func(*Collect){
			{1: collect1, collect2, collect3, collect4, collect5, collect6, collect7, collect8},
			{1: collect1Part, collect2Part, collect3Part, collect4Part, collect5Part, collect6Part, collect7Part, collect8Part},
		},
		lanes: Lanes,

		tangents: [3]func(*Tangents){1: tangents1, 2: tangents2},

		accumulate: accumulateAVX2,
		inner:      innerAVX2,
		bilinear:   bilinearAVX2,
		adam:       adamAVX2,
		momentum:   momentumAVX2,
		prefetch:   prefetchAVX2,

		peakLanes: Lanes,
		name:      "AVX2",
	}
}
