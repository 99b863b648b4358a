package trace

import (
	"context"
	"testing"
)

// BenchmarkWriter has the cost of a step with a trace and without one.
func BenchmarkWriter(b *testing.B) {
	for _, c := range []struct {
		name    string
		every   int
		average bool
	}{{"none", 0, false}, {"thinned 1/54", 54, false}, {"averaged 1/54", 54, true}} {
		b.Run(c.name, func(b *testing.B) {
			chain := newChain(b)
			b.ReportAllocs()
			if c.every == 0 {
				if err := chain.Run(context.Background(), b.N); err != nil {
					b.Fatal(err)
				}
				return
			}
			w, _ := create(b, Config{Columns: all()[:5], Every: c.every, Average: c.average})
			b.ResetTimer()
			run(b, chain, b.N, w)
		})
	}
}
