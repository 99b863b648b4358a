package correction

import (
	"math/bits"
	"math/rand/v2"
)

// An alias is a table for drawing an atom with one random word (Walker,
// ACM Transactions on Mathematical Software 3, 253 (1977); its construction
// as in Vose, IEEE Transactions on Software Engineering 17, 972 (1991)).
//
// There are 2^index columns of equal probability. The high bits of the word
// choose one, the bits below them, compared with the column's threshold, one
// of its two atoms. With a power of two of columns and weights that are
// multiples of 2⁻⁵³ all of this is exact: no atom's probability is off by
// even one part in 2⁶⁴.
//
// A symmetric distribution has a table for its positive half, and the same
// with the signs changed, so that both signs are exactly as probable.
type alias struct {
	index   uint
	columns []aliasColumn
}

type aliasColumn struct {
	threshold uint64     // of the bits below the index, moved to the top
	atoms     [2]float64 // [1] for bits below the threshold, [0] for others
}

// newAlias returns the table for atoms in increasing order, without
// repetition, and weights in units of 2⁻⁵³, all positive and of sum 2⁵³.
func newAlias(atoms []float64, units []uint64) alias {
	if !symmetric(atoms, units) {
		return buildAlias(atoms, units)
	}
	half := len(atoms) / 2
	positive := atoms[half:]
	doubled := make([]uint64, len(positive))
	for k, n := range units[half:] {
		doubled[k] = 2 * n
	}
	if positive[0] == 0 {
		doubled[0] = units[half]
	}
	table := buildAlias(positive, doubled)
	for _, column := range table.columns[:len(table.columns):len(table.columns)] {
		for i, y := range column.atoms {
			column.atoms[i] = 0 - y // −y would make a −0 of 0
		}
		table.columns = append(table.columns, column)
	}
	table.index++
	return table
}

func buildAlias(atoms []float64, units []uint64) alias {
	// At least two columns, so that Rand never shifts by all 64 bits.
	index := uint(max(1, bits.Len(uint(len(atoms)-1))))
	count := 1 << index
	capacity := uint64(1) << (53 - index)
	// A threshold has the unit 2⁻⁵³ of all, or 2⁻⁽⁵³⁻ⁱⁿᵈᵉˣ⁾ of a column.
	unit := uint64(1) << (64 - (53 - index))

	table := alias{index: index, columns: make([]aliasColumn, 0, count)}
	left := make([]uint64, count)
	values := make([]float64, count)
	copy(left, units)
	copy(values, atoms)
	var small, large []int // the atoms with less than a column's capacity left, and the others
	for k := count - 1; k >= 0; k-- {
		if left[k] < capacity {
			small = append(small, k)
		} else {
			large = append(large, k)
		}
	}
	// Each small atom gets a column, whose rest a large atom fills. The sum of
	// what is left is always the capacity of the columns that are missing, so
	// a large atom is left whenever a small one is.
	for len(small) > 0 {
		k, donor := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		table.columns = append(table.columns, aliasColumn{left[k] * unit, [2]float64{values[donor], values[k]}})
		left[donor] -= capacity - left[k]
		if left[donor] < capacity {
			large = large[:len(large)-1]
			small = append(small, donor)
		}
	}
	for _, k := range large { // exactly full
		table.columns = append(table.columns, aliasColumn{0, [2]float64{values[k], values[k]}})
	}
	return table
}

// Rand returns a sample of X_corr. It takes one word from source and does not
// allocate. Each atom has exactly its weight as probability.
func (d *Distribution) Rand(source rand.Source) float64 {
	word := source.Uint64()
	index := d.alias.index & 63
	column := &d.alias.columns[word>>(64-index)]
	// The borrow is 1 below the threshold. A branch instead would be taken at
	// random, and cost more than all the rest.
	_, below := bits.Sub64(word<<index, column.threshold, 0)
	return column.atoms[below&1]
}
