// Package temperature measures whether a sampler with momenta samples
//
//	exp(−(p·M⁻¹p/2 + U(θ))/T)
//
// at the temperature T = 1/β that it was asked for: with errors of the discretization, or with
// noise in the gradients that the friction does not take up, it does not.
//
// Each of P parameters has an average share in these functions of one state, whatever U is:
//
//   - [Kinetic], p·M⁻¹p/P, of mean T;
//   - [Virial], (θ − c)·∇U(θ)/P, of mean T for any fixed point c, if U grows in all directions;
//   - [Inertia], θ·p, of mean 0, as p and θ are independent.
//
// [Configurational] is a third temperature, from the gradients and the Laplacian of U.
//
// A [Thermometer] takes means and standard errors of the first three as the run goes on.
// TATi, the Thermodynamic Analytics Toolkit (Heber, Trštanová and Leimkuhler, arXiv:1903.08640),
// writes the kinetic energy p·p/2 and the virial |θ·∇U|/2, both of mean P T/2, and the inertia
// θ·p, of which its averages have the mean change by one step.
//
// Kinetic and virial temperatures err in different ways. A step e of BAOAB on a harmonic U of
// curvature h, unit masses, leaves 1 − e²h/4 of the kinetic and all of the virial temperature;
// GLA2 does the opposite. Take the one that belongs to what the run is for, mostly θ.
package temperature
