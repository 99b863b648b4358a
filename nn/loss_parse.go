package nn

import (
	"fmt"
	"maps"
	"slices"
)

// ParseLoss returns the loss whose String is the name.
func ParseLoss(name string) (Loss, error) {
	losses := slices.Sorted(maps.Keys(rules))
	names := make([]string, len(losses))
	for i, loss := range losses {
		if names[i] = loss.String(); names[i] == name {
			return loss, nil
		}
	}
	return 0, fmt.Errorf("nn: no loss is called %.60q, want one of %q", name, names)
}
