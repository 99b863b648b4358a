package data

// A point is a place on the page or a displacement: x to the right, y down.
type point struct{ x, y float64 }

// A stroke is what a pen draws without being lifted: pieces that meet in
// corners. A piece is a smooth curve through its points; one that follows
// another starts where that ends, so with one point it is a straight line.
type stroke [][]point

// A glyph is one way to write a digit, in a box from (−1, −1) to (1, 1).
type glyph []stroke

// digitForms holds the ways to write each digit. They are equally likely.
var digitForms = [10][]glyph{
	0: {
		{{{{0.05, -0.98}, {-0.42, -0.72}, {-0.62, 0}, {-0.42, 0.74}, {0, 0.98}, {0.44, 0.72}, {0.62, 0}, {0.44, -0.72}, {0, -0.98}}}},
		// Narrow, open at the top.
		{{{{0.15, -0.90}, {-0.26, -0.80}, {-0.46, -0.02}, {-0.32, 0.76}, {0.02, 0.96}, {0.36, 0.66}, {0.46, -0.06}, {0.30, -0.76}, {-0.06, -0.98}}}},
	},
	1: {
		{{{{0, -0.98}, {0, 0.98}}}},
		// With an upstroke.
		{{{{-0.36, -0.52}, {0.10, -0.98}}, {{0.06, 0.98}}}},
		// With an upstroke and a base.
		{{{{-0.34, -0.56}, {0.04, -0.98}}, {{0.04, 0.96}}}, {{{-0.42, 0.96}, {0.46, 0.96}}}},
	},
	2: {
		{{{{-0.56, -0.52}, {-0.30, -0.90}, {0.18, -0.96}, {0.52, -0.62}, {0.42, -0.14}, {-0.04, 0.42}, {-0.60, 0.94}}, {{0.64, 0.94}}}},
		// With a loop at the foot.
		{{{{-0.50, -0.66}, {-0.10, -0.98}, {0.40, -0.78}, {0.44, -0.24}, {0.06, 0.34}, {-0.40, 0.82}, {-0.60, 0.62}, {-0.36, 0.48}, {0.02, 0.74}, {0.36, 0.96}, {0.68, 0.76}}}},
	},
	3: {
		{{{{-0.52, -0.72}, {-0.12, -0.98}, {0.38, -0.84}, {0.44, -0.42}, {0.12, -0.10}, {-0.16, -0.06}}, {{0.28, 0.04}, {0.54, 0.42}, {0.36, 0.84}, {-0.10, 0.98}, {-0.56, 0.72}}}},
		// With a flat top.
		{{{{-0.50, -0.94}, {0.50, -0.94}}, {{-0.08, -0.16}}, {{0.36, -0.04}, {0.54, 0.40}, {0.32, 0.86}, {-0.14, 0.98}, {-0.56, 0.74}}}},
	},
	4: {
		// Open.
		{{{{-0.42, -0.94}, {-0.54, 0.14}}, {{0.60, 0.14}}}, {{{0.34, -0.80}, {0.30, 0.98}}}},
		// Closed.
		{{{{0.24, 0.98}, {0.28, -0.96}}, {{-0.62, 0.30}}, {{0.64, 0.30}}}},
		// Round, with a tail like that of a 9.
		{{{{-0.46, -0.84}, {-0.54, -0.26}, {-0.28, 0.04}, {0.14, -0.02}, {0.46, -0.24}}}, {{{0.46, -0.90}, {0.42, 0.02}, {0.34, 0.98}}}},
	},
	5: {
		{{{{0.54, -0.94}, {-0.40, -0.94}}, {{-0.46, -0.14}}, {{-0.02, -0.32}, {0.46, -0.04}, {0.50, 0.50}, {0.14, 0.92}, {-0.30, 0.96}, {-0.60, 0.72}}}},
		// In one sweep.
		{{{{0.58, -0.96}, {0.10, -0.94}, {-0.30, -0.78}, {-0.40, -0.38}, {0.02, -0.14}, {0.42, 0.16}, {0.40, 0.66}, {0.02, 0.96}, {-0.50, 0.84}}}},
	},
	6: {
		{{{{0.40, -0.96}, {-0.08, -0.68}, {-0.44, -0.10}, {-0.50, 0.48}, {-0.22, 0.92}, {0.24, 0.92}, {0.50, 0.50}, {0.32, 0.08}, {-0.10, 0.04}, {-0.46, 0.40}}}},
		// With a straight back and a small loop.
		{{{{0.10, -0.98}, {-0.26, -0.40}, {-0.42, 0.28}, {-0.32, 0.82}, {0.08, 0.98}, {0.40, 0.74}, {0.34, 0.38}, {-0.02, 0.28}, {-0.38, 0.58}}}},
	},
	7: {
		{{{{-0.56, -0.92}, {0.56, -0.92}}, {{0.20, -0.10}, {-0.14, 0.98}}}},
		// Crossed.
		{{{{-0.54, -0.92}, {0.56, -0.92}}, {{0.16, 0}, {-0.18, 0.98}}}, {{{-0.26, 0.02}, {0.50, -0.02}}}},
		// With a hook.
		{{{{-0.54, -0.56}, {-0.54, -0.90}}, {{-0.06, -0.80}, {0.56, -0.94}}, {{0.22, -0.14}, {0.04, 0.98}}}},
	},
	8: {
		// In one stroke.
		{{{{0.44, -0.74}, {0.02, -0.98}, {-0.40, -0.70}, {-0.24, -0.26}, {0.18, 0.06}, {0.48, 0.50}, {0.24, 0.92}, {-0.22, 0.94}, {-0.48, 0.54}, {-0.22, 0.10}, {0.20, -0.24}, {0.44, -0.70}}}},
		// As two rings.
		{
			{{{0, -0.98}, {-0.36, -0.78}, {-0.36, -0.26}, {0, -0.06}, {0.36, -0.26}, {0.36, -0.78}, {0, -0.98}}},
			{{{0, -0.06}, {-0.46, 0.20}, {-0.46, 0.74}, {0, 0.98}, {0.46, 0.74}, {0.46, 0.20}, {0, -0.06}}},
		},
	},
	9: {
		// With a straight tail.
		{{{{0.42, -0.66}, {0.04, -0.96}, {-0.38, -0.78}, {-0.46, -0.32}, {-0.12, -0.02}, {0.28, -0.20}, {0.44, -0.66}}, {{0.38, 0.12}, {0.28, 0.98}}}},
		// With a round tail.
		{{{{0.46, -0.50}, {0.18, -0.94}, {-0.28, -0.92}, {-0.50, -0.48}, {-0.26, -0.08}, {0.20, -0.12}, {0.46, -0.50}}, {{0.48, 0.10}, {0.30, 0.74}, {-0.10, 0.98}, {-0.46, 0.80}}}},
	},
}

// curveSteps is the number of straight lines in place of the curve between
// two points of a piece. The error is far below a pixel.
const curveSteps = 5

// flatten appends the stroke to dst as one line of straight segments. Each
// point of the stroke is first moved by what wobble returns.
func (s stroke) flatten(dst []point, wobble func() point) []point {
	var buffer [16]point
	for _, piece := range s {
		p := buffer[:0]
		if len(dst) > 0 {
			p = append(p, dst[len(dst)-1])
		}
		for _, q := range piece {
			w := wobble()
			p = append(p, point{q.x + w.x, q.y + w.y})
		}
		if len(dst) == 0 {
			dst = append(dst, p[0])
		}
		dst = spline(dst, p)
	}
	return dst
}

// spline appends the Catmull-Rom curve through the points p, without the
// first (Catmull, Rom, in Computer Aided Geometric Design, Academic Press
// 1974). Two points make a straight line.
func spline(dst, p []point) []point {
	last := len(p) - 1
	if last == 1 {
		return append(dst, p[1])
	}
	for i := range last {
		a, b, c, d := p[max(i-1, 0)], p[i], p[i+1], p[min(i+2, last)]
		for step := 1; step <= curveSteps; step++ {
			t := float64(step) / curveSteps
			dst = append(dst, point{
				catmullRom(a.x, b.x, c.x, d.x, t),
				catmullRom(a.y, b.y, c.y, d.y, t),
			})
		}
	}
	return dst
}

// catmullRom goes from b at t = 0 to c at t = 1, with slopes (c − a)/2 and
// (d − b)/2.
func catmullRom(a, b, c, d, t float64) float64 {
	return b + t/2*(c-a+t*(2*a-5*b+4*c-d+t*(3*(b-c)+d-a)))
}
