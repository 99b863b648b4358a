package diagnostics

// A line is a least-squares fit to a series.
type line struct {
	mean  float64 // of the series and of the line
	slope float64 // per value
	// longRun is the spectral density at zero of the series about the line, so
	// that a drift does not count as noise; n times the squared standard error
	// that the mean of a stationary series has.
	longRun float64
	tau     float64 // of the series about the line
}

// fitLine needs 2 values. It overwrites scratch, which is as long as series.
func fitLine(series, scratch []float64) line {
	n := float64(len(series))
	fit := line{mean: meanOf(series)}
	middle := (n - 1) / 2
	for i, x := range series {
		fit.slope += (float64(i) - middle) * (x - fit.mean)
	}
	fit.slope /= n * (n*n - 1) / 12
	for i, x := range series {
		scratch[i] = x - fit.mean - fit.slope*(float64(i)-middle)
	}
	time := IntegratedTime(scratch, 0)
	// The mean and the slope are two parameters measured on the same series,
	// each of which takes its share of the noise.
	share := float64(2*time.Window+1) / n
	fit.longRun = time.longRun * (1 + 2*share) / (1 + share)
	fit.tau = time.Tau
	return fit
}
