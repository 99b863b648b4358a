package random

import (
	"encoding/binary"
	"io"
	"math/bits"
)

// A PCG is the generator PCG XSL RR 128/64 (O'Neill, Harvey Mudd College,
// HMC-CS-2014-0905). It gives the numbers of PCGSource in golang.org/x/exp/rand,
// and its saved state is the same. It is here so that a Deck can keep the
// state in registers.
type PCG struct{ high, low uint64 }

const (
	multiplierHigh, multiplierLow = 2549297995355413924, 4865540595714422341
	incrementHigh, incrementLow   = 6364136223846793005, 1442695040888963407
)

// Uint64 returns a uniformly distributed number.
func (p *PCG) Uint64() uint64 {
	p.high, p.low = next(p.high, p.low)
	return output(p.high, p.low)
}

// next returns the state after a state: a linear congruence mod 2¹²⁸.
func next(high, low uint64) (uint64, uint64) {
	h, l := bits.Mul64(low, multiplierLow)
	h += high*multiplierLow + low*multiplierHigh
	l, carry := bits.Add64(l, incrementLow, 0)
	h, _ = bits.Add64(h, incrementHigh, carry)
	return h, l
}

// output returns the number that a state stands for.
func output(high, low uint64) uint64 { return bits.RotateLeft64(high^low, -int(high>>58)) }

// MarshalBinary returns the state, 16 bytes. The error is nil.
func (p *PCG) MarshalBinary() ([]byte, error) {
	state := binary.BigEndian.AppendUint64(make([]byte, 0, 16), p.high)
	return binary.BigEndian.AppendUint64(state, p.low), nil
}

// UnmarshalBinary restores a state that MarshalBinary returned.
func (p *PCG) UnmarshalBinary(state []byte) error {
	if len(state) < 16 {
		return io.ErrUnexpectedEOF
	}
	p.high, p.low = binary.BigEndian.Uint64(state), binary.BigEndian.Uint64(state[8:])
	return nil
}
