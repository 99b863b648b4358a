package ensemble

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/trajens/trajens/nn"
)

// recordVersion is the version of the text that a file has of an Info. A program
// reads only its own.
const recordVersion = 1

// A record is an Info as a file has it, in JSON.
type record struct {
	Version int    `json:"version"`
	Loss    string `json:"loss,omitempty"` // its name
	Info
}

// encode returns the text of an info that was checked, without trailing line end.
func (i Info) encode() ([]byte, error) {
	r := record{Version: recordVersion, Info: i}
	if i.Loss != 0 {
		r.Loss = i.Loss.String()
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("the info: %w", err)
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// decodeInfo returns the info of a text. It is not checked yet.
func decodeInfo(text []byte) (Info, error) {
	var version struct{ Version int }
	if err := json.Unmarshal(text, &version); err != nil {
		return Info{}, fmt.Errorf("the info: %w", err)
	}
	if version.Version != recordVersion {
		return Info{}, fmt.Errorf("the info is of version %d, want %d", version.Version, recordVersion)
	}
	var r record
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return Info{}, fmt.Errorf("the info: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Info{}, errors.New("the info is followed by more")
	}
	if r.Loss != "" {
		loss, err := nn.ParseLoss(r.Loss)
		if err != nil {
			return Info{}, fmt.Errorf("the info: %w", err)
		}
		r.Info.Loss = loss
	}
	return r.Info, nil
}

func (i Info) isZero() bool { return reflect.ValueOf(i).IsZero() }
