package kernel

// MaxPatchWidth is how wide the patches of Patches can be.
const MaxPatchWidth = Lanes

// Patches finds the numbers other than zero in patches of an image: small
// rectangles of all channels. Patch t is the rectangle of Rows × Width pixels
// whose upper left corner is at Origins[t] in each channel.
//
// It writes one list for each patch, one after the other: the values, by
// channel, row and column, and with each its place in the patch, times Unit:
//
//	((channel·Rows + row)·Width + column) · Unit.
//
// A list of odd length is padded with a value 0 at place 0, so that all have
// an even length. Ends[t] is where list t ends. NaN counts as other than
// zero.
type Patches struct {
	Image   []float32
	Origins []int32 // offsets in a channel, at least 0
	Rows    int     // at least 1
	Width   int     // 1 to MaxPatchWidth
	Row     int     // distance between two rows of the image, at least 0

	Channels int // at least 1
	Channel  int // distance between two channels, at least 0

	Unit int // at least 1

	// Results. Values and Places have room for len(Origins) · MaxPatch()
	// entries and Lanes more; Ends for len(Origins).
	Values []float32
	Places []uint32
	Ends   []int32
}

// MaxPatch returns the largest length of a list.
func (k *Patches) MaxPatch() int { return (k.Channels*k.Rows*k.Width + 1) &^ 1 }

func (k *Patches) check() {
	if k.Rows < 1 || k.Width < 1 || k.Width > MaxPatchWidth || k.Row < 0 || k.Channels < 1 || k.Channel < 0 || k.Unit < 1 {
		panic("kernel: argument of Patches out of range")
	}
	// Without branches, as this is done for each small patch: a number that must
	// not be negative.
	last := len(k.Image) - ((k.Channels-1)*k.Channel + (k.Rows-1)*k.Row + k.Width)
	sign := 0
	for _, origin := range k.Origins {
		sign |= int(origin) | (last - int(origin))
	}
	if sign < 0 {
		panic("kernel: patch outside the image")
	}
	room := len(k.Origins)*k.MaxPatch() + Lanes
	if len(k.Values) < room || len(k.Places) < room || len(k.Ends) < len(k.Origins) {
		panic("kernel: slice of Patches too short")
	}
}

func patchesGo(k *Patches) {
	at := 0
	for t, origin := range k.Origins {
		start, place := at, 0
		for c := range k.Channels {
			for y := range k.Rows {
				for _, v := range k.Image[int(origin)+c*k.Channel+y*k.Row:][:k.Width] {
					if v != 0 {
						k.Values[at], k.Places[at] = v, uint32(place)
						at++
					}
					place += k.Unit
				}
			}
		}
		if (at-start)%2 == 1 {
			k.Values[at], k.Places[at] = 0, 0
			at++
		}
		k.Ends[t] = int32(at)
	}
}
