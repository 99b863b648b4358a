package memory

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	require.Greater(t, Total(), 1e8)
	require.NoError(t, Check(1e6))
	require.NoError(t, Check(Total()))
	require.ErrorContains(t, Check(1e21), "needs 1e+03 EB of memory, this machine has ")
	require.ErrorContains(t, Check(17.6e12*1e3), "needs 17.6 PB of memory")
}

func TestFormat(t *testing.T) {
	for bytes, text := range map[float64]string{0: "0 bytes", 999: "999 bytes", 1500: "1.5 kB", 17.59e12: "17.6 TB", 8e9: "8 GB"} {
		require.Equal(t, text, Format(bytes))
	}
}
