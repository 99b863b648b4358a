//go:build amd64 && !noasm

package kernel

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/sys/cpu"
)

// machines are the tables of machine code that this processor can run.
func machines() []*table {
	var all []*table
	if hasAVX2() {
		all = append(all, avx2())
	}
	if hasAVX512() {
		all = append(all, avx512())
	}
	return all
}

// Where there is AVX2 and FMA, nothing may fall back to a twin silently.
func TestMachineCodeIsActive(t *testing.T) {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		t.Skip("this processor has no AVX2 and FMA")
	}
	twins := portable()
	differ := func(name string, kernel, twin any) {
		k := reflect.ValueOf(kernel)
		assert.False(t, k.IsNil(), name)
		assert.NotEqual(t, reflect.ValueOf(twin).Pointer(), k.Pointer(), name)
	}
	kernels := map[uintptr]bool{}
	for vectors := 1; vectors <= 2; vectors++ {
		for pixels := 1; pixels <= MaxPixels[vectors]; pixels++ {
			differ("Linear", active.linear[vectors][pixels], twins.linear[vectors][pixels])
			kernels[reflect.ValueOf(active.linear[vectors][pixels]).Pointer()] = true
		}
		differ("Pool", active.pool[vectors], twins.pool[vectors])
		differ("Gather", active.gather[vectors], twins.gather[vectors])
	}
	assert.Len(t, kernels, 18, "each shape of Linear has a kernel")
	differ("Patches", active.patches, twins.patches)
	differ("Softmax", active.softmax, twins.softmax)
	assert.NotNil(t, active.peak)
}
