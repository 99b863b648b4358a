package kernel

import (
	"fmt"
	"testing"
)

func BenchmarkSoftmax(b *testing.B) {
	for _, classes := range []int{2, 10, 100} {
		b.Run(fmt.Sprint("classes", classes), func(b *testing.B) {
			k := randomSoftmax(240, classes, 3, 1)
			for b.Loop() {
				k.Run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(k.Labels)), "ns/row")
		})
	}
}
