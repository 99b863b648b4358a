package checkpoint

import (
	"encoding/json"
	"fmt"
)

// Describe returns a value in words: its String, or its type and JSON, which
// is the same in each run, unlike addresses in memory. A missing one is "default".
func Describe(x any) string {
	if x == nil {
		return "default"
	}
	if s, ok := x.(fmt.Stringer); ok {
		return s.String()
	}
	text, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprintf("%T", x)
	}
	return fmt.Sprintf("%T %s", x, text)
}
