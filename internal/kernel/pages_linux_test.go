package kernel

import (
	"slices"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// fence copies slices to memory between two pages that can be neither read
// nor written: up to the end of what can be, or from its beginning.
type fence struct {
	t     testing.TB
	atEnd bool
	maps  [][]byte
}

// fenced returns a copy of x; writing to it does not change x.
func fenced[T any](f *fence, x []T) []T {
	page := syscall.Getpagesize()
	size := len(x) * int(unsafe.Sizeof(*new(T)))
	pages := (size+page-1)/page + 2
	memory, err := syscall.Mmap(-1, 0, pages*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(f.t, err)
	f.maps = append(f.maps, memory)
	require.NoError(f.t, syscall.Mprotect(memory[:page], syscall.PROT_NONE))
	require.NoError(f.t, syscall.Mprotect(memory[(pages-1)*page:], syscall.PROT_NONE))
	start := page
	if f.atEnd {
		start = (pages-1)*page - size
	}
	if size == 0 {
		return nil
	}
	y := unsafe.Slice((*T)(unsafe.Pointer(&memory[start])), len(x))
	copy(y, x)
	return y
}

func (f *fence) close() {
	for _, memory := range f.maps {
		require.NoError(f.t, syscall.Munmap(memory))
	}
	f.maps = nil
}

// onFences calls do for both kinds of fences and all tables. A kernel that
// reads or writes beyond its arguments crashes the test.
func onFences(t *testing.T, do func(f *fence)) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for _, atEnd := range []bool{true, false} {
				on(table, func() { do(&fence{t: t, atEnd: atEnd}) })
			}
		})
	}
}

func TestLinearStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(50)
		for vectors := 1; vectors <= 2; vectors++ {
			for pixels := 1; pixels <= MaxPixels(vectors); pixels++ {
				for _, blocks := range []int{1, 2, 3, 4, 5, 6, 7, 8, 12, 13} {
					for _, length := range []int{1, 2, 3, 4, 5, 48} {
						k, n := randomLinear(rng, vectors, pixels, blocks, 1+rng.IntN(3), length)
						k.Dst = make([]float32, n)
						k.Run()
						want := k.Dst
						k.Dst, k.X, k.W, k.Bias = fenced(f, make([]float32, n)), fenced(f, k.X), fenced(f, k.W), fenced(f, k.Bias)
						k.Run()
						requireSame(t, want, k.Dst, k.describe())
						f.close()
					}
				}
			}
		}
	})
}

func TestPoolStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(51)
		for vectors := 1; vectors <= 2; vectors++ {
			for windows := 1; windows <= 3; windows++ {
				for size := 1; size <= 5; size++ {
					k, n := randomPool(rng, vectors, windows, size)
					k.Dst = make([]float32, n)
					k.Run()
					want := k.Dst
					k.Dst, k.X = fenced(f, make([]float32, n)), fenced(f, k.X)
					k.Run()
					requireSame(t, want, k.Dst, k.describe())
					f.close()
				}
			}
		}
	})
}

func TestPatchesStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(52)
		for width := 1; width <= MaxPatchWidth; width++ {
			for rows := 1; rows <= 6; rows++ {
				for _, share := range []float64{0, 0.3, 1} {
					k := randomPatches(rng, 1+rng.IntN(2), rows, width, 1+rng.IntN(4), share)
					reach := (k.Channels-1)*k.Channel + (k.Rows-1)*k.Row + k.Width
					k.Origins[0], k.Origins[len(k.Origins)-1] = 0, int32(len(k.Image)-reach)
					values, places, ends := k.defined()
					k.Image, k.Origins = fenced(f, k.Image), fenced(f, k.Origins)
					k.Values, k.Places, k.Ends = fenced(f, k.Values), fenced(f, k.Places), fenced(f, k.Ends)
					k.Run()
					requireSame(t, values, k.Values[:len(values)], k.describe())
					require.True(t, slices.Equal(places, k.Places[:len(places)]), k.describe())
					require.True(t, slices.Equal(ends, k.Ends), k.describe())
					f.close()
				}
			}
		}
	})
}

func TestGatherStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(53)
		forGathers(func(vectors int, mode GatherMode, lists, most int) {
			if most > 20 || most%4 != 0 {
				return
			}
			k, n := randomGather(rng, vectors, mode, lists, most)
			if len(k.Places) > 0 {
				k.Places[0], k.Places[len(k.Places)-1] = 0, uint32(len(k.Table)-Tile*vectors*Lanes)
			}
			k.Dst = make([]float32, n)
			k.Run()
			want := k.Dst
			k.Dst, k.DstOrigins, k.Ends = fenced(f, make([]float32, n)), fenced(f, k.DstOrigins), fenced(f, k.Ends)
			k.Table, k.Bias, k.Values, k.Places = fenced(f, k.Table), fenced(f, k.Bias), fenced(f, k.Values), fenced(f, k.Places)
			k.Run()
			requireSame(t, want, k.Dst, k.describe())
			f.close()
		})
	})
}

func TestTangentsStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(59)
		forTangents(func(vectors, lists, most int) {
			if most > 20 || most%4 != 0 {
				return
			}
			k, n := randomTangents(rng, vectors, lists, most, false)
			if len(k.Places) > 0 {
				k.Places[0], k.Places[len(k.Places)-1] = 0, uint32(len(k.Table)-Tile*vectors*Lanes)
			}
			k.Dst, k.Tangents = make([]float32, n), make([]float32, n)
			k.Run()
			want, tangents := k.Dst, k.Tangents
			k.Dst, k.Tangents, k.DstOrigins, k.Ends = fenced(f, make([]float32, n)), fenced(f, make([]float32, n)), fenced(f, k.DstOrigins), fenced(f, k.Ends)
			k.Table, k.Directions, k.Bias, k.DirectionBias = fenced(f, k.Table), fenced(f, k.Directions), fenced(f, k.Bias), fenced(f, k.DirectionBias)
			k.Values, k.Places = fenced(f, k.Values), fenced(f, k.Places)
			k.Run()
			requireSame(t, want, k.Dst, k.describe())
			requireSame(t, tangents, k.Tangents, k.describe())
			for i := range k.Others {
				k.Others[i], k.OtherTables[i], k.OtherBiases[i] = fenced(f, make([]float32, n)), fenced(f, k.Table), fenced(f, k.Bias)
			}
			k.Run()
			f.close()
		})
	})
}

func TestBilinearStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(60)
		forBilinears(func(values, rows, length int) {
			if values == 2 && rows < 4 {
				k := randomBilinear(rng, values, rows, length)
				k.W, k.Directions, k.X, k.Tangents = fenced(f, k.W), fenced(f, k.Directions), fenced(f, k.X), fenced(f, k.Tangents)
				k.Values, k.WAt, k.XAt = fenced(f, k.Values), fenced(f, k.WAt), fenced(f, k.XAt)
				k.Run()
				f.close()
			}
		})
	})
}

func TestSoftmaxStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		for classes := 1; classes <= 40; classes++ {
			for rows := range 3 {
				k := randomSoftmax(rows, classes, 1, 54)
				k.Run()
				others, gaps := k.Others, k.Gaps
				k.makeResults()
				k.Logits, k.Labels, k.Others, k.Gaps = fenced(f, k.Logits), fenced(f, k.Labels), fenced(f, k.Others), fenced(f, k.Gaps)
				k.Run()
				require.True(t, slices.Equal(others, k.Others) && slices.Equal(gaps, k.Gaps), "%d classes", classes)
				f.close()
			}
		}
	})
}

func TestWinnersStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(55)
		for vectors := 1; vectors <= 2; vectors++ {
			for windows := 1; windows <= 3; windows++ {
				for size := 1; size <= 5; size++ {
					k, n := randomWinners(rng, vectors, windows, size)
					k.Dst, k.From = make([]float32, n), make([]int32, n)
					k.Run()
					want, from := k.Dst, k.From
					k.Dst, k.From, k.X = fenced(f, make([]float32, n)), fenced(f, make([]int32, n)), fenced(f, k.X)
					k.Run()
					requireSame(t, want, k.Dst, k.describe())
					require.True(t, slices.Equal(from, k.From), k.describe())
					f.close()
				}
			}
		}
	})
}

func TestCollectStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(56)
		forCollects(func(lists, rows, length int) {
			k := randomCollect(rng, lists, rows, length)
			dst := slices.Clone(k.Dst)
			k.Run()
			want := k.Dst
			k.Dst, k.X = fenced(f, dst), fenced(f, k.X)
			k.Values, k.XAt, k.DstAt, k.Ends = fenced(f, k.Values), fenced(f, k.XAt), fenced(f, k.DstAt), fenced(f, k.Ends)
			k.Run()
			requireSame(t, want, k.Dst, k.describe())
			f.close()
		})
	})
}

func TestTransposeStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(55)
		for length := 1; length <= 40; length++ {
			k, n := randomTranspose(rng, length)
			k.Dst = make([]float32, n)
			k.Run()
			want := k.Dst
			k.Dst, k.X = fenced(f, make([]float32, n)), fenced(f, k.X)
			k.Run()
			requireSame(t, want, k.Dst, k.describe())
			f.close()
		}
	})
}

func TestUnpoolStaysInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(57)
		forUnpools(func(vectors, windows, size int) {
			k, n := randomUnpool(rng, vectors, windows, size)
			want, wantSums := definedUnpool(k, n)
			k.Dst, k.Sums = fenced(f, want), fenced(f, k.Sums)
			k.Slopes, k.Outputs, k.From = fenced(f, k.Slopes), fenced(f, k.Outputs), fenced(f, k.From)
			k.Run()
			requireSame(t, want, k.Dst, k.describe())
			requireSame(t, wantSums, k.Sums, k.describe())
			f.close()
		})
	})
}

func TestElementwiseStayInside(t *testing.T) {
	onFences(t, func(f *fence) {
		rng := newRand(58)
		for n := 1; n < 40; n++ {
			k := randomAdam(rng, n)
			k.Params, k.Gradient, k.Mean, k.Square = fenced(f, k.Params), fenced(f, k.Gradient), fenced(f, k.Mean), fenced(f, k.Square)
			k.Run()
			(&Prefetch{X: k.Params}).Run()
			(&Gate{Slopes: fenced(f, k.Mean), Outputs: fenced(f, k.Params)}).Run()
			(&Inner{X: fenced(f, k.Mean), Y: fenced(f, k.Params)}).Run()
			(&Accumulate{Dst: fenced(f, make([]float64, n)), X: fenced(f, k.Params)}).Run()
			f.close()
		}
	})
}
