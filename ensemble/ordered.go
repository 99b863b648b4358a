package ensemble

import "sync"

// An ordered takes the results of blocks, which come in any order, to a function
// in the order of the blocks: so that sums of them do not depend on the number of
// processors. Only results that came too early are held.
type ordered[T any] struct {
	take func(T)

	mutex   sync.Mutex
	next    int
	waiting map[int]T
}

func inOrder[T any](take func(T)) *ordered[T] {
	return &ordered[T]{take: take, waiting: map[int]T{}}
}

// put gives the result of a block, once for each.
func (o *ordered[T]) put(index int, result T) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.waiting[index] = result
	for {
		result, ok := o.waiting[o.next]
		if !ok {
			return
		}
		delete(o.waiting, o.next)
		o.next++
		o.take(result)
	}
}
