package random

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	exprand "golang.org/x/exp/rand"
)

// The numbers and the saved states are those of golang.org/x/exp/rand.
func TestPCGAgainstItsModel(t *testing.T) {
	ours, model := Source(3), new(exprand.PCGSource)
	state, err := ours.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, model.UnmarshalBinary(state))
	for range 1000 {
		require.Equal(t, model.Uint64(), ours.Uint64())
	}
	state, err = ours.MarshalBinary()
	require.NoError(t, err)
	expected, err := model.MarshalBinary()
	require.NoError(t, err)
	assert.Equal(t, expected, state)
	assert.Error(t, ours.UnmarshalBinary(state[:15]))
}

// hidden is a source whose type nobody knows.
type hidden struct{ source *PCG }

func (h hidden) Uint64() uint64 { return h.source.Uint64() }

// A source of any type gives the same draws, and as many words are taken as
// two integers each need.
func TestDeckTakesWhatItNeeds(t *testing.T) {
	known, other := NewDeck(200), NewDeck(200)
	a, b, c := Source(8), Source(8), Source(8)
	for _, m := range []int{0, 1, 2, 3, 31, 64, 65, 130, 200} {
		known.Reset()
		other.Reset()
		require.Equal(t, known.Draw(m, a), other.Draw(m, hidden{b}))
		for range (m + 1) / 2 {
			c.Uint64()
		}
		require.Equal(t, c, a)
		require.Equal(t, c, b)
	}
}

// words is a source of given words.
type words []uint64

func (w *words) Uint64() uint64 {
	word := (*w)[0]
	*w = (*w)[1:]
	return word
}

// A half that would favor some integers is left out, and the next one taken,
// in the same word or in the next.
func TestDeckLeavesOutHalves(t *testing.T) {
	const first, last = 0x8000_0001, 0xffff_ffff // of 3 integers: the second; the third
	for _, c := range []struct {
		words words
		want  []int
	}{
		{words{first << 32, last}, []int{1, 2, 0}}, // 0 would favor integer 0 of 3
		{words{0, last<<32 | first, 0}, []int{1, 2, 0}},
	} {
		source := c.words
		deck := NewDeck(3)
		got := deck.Draw(3, &source)
		assert.Equal(t, c.want, got)
		assert.Empty(t, source)
	}
}
