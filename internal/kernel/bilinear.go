package kernel

// Bilinear is the derivative of some weighted sums of a convolution, where both
// the weights and the numbers under them change: W by Directions, X by Tangents.
// It sums these derivatives, each times a value:
//
//	Sum = Σ_j Values[j] · Σ_{y<Rows} Σ_{i<Length}
//	    (W[WAt[j] + y·Length + i] · Tangents[XAt[j] + y·XRow + i] +
//	     Directions[WAt[j] + y·Length + i] · X[XAt[j] + y·XRow + i])
//
// The order of the sums depends on Rows, Length and the number of values alone.
type Bilinear struct {
	W, Directions []float32 // as many
	X, Tangents   []float32 // as many
	Values        []float32
	WAt, XAt      []int32 // at least 0, one for each of Values
	Rows          int     // at least 1
	Length        int     // at least 1
	XRow          int     // distance, at least 0
	Sum           float32 // the result
}

func (k *Bilinear) check() {
	if k.Rows < 1 || k.Length < 1 || k.XRow < 0 || len(k.WAt) != len(k.Values) || len(k.XAt) != len(k.Values) ||
		len(k.Directions) != len(k.W) || len(k.Tangents) != len(k.X) {
		panic("kernel: argument of Bilinear out of range")
	}
	// Without branches: what must not be negative is collected in one number.
	wRoom, xRoom := len(k.W)-k.Rows*k.Length, len(k.X)-(k.Rows-1)*k.XRow-k.Length
	sign := 0
	xAt := k.XAt[:len(k.WAt)]
	for j, at := range k.WAt {
		sign |= int(at) | (wRoom - int(at)) | int(xAt[j]) | (xRoom - int(xAt[j]))
	}
	if sign < 0 {
		panic("kernel: place of Bilinear out of range")
	}
}

func bilinearGo(k *Bilinear) {
	k.Sum = 0
	for j, v := range k.Values {
		var a, b float32
		for y := range k.Rows {
			w, x := int(k.WAt[j])+y*k.Length, int(k.XAt[j])+y*k.XRow
			weights, directions := k.W[w:][:k.Length], k.Directions[w:][:k.Length]
			inputs, tangents := k.X[x:][:k.Length], k.Tangents[x:][:k.Length]
			for i, weight := range weights {
				a += weight * tangents[i]
				b += directions[i] * inputs[i]
			}
		}
		k.Sum += v * (a + b)
	}
}
