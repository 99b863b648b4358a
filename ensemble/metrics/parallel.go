package metrics

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// chunk is how many samples a worker takes at a time.
const chunk = 64

// eachSample calls visit for 0 to n−1, in several goroutines if there are many.
func eachSample(n int, visit func(i int)) {
	eachChunk(n, chunk, func(from, to int) {
		for i := from; i < to; i++ {
			visit(i)
		}
	})
}

// eachChunk calls visit for ranges of up to size numbers that make up 0 to n−1, in
// as many goroutines as there are processors.
func eachChunk(n, size int, visit func(from, to int)) {
	var next atomic.Int64
	work := func() {
		for {
			to := int(next.Add(int64(size)))
			from := to - size
			if from >= n {
				return
			}
			visit(from, min(to, n))
		}
	}
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+size-1)/size) - 1 {
		workers.Go(work)
	}
	work()
	workers.Wait()
}
