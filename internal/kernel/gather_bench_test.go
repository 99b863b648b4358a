package kernel

import (
	"fmt"
	"testing"
)

// sparseGather has lists as of the 10 × 10 windows of the first convolution of
// a small network on images of digits, with all four pixels of a window for
// two vectors of channels: each of 36 numbers is other than zero with a
// probability that differs from window to window.
func sparseGather(vectors int, seed uint64) *Gather {
	const windows, numbers, average = 100, 36, 11.3
	rng := newRand(60, seed)
	row := Tile * vectors * Lanes
	k := &Gather{
		Dst: make([]float32, windows*vectors*Lanes), Table: floats(numbers*row, 1), Bias: floats(row, 2),
		Vectors: vectors, Mode: GatherPool,
	}
	for t := range windows {
		share := rng.Float64() * 2 * average / numbers
		for at := range numbers {
			if rng.Float64() < share {
				k.Values, k.Places = append(k.Values, rng.Float32()), append(k.Places, uint32(at*row))
			}
		}
		if len(k.Values)%2 == 1 {
			k.Values, k.Places = append(k.Values, 0), append(k.Places, 0)
		}
		k.Ends, k.DstOrigins = append(k.Ends, int32(len(k.Values))), append(k.DstOrigins, int32(t*vectors*Lanes))
	}
	return k
}

func BenchmarkGather(b *testing.B) {
	for vectors := 1; vectors <= 2; vectors++ {
		b.Run(fmt.Sprintf("vectors%d", vectors), func(b *testing.B) {
			// Many images, so that the lengths of the lists are not learnt.
			all := make([]*Gather, 16)
			entries := 0
			for i := range all {
				all[i] = sparseGather(vectors, uint64(i))
				entries += len(all[i].Values)
			}
			i := 0
			run := func() {
				all[i%len(all)].Run()
				i++
			}
			for b.Loop() {
				run()
			}
			k := all[0]
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(k.Ends)), "ns/list")
			reportPeak(b, float64(entries)/float64(len(all))*float64(2*Tile*vectors*Lanes), run)
		})
	}
}

// BenchmarkTangents has the lists of BenchmarkGather.
func BenchmarkTangents(b *testing.B) {
	for vectors := 1; vectors <= 2; vectors++ {
		run := func(b *testing.B, others bool) {
			all := make([]*Tangents, 16)
			for i := range all {
				g := sparseGather(vectors, uint64(i))
				all[i] = &Tangents{
					Dst: g.Dst, Tangents: make([]float32, len(g.Dst)), DstOrigins: g.DstOrigins, Ends: g.Ends, Vectors: vectors,
					Table: g.Table, Bias: g.Bias, Directions: floats(len(g.Table), 3), DirectionBias: floats(len(g.Bias), 4),
					Values: g.Values, Places: g.Places,
				}
				if k := all[i]; others {
					for o := range k.Others {
						k.Others[o], k.OtherTables[o], k.OtherBiases[o] = make([]float32, len(k.Dst)), floats(len(g.Table), uint64(5+o)), floats(len(g.Bias), 7)
					}
				}
			}
			i := 0
			for b.Loop() {
				all[i%len(all)].Run()
				i++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all[0].Ends)), "ns/list")
		}
		b.Run(fmt.Sprintf("vectors%d", vectors), func(b *testing.B) { run(b, false) })
		b.Run(fmt.Sprintf("vectors%d/others", vectors), func(b *testing.B) { run(b, true) })
	}
}

func benchPatches() *Patches {
	k := &Patches{Image: floats(28*28, 1), Rows: 6, Width: 6, Row: 28, Channels: 1, Unit: Tile * 2 * Lanes}
	rng := newRand(61)
	for i := range k.Image {
		if rng.Float64() > 11.3/36 {
			k.Image[i] = 0
		}
	}
	for y := range 10 {
		for x := range 10 {
			k.Origins = append(k.Origins, int32(2*y*28+2*x))
		}
	}
	k.makeResults()
	return k
}

func BenchmarkPatches(b *testing.B) {
	k := benchPatches()
	for b.Loop() {
		k.Run()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(k.Origins)), "ns/list")
}
