package bias

import (
	"errors"
	"fmt"
	"math"
)

// A Moment says how far one moment is off, over all coordinates.
type Moment struct {
	// Size is the root of the mean square of the errors. Those of means are in units of the
	// reference's standard deviation, those of variances relative to the reference's variance.
	Size float64
	// Noise is the size that is expected of two runs without bias, from the standard errors of
	// both.
	Noise float64
	// Bias is √(Size² − Noise²), or 0 if the noise is larger: an estimate of the size without noise.
	Bias float64
	// Score is the root of the mean square of the scores: about 1 without bias, over many
	// independent coordinates.
	Score float64
	// Worst is the coordinate of the largest score in absolute value, and WorstScore that score.
	Worst      int
	WorstScore float64
}

// A Comparison has the errors of a run against a reference.
type Comparison struct {
	Means, Variances Moment
	// W2 is the Wasserstein distance of two normal distributions with independent coordinates
	// that have these means and variances, √Σ ((m − m′)² + (σ − σ′)²), in units of coordinates.
	W2 float64
	// MeanScores and VarianceScores are, for each coordinate, the difference over its standard
	// error, √ of the sum of the squares of both; positive where the run has more.
	MeanScores, VarianceScores []float64
}

// Compare compares a run with a reference. Coordinates must be as many; each needs a positive
// variance in the reference, and an error in one of the two.
func Compare(run, reference *Summary) (*Comparison, error) {
	if run == nil || reference == nil {
		return nil, errors.New("bias: a summary is nil")
	}
	if len(run.Means) != len(reference.Means) || len(run.Means) == 0 {
		return nil, fmt.Errorf("bias: a run of %d coordinates and a reference of %d, want the same positive number", len(run.Means), len(reference.Means))
	}
	c := &Comparison{}
	sum := 0.0
	for k, mean := range run.Means {
		variance, exact, scale := run.Variances[k], reference.Means[k], reference.Variances[k]
		if !(scale.Mean > 0) {
			return nil, fmt.Errorf("bias: coordinate %d has the variance %v in the reference, want one > 0", k, scale.Mean)
		}
		deviation := math.Sqrt(scale.Mean)
		meanError := math.Hypot(mean.StandardError, exact.StandardError)
		varianceError := math.Hypot(variance.StandardError, scale.StandardError)
		if !(meanError > 0) || !(varianceError > 0) {
			return nil, fmt.Errorf("bias: coordinate %d has standard errors of %v and %v, want numbers > 0", k, meanError, varianceError)
		}
		c.MeanScores = append(c.MeanScores, c.Means.add(mean.Mean-exact.Mean, meanError, deviation, k))
		c.VarianceScores = append(c.VarianceScores, c.Variances.add(variance.Mean-scale.Mean, varianceError, scale.Mean, k))
		sum += square(mean.Mean-exact.Mean) + square(math.Sqrt(variance.Mean)-deviation)
	}
	c.Means.finish(len(run.Means))
	c.Variances.finish(len(run.Means))
	c.W2 = math.Sqrt(sum)
	return c, nil
}

// add adds the difference of coordinate k, and returns its score. Until finish, Size, Noise and
// Score are sums of squares.
func (e *Moment) add(difference, standardError, unit float64, k int) (score float64) {
	score = difference / standardError
	e.Size += square(difference / unit)
	e.Noise += square(standardError / unit)
	e.Score += square(score)
	if math.Abs(score) > math.Abs(e.WorstScore) {
		e.Worst, e.WorstScore = k, score
	}
	return score
}

func (e *Moment) finish(coordinates int) {
	n := float64(coordinates)
	e.Bias = math.Sqrt(max(0, e.Size-e.Noise) / n)
	e.Size, e.Noise, e.Score = math.Sqrt(e.Size/n), math.Sqrt(e.Noise/n), math.Sqrt(e.Score/n)
}

func square(x float64) float64 { return x * x }
