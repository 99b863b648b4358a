package minibatch

import (
	"cmp"
	"fmt"
	"math"
)

// A CutOff ends the drawing of samples early when Δ* is so far from zero that
// the answer is all but certain; the sign of Δ* then decides. It is consulted
// only while ρ² > σ_c². The zero value is the derived rule with its defaults.
type CutOff struct {
	// Rule is the form of the condition.
	Rule CutOffRule
	// C0 and C1 are its constants c₀ and c₁, finite and not negative. Zero
	// stands for the rule's defaults.
	C0, C1 float64
}

// A CutOffRule is the form of a cut-off's condition.
type CutOffRule uint8

const (
	// Derived: |Δ*| − c₁ρ > c₀. The logistic is taken as 0 or 1 beyond c₀
	// (default 10), where it is 4.5·10⁻⁵ away; c₁ (default 5) is by how many
	// standard errors Δ* may be off. It is what the text of Mair et al.
	// derives and what their published program does.
	Derived CutOffRule = iota
	// Printed: |Δ*|/ρ − c₁ > c₀, as printed in Algorithm 1 of Mair et al.,
	// with c₁ = 10 and c₀ = 5 by default; for reproduction. With a small ρ it
	// would cut off a Δ* near zero: it is safe only because ρ² > σ_c² when it
	// is consulted.
	Printed
	// NoCutOff: chunks are drawn until ρ² ≤ σ_c² or the data end.
	NoCutOff
)

// String returns the rule in words.
func (r CutOffRule) String() string {
	switch r {
	case Derived:
		return "derived"
	case Printed:
		return "printed"
	case NoCutOff:
		return "none"
	}
	return fmt.Sprintf("CutOffRule(%d)", uint8(r))
}

func (c CutOff) withDefaults() (CutOff, error) {
	switch c.Rule {
	case Derived:
		c.C0, c.C1 = cmp.Or(c.C0, 10), cmp.Or(c.C1, 5)
	case Printed:
		c.C0, c.C1 = cmp.Or(c.C0, 5), cmp.Or(c.C1, 10)
	case NoCutOff:
		return c, nil
	default:
		return c, fmt.Errorf("minibatch: CutOff.Rule = %d, want Derived, Printed or NoCutOff", c.Rule)
	}
	for _, constant := range []struct {
		name  string
		value float64
	}{{"C0", c.C0}, {"C1", c.C1}} {
		if !(constant.value >= 0) || math.IsInf(constant.value, 1) {
			return c, fmt.Errorf("minibatch: CutOff.%s = %v, want a finite number ≥ 0", constant.name, constant.value)
		}
	}
	return c, nil
}

// certain says whether Δ* with standard error ρ decides by its sign.
func (c CutOff) certain(delta, rho float64) bool {
	switch c.Rule {
	case Derived:
		return math.Abs(delta)-c.C1*rho > c.C0
	case Printed:
		return math.Max(math.Abs(delta)/rho-c.C1, 0) > c.C0
	}
	return false
}
