package null

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIs(t *testing.T) {
	var none *strings.Reader
	var reader io.Reader = none
	require.True(t, Is(nil))
	require.True(t, Is(reader))
	require.False(t, Is(strings.NewReader("")))
	require.False(t, Is(0))
}
