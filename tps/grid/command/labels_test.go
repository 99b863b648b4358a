package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/tps/grid"
)

func TestLabels(t *testing.T) {
	require.Equal(t, map[string]string{"a": "s=0.5 seed=1", "b": "s=0.25 seed=2 more=true"}, labels([]grid.Info{
		{ID: "a", Config: []byte(`{"s":0.5,"seed":1,"tau":3}`), Result: []byte(`{"loss":1}`)},
		{ID: "b", Config: []byte(`{"s":0.25,"seed":2,"tau":3,"more":true}`)},
	}))
	require.Equal(t, map[string]string{"a": "tau=3"}, labels([]grid.Info{{ID: "a", Config: []byte(`{"tau":3}`)}}), "a single run differs in all")
	require.Empty(t, labels(nil))
}
