package nnls

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/trajens/trajens/internal/random"
)

func TestByHand(t *testing.T) {
	for _, test := range []struct {
		name       string
		a          *mat.Dense
		b, x, dual []float64
		norm       float64
	}{
		{
			"diagonal, one bound active",
			mat.NewDense(3, 2, []float64{2, 0, 0, 3, 0, 0}), []float64{4, -3, 5},
			[]float64{2, 0}, []float64{0, -9}, math.Sqrt(34),
		},
		{
			"all bounds active",
			mat.NewDense(2, 2, []float64{1, 2, 2, 1}), []float64{-1, -1},
			[]float64{0, 0}, []float64{-3, -3}, math.Sqrt2,
		},
		{
			"no bound active",
			mat.NewDense(2, 2, []float64{1, 1, 0, 1}), []float64{3, 1},
			[]float64{2, 1}, []float64{0, 0}, 0,
		},
		{
			"the unconstrained solution is (3, -1)",
			mat.NewDense(2, 2, []float64{1, 1, 0, 1}), []float64{2, -1},
			[]float64{2, 0}, []float64{0, -1}, 1,
		},
		{
			"one column",
			mat.NewDense(2, 1, []float64{3, 4}), []float64{5, 10},
			[]float64{2.2}, []float64{0}, 2,
		},
		{
			// b = a₁ + a₂ is nearest in angle to a₃, which must enter first
			// and leave again.
			"an unknown enters and leaves",
			mat.NewDense(3, 3, []float64{1, 0, 1, 0, 1, 1, 0, 0, -0.2}), []float64{1, 1, 0.05},
			[]float64{1, 1, 0}, []float64{0, 0, -0.01}, 0.05,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Solve(test.a, test.b, Options{})
			require.NoError(t, err)
			assert.InDeltaSlice(t, test.x, s.X, 1e-14)
			assert.InDeltaSlice(t, test.dual, s.Dual, 1e-14)
			assert.InDelta(t, test.norm, s.Norm, 1e-14)
		})
	}
}

// The problems and their solutions by SciPy: see testdata/golden.py.
func TestGolden(t *testing.T) {
	file, err := os.Open("testdata/golden.csv")
	require.NoError(t, err)
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	require.Len(t, records, 6)
	for _, record := range records[1:] {
		rows, _ := strconv.Atoi(record[0])
		cols, _ := strconv.Atoi(record[1])
		norm, err := strconv.ParseFloat(record[2], 64)
		require.NoError(t, err)
		a := mat.NewDense(rows, cols, nil)
		b := make([]float64, rows)
		for i := range rows {
			for j := range cols {
				a.Set(i, j, math.Sin(float64((i+1)*(j+1))*0.7)+0.3)
			}
			b[i] = math.Cos(1.3*float64(i+1)) + 0.5
		}
		s, err := Solve(a, b, Options{})
		require.NoError(t, err)
		assert.InDelta(t, norm, s.Norm, 1e-12)
		for j, field := range strings.Fields(record[3]) {
			x, err := strconv.ParseFloat(field, 64)
			require.NoError(t, err)
			assert.InDelta(t, x, s.X[j], 1e-11, "%d×%d, unknown %d", rows, cols, j)
		}
	}
}

// For a few unknowns, every choice of the positive ones can be tried.
func TestAgainstAllSubsets(t *testing.T) {
	source := rand.New(random.Source(1, 1))
	left := 0 // how many problems had an unknown that entered and left
	for problem := range 1000 {
		rows, cols := 1+source.IntN(9), 1+source.IntN(7)
		a, b := randomProblem(source, rows, cols)
		if problem%2 == 1 { // narrow angles between all columns and b
			a.Apply(func(_, _ int, v float64) float64 { return v + 2 }, a)
			floats.AddConst(2, b)
		}
		s, err := Solve(a, b, Options{})
		require.NoError(t, err)
		checkOptimal(t, a, b, s)

		best := floats.Norm(b, 2)
		for subset := 1; subset < 1<<cols; subset++ {
			var columns []int
			for j := range cols {
				if subset>>j&1 == 1 {
					columns = append(columns, j)
				}
			}
			if len(columns) > rows {
				continue
			}
			part := mat.NewDense(rows, len(columns), nil)
			for k, j := range columns {
				part.SetCol(k, mat.Col(nil, j, a))
			}
			var x, r mat.VecDense
			if x.SolveVec(part, mat.NewVecDense(rows, b)) != nil || floats.Min(x.RawVector().Data) < 0 {
				continue
			}
			r.MulVec(part, &x)
			r.SubVec(&r, mat.NewVecDense(rows, b))
			best = min(best, mat.Norm(&r, 2))
		}
		require.InDelta(t, best, s.Norm, 1e-12, "problem %d", problem)
		if positive := floats.Count(func(x float64) bool { return x > 0 }, s.X); positive < s.Iterations {
			left++
		}
	}
	assert.Greater(t, left, 20)
}

// The solution is planted: b = A x + r, with r orthogonal to the columns of
// the positive unknowns and an obtuse angle between it and all others.
func TestPlanted(t *testing.T) {
	source := rand.New(random.Source(1, 2))
	for problem := range 60 {
		cols := 2 + source.IntN(50)
		rows := cols + 1 + source.IntN(60)
		a, r := randomProblem(source, rows, cols)
		x := make([]float64, cols)
		for j := range x {
			if source.IntN(2) == 0 {
				x[j] = source.Float64() + 0.01
			}
		}
		// Twice Gram-Schmidt, for r orthogonal to rounding errors.
		var qr mat.QR
		var q mat.Dense
		qr.Factorize(a)
		qr.QTo(&q)
		size := math.Pow(10, -float64(problem%10))
		for range 2 {
			for j := range cols {
				column := mat.Col(nil, j, &q)
				floats.AddScaled(r, -floats.Dot(column, r), column)
			}
		}
		floats.Scale(size/floats.Norm(r, 2), r)
		for j := range cols {
			if x[j] > 0 {
				continue
			}
			column := mat.Col(nil, j, a)
			floats.AddScaled(column, -source.Float64()*0.5/size, r)
			a.SetCol(j, column)
		}
		b := make([]float64, rows)
		mat.NewVecDense(rows, b).MulVec(a, mat.NewVecDense(cols, x))
		floats.Add(b, r)

		s, err := Solve(a, b, Options{})
		require.NoError(t, err)
		require.InDelta(t, size, s.Norm, 1e-9*size+1e-13, "problem %d", problem)
		require.InDeltaSlice(t, x, s.X, 1e-10, "problem %d", problem)
	}
}

// Without the planted residual b is A x exactly, and x is found again.
func TestConsistent(t *testing.T) {
	source := rand.New(random.Source(1, 3))
	for range 30 {
		cols := 1 + source.IntN(40)
		a, b := randomProblem(source, cols+source.IntN(20), cols)
		x := make([]float64, cols)
		for j := range x {
			x[j] = max(0, source.NormFloat64())
		}
		mat.NewVecDense(len(b), b).MulVec(a, mat.NewVecDense(cols, x))
		s, err := Solve(a, b, Options{})
		require.NoError(t, err)
		require.InDelta(t, 0, s.Norm, 1e-12)
		var condition mat.SVD
		require.True(t, condition.Factorize(a, mat.SVDNone))
		require.InDeltaSlice(t, x, s.X, 1e-13*condition.Cond())
	}
}

func TestConditionsOfOptimality(t *testing.T) {
	source := rand.New(random.Source(1, 4))
	for range 60 {
		a, b := randomProblem(source, 1+source.IntN(80), 1+source.IntN(80))
		_, cols := a.Dims()
		for j := range cols { // columns of very different lengths
			column := mat.Col(nil, j, a)
			floats.Scale(math.Pow(10, float64(source.IntN(13)-6)), column)
			a.SetCol(j, column)
		}
		s, err := Solve(a, b, Options{})
		require.NoError(t, err)
		checkOptimal(t, a, b, s)
	}
}

func TestDependentColumns(t *testing.T) {
	source := rand.New(random.Source(1, 5))
	for range 40 {
		rows := 3 + source.IntN(20)
		base, b := randomProblem(source, rows, 1+source.IntN(10))
		_, n := base.Dims()
		// Each column again, a multiple of it, a sum of two, and a zero column.
		a := mat.NewDense(rows, 4*n, nil)
		for j := range n {
			column := mat.Col(nil, j, base)
			a.SetCol(4*j, column)
			a.SetCol(4*j+1, column)
			floats.Add(column, mat.Col(nil, (j+1)%n, base))
			a.SetCol(4*j+2, column)
		}
		s, err := Solve(a, b, Options{})
		require.NoError(t, err)
		checkOptimal(t, a, b, s)
		alone, err := Solve(base, b, Options{})
		require.NoError(t, err)
		require.InDelta(t, alone.Norm, s.Norm, 1e-12) // the cone is the same
	}
}

// Columns that are all but dependent, a fit ten orders of magnitude smaller
// than b: the normal equations, which see the square of it, would end at 1e-8.
func TestIllConditioned(t *testing.T) {
	const rows, cols = 200, 81
	a := mat.NewDense(rows, cols, nil)
	b := make([]float64, rows)
	for i := range rows {
		x := -10 + 20*float64(i)/(rows-1)
		for j := range cols {
			d := x - (-10 + 0.25*float64(j))
			a.Set(i, j, math.Exp(-d*d/4))
		}
		// A wider Gaussian is a mixture of narrow ones, up to what is cut off.
		b[i] = math.Exp(-x * x / 6)
	}
	s, err := Solve(a, b, Options{})
	require.NoError(t, err)
	assert.Less(t, s.Norm, 1e-9)
	checkOptimal(t, a, b, s)
}

// The residual is orthogonal to all columns, also to those of unknowns that
// are zero in the solution: nothing but rounding errors decides whether they
// should enter, and with no tolerance only the guard against steps without
// progress ends that.
func TestEndsWithoutTolerance(t *testing.T) {
	source := rand.New(random.Source(1, 10))
	barred := 0
	for range 40 {
		const rows, cols = 60, 40
		a, r := randomProblem(source, rows, cols)
		var qr mat.QR
		var q mat.Dense
		qr.Factorize(a)
		qr.QTo(&q)
		for j := range cols {
			column := mat.Col(nil, j, &q)
			floats.AddScaled(r, -floats.Dot(column, r), column)
		}
		x := make([]float64, cols)
		for j := range cols / 2 {
			x[j] = 1
		}
		b := make([]float64, rows)
		mat.NewVecDense(rows, b).MulVec(a, mat.NewVecDense(cols, x))
		floats.Add(b, r)
		columns := slices.Clone(mat.DenseCopyOf(a.T()).RawMatrix().Data)
		solver := newSolver(columns, b, Options{Tolerance: 1e-300, MaxIterations: 10_000})
		s, err := solver.run()
		require.NoError(t, err)
		require.Less(t, s.Iterations, 1000)
		require.InDeltaSlice(t, x, s.X, 1e-12)
		checkOptimal(t, a, b, s)
		if slices.Contains(solver.barred, true) {
			barred++
		}
	}
	assert.Positive(t, barred)
}

func TestZeroRightHandSide(t *testing.T) {
	a, _ := randomProblem(rand.New(random.Source(1, 6)), 5, 3)
	s, err := Solve(a, make([]float64, 5), Options{})
	require.NoError(t, err)
	assert.Equal(t, make([]float64, 3), s.X)
	assert.Zero(t, s.Norm)
	assert.Zero(t, s.Iterations)
}

func TestZeroMatrix(t *testing.T) {
	s, err := Solve(mat.NewDense(2, 3, nil), []float64{3, 4}, Options{})
	require.NoError(t, err)
	assert.Equal(t, make([]float64, 3), s.X)
	assert.InDelta(t, 5, s.Norm, 1e-15)
}

func TestArgumentsAreKept(t *testing.T) {
	a, b := randomProblem(rand.New(random.Source(1, 7)), 9, 6)
	before := mat.DenseCopyOf(a)
	copied := append([]float64(nil), b...)
	_, err := Solve(a, b, Options{})
	require.NoError(t, err)
	assert.True(t, mat.Equal(before, a))
	assert.Equal(t, copied, b)
}

func TestNotConverged(t *testing.T) {
	a := mat.NewDense(3, 3, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1})
	s, err := Solve(a, []float64{3, 2, 1}, Options{MaxIterations: 2})
	var limit *NotConvergedError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, 2, limit.Iterations)
	assert.InDelta(t, 1, limit.Norm, 1e-15)
	assert.InDeltaSlice(t, []float64{3, 2, 0}, s.X, 1e-15)
	assert.EqualError(t, err, "nnls: not converged after 2 iterations, residual norm 1")

	s, err = Solve(a, []float64{3, 2, 1}, Options{MaxIterations: 3})
	require.NoError(t, err)
	assert.Equal(t, 3, s.Iterations)
}

func TestTolerance(t *testing.T) {
	// After the first column, (0, 1) is left of b. The second column makes an
	// angle of cosine 0.01 with it.
	a := mat.NewDense(2, 2, []float64{1, -1, 0, 0.01})
	b := []float64{1, 1}
	s, err := Solve(a, b, Options{Tolerance: 0.02})
	require.NoError(t, err)
	assert.Equal(t, 1, s.Iterations)
	s, err = Solve(a, b, Options{})
	require.NoError(t, err)
	assert.Equal(t, 2, s.Iterations)
	assert.InDeltaSlice(t, []float64{101, 100}, s.X, 1e-10)
}

// Powers of two change nothing but the exponents, however large they are.
func TestScale(t *testing.T) {
	a, b := randomProblem(rand.New(random.Source(1, 9)), 12, 7)
	want, err := Solve(a, b, Options{})
	require.NoError(t, err)
	a.Scale(0x1p700, a)
	floats.Scale(0x1p600, b)
	got, err := Solve(a, b, Options{})
	require.NoError(t, err)
	assert.Equal(t, want.Norm, got.Norm*0x1p-600)
	for j, x := range want.X {
		assert.Equal(t, x, got.X[j]*0x1p100)
	}
}

func TestBadArguments(t *testing.T) {
	good := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	for _, test := range []struct {
		a       mat.Matrix
		b       []float64
		options Options
		want    string
	}{
		{nil, []float64{1}, Options{}, "nnls: the matrix is nil"},
		{new(mat.Dense), nil, Options{}, "nnls: the matrix is empty"},
		{good, []float64{1}, Options{}, "nnls: 1 elements in b for 2 rows"},
		{good, []float64{1, math.NaN()}, Options{}, "nnls: element 1 of b is NaN, want a finite number"},
		{mat.NewDense(1, 2, []float64{1, math.Inf(1)}), []float64{1}, Options{}, "nnls: element (0, 1) of A is +Inf, want a finite number"},
		{good, []float64{1, 2}, Options{Tolerance: math.NaN()}, "nnls: Tolerance = NaN, want a number in [0, 1)"},
		{good, []float64{1, 2}, Options{Tolerance: 1}, "nnls: Tolerance = 1, want a number in [0, 1)"},
		{good, []float64{1, 2}, Options{MaxIterations: -1}, "nnls: MaxIterations = -1, want at least 0"},
	} {
		s, err := Solve(test.a, test.b, test.options)
		assert.EqualError(t, err, test.want)
		assert.Nil(t, s)
	}
}

func randomProblem(source *rand.Rand, rows, cols int) (*mat.Dense, []float64) {
	a := mat.NewDense(rows, cols, nil)
	b := make([]float64, rows)
	for i := range rows {
		for j := range cols {
			a.Set(i, j, source.NormFloat64())
		}
		b[i] = source.NormFloat64()
	}
	return a, b
}

// checkOptimal checks the conditions of Karush, Kuhn and Tucker, with the
// dual computed here.
func checkOptimal(t *testing.T, a *mat.Dense, b []float64, s *Solution) {
	t.Helper()
	rows, cols := a.Dims()
	require.Len(t, s.X, cols)
	r := mat.NewVecDense(rows, nil)
	r.MulVec(a, mat.NewVecDense(cols, s.X))
	r.SubVec(mat.NewVecDense(rows, b), r)
	require.InDelta(t, mat.Norm(r, 2), s.Norm, 1e-13*floats.Norm(b, 2))
	for j, x := range s.X {
		column := mat.Col(nil, j, a)
		dual := floats.Dot(column, r.RawVector().Data)
		scale := floats.Norm(column, 2) * floats.Norm(b, 2)
		require.InDelta(t, dual, s.Dual[j], 1e-13*scale)
		require.GreaterOrEqual(t, x, 0.0)
		require.LessOrEqual(t, dual, 1e-13*scale, "unknown %d", j)
		if x > 0 {
			require.InDelta(t, 0, dual, 1e-13*scale, "unknown %d", j)
		}
	}
}

func BenchmarkSolve(b *testing.B) {
	for _, n := range []int{20, 100} {
		a, y := randomProblem(rand.New(random.Source(1, 8)), 2*n, n)
		b.Run(fmt.Sprintf("%dx%d", 2*n, n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Solve(a, y, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
