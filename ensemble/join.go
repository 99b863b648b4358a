package ensemble

import (
	"errors"
	"fmt"
)

// Join returns the committee of all members of some committees, in their order,
// such as those of several chains. Their networks must have the same Architecture;
// the first one is kept. Each committee has a share of the weight that is its
// share of the members, and divides it among its members as before: members of
// equal weight in each are members of equal weight. The parameters are shared.
func Join(committees ...*Committee) (*Committee, error) {
	if len(committees) == 0 {
		return nil, errors.New("ensemble: there are no committees to join")
	}
	var members [][]float32
	var weights []float64
	weighted := false
	for i, c := range committees {
		if c == nil {
			return nil, fmt.Errorf("ensemble: committee %d is nil", i)
		}
		if first := committees[0].net; c.net != first && c.net.Architecture() != first.Architecture() {
			return nil, fmt.Errorf("ensemble: committee %d is of the network %q, want %q", i, c.net.Architecture(), first.Architecture())
		}
		members = append(members, c.members...)
		weighted = weighted || c.weights != nil
		for k := range c.members {
			weights = append(weights, c.weight(k)/c.total*float64(c.Len()))
		}
	}
	if !weighted {
		weights = nil
	}
	return newCommittee(committees[0].net, members, weights)
}
