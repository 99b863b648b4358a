package nn

// A transposeStep turns a matrix of the given number of rows. It takes images
// from [channels, height, width] to [height, width, channels] and back.
type transposeStep struct {
	rows int
	dst  []float32
}

func (s *transposeStep) load([]float32) {}

func (s *transposeStep) apply(src []float32) []float32 {
	src = src[:len(s.dst)]
	columns := len(src) / s.rows
	for row := range s.rows {
		at := row
		for _, v := range src[row*columns:][:columns] {
			s.dst[at] = v
			at += s.rows
		}
	}
	return s.dst
}
