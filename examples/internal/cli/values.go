package cli

import (
	"encoding/json"
	"flag"
	"slices"
	"time"
)

// Values returns the values of all flags of a set but those of some names, as a JSON
// object: numbers and true or false as such, all others as text.
func Values(flags *flag.FlagSet, except ...string) (json.RawMessage, error) {
	values := make(map[string]any)
	flags.VisitAll(func(f *flag.Flag) {
		if slices.Contains(except, f.Name) {
			return
		}
		values[f.Name] = f.Value.String()
		if getter, ok := f.Value.(flag.Getter); ok {
			if _, isTime := getter.Get().(time.Duration); !isTime {
				values[f.Name] = getter.Get()
			}
		}
	})
	return json.Marshal(values)
}
