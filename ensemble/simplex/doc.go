// Package simplex finds simplexes of models whose loss is low everywhere inside: a
// trained network is a vertex, others are grown from it, and every point between them is
// a model that fits the data as well. Source: Benton, Maddox, Lotfi and Wilson 2021,
// "Loss surface simplexes for mode connecting volumes and fast ensembling", arXiv
// 2102.13042.
//
// [SPRO] adds vertices to a [Complex]. From one trained network it grows a simplex.
// Between several it finds connecting vertices, which their simplexes share, so that the
// networks are joined by a volume of low loss. [ESPRO] grows a simplex from each of
// several networks. Points drawn from a complex, [Complex.Points], are an ensemble at the
// price of a few vertices, [Complex.Committee].
//
// # What is minimized
//
// A vertex θ, the only one that moves, joins some simplexes. Each step draws H of them
// with equal probabilities, a point φ in each, uniformly (Dirichlet(1, …, 1) weights), and
// a batch of samples, on which it takes the loss L:
//
//	1/H Σ_h L(φ_h) − λₖ log V,    λₖ = λ*/log V(K).
//
// V is the sum of the volumes of the simplexes that θ joins, and K a random complex of the
// same structure ([Config].Lambda). A point that has the weight w at θ contributes
// w ∇L(φ) to the gradient. That of log V is a vector at right angles to the other
// vertices of a simplex, 1 divided by the height of θ above them ([LogVolumeGradient]),
// averaged over simplexes by volume.
//
// The paper starts θ at the mean of the other vertices. In a single simplex the height is
// 0 there, and log V −Inf. So a height counts as √(h² + ε²), where ε is 0.01 of the
// longest edge at the first vertex, or of its norm if it is alone. Steps of the loss take
// θ out of the plane, then the volume takes over.
//
// # How it differs from the published code
//
// The paper is followed where the authors' code, at
// https://github.com/g-benton/loss-surface-simplexes, does something else:
//
//   - The code returns the Cayley–Menger determinant over its norm, which is V², and calls
//     it the volume. Its reward is 2λ log V, and its tables of volumes are squares.
//   - It adds the losses of the H points up (the quotient by H is computed and dropped), so
//     that λ is weaker by H. Here it is the mean.
//   - For the volume of a complex it takes that of simplex 0 only. Here it is the sum.
//   - Where log V(K) is negative it takes λₖ = 10⁻⁸; here λₖ ≤ λ*.
//   - It adds 10⁻⁴ to V² under the logarithm, and computes the determinant in float32.
//     Here volumes are logarithms throughout ([LogVolume]), as V of ten dimensions may be
//     far outside of what a number holds.
//
// # Looking at it
//
// [Complex.Path] goes from one mode to another by way of connecting vertices; [Along] gives
// the loss on such a path or on an edge, [Plane.Grid] on a face or any plane through three
// vertices. They return numbers to draw figures from.
package simplex
