package cli

import (
	"bytes"
	"encoding/gob"

	"github.com/trajens/trajens/tps"
)

// Part returns a part of checkpoints that holds what value points to, in the
// format of encoding/gob.
func Part(name string, value any) tps.Part { return tps.Part{Name: name, State: state{value}} }

type state struct{ value any }

func (s state) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(s.value)
	return b.Bytes(), err
}

func (s state) UnmarshalBinary(b []byte) error {
	return gob.NewDecoder(bytes.NewReader(b)).Decode(s.value)
}
