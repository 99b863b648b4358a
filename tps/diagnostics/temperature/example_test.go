package temperature_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/tps/diagnostics/temperature"
)

// States of U = θ²/2 at T = 1, drawn exactly.
func Example() {
	thermometer, err := temperature.New(100, temperature.Config{})
	if err != nil {
		panic(err)
	}
	normal := rand.New(rand.NewPCG(1, 2))
	params, momenta := make([]float32, 100), make([]float32, 100)
	for range 10_000 {
		for i := range params {
			params[i], momenta[i] = float32(normal.NormFloat64()), float32(normal.NormFloat64())
		}
		thermometer.Add(params, momenta, params) // the gradient of U is θ
	}
	reading := thermometer.Read()
	_, _, inertia := reading.Scores(1)
	fmt.Printf("kinetic %.2f, virial %.2f, errors below 0.003: %t\n", reading.Kinetic.Mean, reading.Virial.Mean,
		max(reading.Kinetic.StandardError, reading.Virial.StandardError) < 0.003)
	fmt.Println("inertia within 3 standard errors of 0:", -3 < inertia && inertia < 3)
	// Output:
	// kinetic 1.00, virial 1.00, errors below 0.003: true
	// inertia within 3 standard errors of 0: true
}
