package tps

import (
	"fmt"
	"io"

	"github.com/trajens/trajens/internal/npz"
)

// Names of the arrays of a file of a Quadratic.
const (
	centerArray     = "center"     // P
	curvaturesArray = "curvatures" // K
	directionsArray = "directions" // K × P
	slopesArray     = "slopes"     // K
)

// WriteNPZ writes q as a NumPy .npz file: "center" (float32, [P]), "curvatures" and
// "slopes" ([K]) and "directions" ([K, P], all float64), so that a program that goes on
// from a checkpoint has the same moves without measuring curvatures again.
func (q *Quadratic) WriteNPZ(w io.Writer) error {
	if err := q.Validate(len(q.Center)); err != nil {
		return err
	}
	n, params := len(q.Directions), len(q.Center)
	directions := make([]float64, 0, n*params)
	for _, v := range q.Directions {
		directions = append(directions, v...)
	}
	slopes := q.Slopes
	if slopes == nil {
		slopes = make([]float64, n)
	}
	return npz.Write(w,
		npz.Array{Name: centerArray, Shape: []int{params}, Data: q.Center},
		npz.Array{Name: curvaturesArray, Shape: []int{n}, Data: q.Curvatures},
		npz.Array{Name: slopesArray, Shape: []int{n}, Data: slopes},
		npz.Array{Name: directionsArray, Shape: []int{n, params}, Data: directions})
}

// ReadQuadratic reads what WriteNPZ wrote, and validates it.
func ReadQuadratic(r io.Reader) (*Quadratic, error) {
	bytes, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	if err := npz.Sealed(bytes); err != nil {
		return nil, fmt.Errorf("tps: the file of a Quadratic is damaged: %w", err)
	}
	file, err := npz.Read(bytes)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	q := new(Quadratic)
	if q.Center, _, err = npz.Get[float32](file, centerArray, -1); err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	if q.Curvatures, _, err = npz.Get[float64](file, curvaturesArray, -1); err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	n, params := len(q.Curvatures), len(q.Center)
	if q.Slopes, _, err = npz.Get[float64](file, slopesArray, n); err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	directions, _, err := npz.Get[float64](file, directionsArray, n, params)
	if err != nil {
		return nil, fmt.Errorf("tps: %w", err)
	}
	for k := range n {
		q.Directions = append(q.Directions, directions[k*params:(k+1)*params:(k+1)*params])
	}
	return q, q.Validate(params)
}
