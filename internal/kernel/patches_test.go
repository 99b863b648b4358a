package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (k Patches) describe() string {
	k.Image, k.Values, k.Places, k.Ends = nil, nil, nil, nil
	return fmt.Sprintf("%+v", k)
}

// randomPatches has patches of a random image, a share of whose numbers is
// not zero, and results of the least size.
func randomPatches(rng *rand.Rand, channels, rows, width, lists int, share float64) *Patches {
	k := &Patches{
		Rows: rows, Width: width, Row: rng.IntN(20), Channels: channels, Channel: rng.IntN(100), Unit: 1 + rng.IntN(64),
	}
	most := 1 + rng.IntN(200)
	k.Image = floats(most+(channels-1)*k.Channel+(rows-1)*k.Row+width, rng.Uint64())
	for i := range k.Image {
		if rng.Float64() >= share {
			k.Image[i] = 0
		}
	}
	for range lists {
		k.Origins = append(k.Origins, int32(rng.IntN(most+1)))
	}
	k.makeResults()
	return k
}

func (k *Patches) makeResults() {
	room := len(k.Origins)*k.MaxPatch() + Lanes
	k.Values, k.Places, k.Ends = make([]float32, room), make([]uint32, room), make([]int32, len(k.Origins))
}

// defined returns the lists by their definition.
func (k *Patches) defined() (values []float32, places []uint32, ends []int32) {
	for _, origin := range k.Origins {
		for c := range k.Channels {
			for y := range k.Rows {
				for x := range k.Width {
					if v := k.Image[int(origin)+c*k.Channel+y*k.Row+x]; v != 0 {
						values = append(values, v)
						places = append(places, uint32(((c*k.Rows+y)*k.Width+x)*k.Unit))
					}
				}
			}
		}
		if len(values)%2 == 1 {
			values, places = append(values, 0), append(places, 0)
		}
		ends = append(ends, int32(len(values)))
	}
	return values, places, ends
}

func TestPatches(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			rng := newRand(20)
			for width := 1; width <= MaxPatchWidth; width++ {
				for rows := 1; rows <= 8; rows++ {
					for _, share := range []float64{0, 0.1, 0.5, 0.9, 1} {
						for channels := 1; channels <= 3; channels++ {
							k := randomPatches(rng, channels, rows, width, rng.IntN(9), share)
							spoil(rng, k.Image, rng.IntN(4))
							k.Image[0] = float32(math.Copysign(0, -1))
							var intact func(require.TestingT)
							k.Values, intact = guarded(len(k.Values))
							on(table, k.Run)
							intact(t)
							values, places, ends := k.defined()
							requireSame(t, values, k.Values[:len(values)], k.describe())
							require.True(t, slices.Equal(places, k.Places[:len(places)]), k.describe())
							require.True(t, slices.Equal(ends, k.Ends), k.describe())
						}
					}
				}
			}
		})
	}
}

// Every set of numbers other than zero in a row of eight.
func TestPatchesPacksEverySet(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			for set := range 1 << MaxPatchWidth {
				k := &Patches{Image: make([]float32, MaxPatchWidth), Origins: []int32{0}, Rows: 1, Width: MaxPatchWidth, Channels: 1, Unit: 3}
				for i := range k.Image {
					k.Image[i] = float32(set >> i & 1 * (i + 1))
				}
				k.makeResults()
				on(table, k.Run)
				values, places, ends := k.defined()
				require.True(t, slices.Equal(values, k.Values[:len(values)]), "set %b", set)
				require.True(t, slices.Equal(places, k.Places[:len(places)]), "set %b", set)
				require.Equal(t, ends, k.Ends)
			}
		})
	}
}

func TestPatchesChecks(t *testing.T) {
	valid := func() *Patches {
		k := randomPatches(newRand(21), 2, 3, 4, 5, 0.5)
		most := (k.Channels-1)*k.Channel + (k.Rows-1)*k.Row + k.Width
		k.Origins[1] = int32(len(k.Image) - most)
		return k
	}
	assert.NotPanics(t, valid().Run)
	for name, spoil := range map[string]func(k *Patches){
		"Image":    func(k *Patches) { k.Image = k.Image[:len(k.Image)-1] },
		"Origins":  func(k *Patches) { k.Origins[0] = -1 },
		"Rows":     func(k *Patches) { k.Rows = 0 },
		"Width":    func(k *Patches) { k.Width = MaxPatchWidth + 1 },
		"Channels": func(k *Patches) { k.Channels = 0 },
		"Row":      func(k *Patches) { k.Row = -1 },
		"Channel":  func(k *Patches) { k.Channel = -1 },
		"Unit":     func(k *Patches) { k.Unit = 0 },
		"Values":   func(k *Patches) { k.Values = k.Values[:len(k.Values)-1] },
		"Places":   func(k *Patches) { k.Places = k.Places[:len(k.Places)-1] },
		"Ends":     func(k *Patches) { k.Ends = k.Ends[:len(k.Ends)-1] },
	} {
		k := valid()
		spoil(k)
		assert.Panics(t, k.Run, name)
	}
}
