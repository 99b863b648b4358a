package ensemble

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/trajens/trajens/internal/random"
)

func TestOrdered(t *testing.T) {
	const n = 500
	order := count(n)
	shuffle(order, random.Source(1))
	var taken []int
	o := inOrder(func(i int) { taken = append(taken, i) })
	var workers sync.WaitGroup
	for part := range 5 {
		workers.Go(func() {
			for i := part; i < n; i += 5 {
				o.put(order[i], order[i])
			}
		})
	}
	workers.Wait()
	assert.Equal(t, count(n), taken)
	assert.Empty(t, o.waiting)
}
