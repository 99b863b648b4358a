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

// Where there is AVX2 and FMA, or AVX-512, nothing may fall back to a twin
// silently.
func TestMachineCodeIsActive(t *testing.T) {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		t.Skip("this processor has no AVX2 and FMA")
	}
	want := "AVX2"
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL {
		want = "AVX-512"
	}
	assert.Equal(t, want, InstructionSet())
	twins := portable()
	differ := func(name string, kernel, twin any) {
		k := reflect.ValueOf(kernel)
		assert.False(t, k.IsNil(), name)
		assert.NotEqual(t, reflect.ValueOf(twin).Pointer(), k.Pointer(), name)
	}
	for _, table := range machines() {
		kernels := map[uintptr]bool{}
		for vectors := 1; vectors <= 2; vectors++ {
			for pixels := 1; pixels <= table.maxPixels[vectors]; pixels++ {
				differ("Linear", table.linear[vectors][pixels], twins.linear[vectors][pixels])
				kernels[reflect.ValueOf(table.linear[vectors][pixels]).Pointer()] = true
			}
			differ("Pool", table.pool[vectors], twins.pool[vectors])
			differ("Gather", table.gather[vectors], twins.gather[vectors])
			differ("Tangents", table.tangents[vectors], twins.tangents[vectors])
			differ("Winners", table.winners[vectors], twins.winners[vectors])
			differ("Unpool", table.unpool[vectors], twins.unpool[vectors])
		}
		shapes := map[uintptr]bool{}
		for part := range table.collect {
			for registers := 1; registers < len(table.collect[part]); registers++ {
				differ("Collect", table.collect[part][registers], twins.collect[part][1])
				shapes[reflect.ValueOf(table.collect[part][registers]).Pointer()] = true
			}
		}
		assert.Len(t, shapes, 16, "each shape of Collect has a kernel")
		assert.Len(t, kernels, table.maxPixels[1]+table.maxPixels[2], "each shape of Linear has a kernel")
		differ("Patches", table.patches, twins.patches)
		differ("Softmax", table.softmax, twins.softmax)
		differ("Transpose", table.transpose, twins.transpose)
		differ("Gate", table.gate, twins.gate)
		differ("Accumulate", table.accumulate, twins.accumulate)
		differ("Inner", table.inner, twins.inner)
		differ("Bilinear", table.bilinear, twins.bilinear)
		differ("Adam", table.adam, twins.adam)
		differ("Prefetch", table.prefetch, twins.prefetch)
		assert.NotNil(t, table.peak)
		assert.Equal(t, table.name == "AVX-512", table.tangentsOthers[2] != nil)
	}
}

// Other tests go through the tables that there are, and do not say which.
func TestAVX512IsTested(t *testing.T) {
	if !hasAVX512() {
		t.Skip("this processor has no AVX-512: its kernels are not tested here")
	}
	assert.Contains(t, tables(), "AVX-512")
	assert.Contains(t, tables(), "AVX2")
}
