package kernel

// Prefetch asks the processor for numbers that will be read soon, in any order,
// and does not wait for them.
type Prefetch struct {
	X []float32
}

func prefetchGo(*Prefetch) {}
