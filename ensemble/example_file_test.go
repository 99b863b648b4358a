package ensemble_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/ensemble"
	"github.com/trajens/trajens/nn"
)

// Two lines are saved, and loaded by who knows nothing of them.
func ExampleLoad() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "lines.safetensors")

	lines, err := ensemble.New(nn.LinearPerceptron(1), [][]float32{{2, 0}, {4, 1}})
	if err != nil {
		panic(err)
	}
	err = lines.Save(path, ensemble.Info{
		Loss:   nn.HalfSquaredError,
		Inputs: ensemble.Scaling{Names: []string{"temperature [K]"}, Mean: []float64{300}, Scale: []float64{50}},
	})
	if err != nil {
		panic(err)
	}

	committee, info, err := ensemble.Load(path)
	if err != nil {
		panic(err)
	}
	input := make([]float32, 1)
	info.Inputs.Apply(input, []float64{325})
	prediction, err := committee.Predict(input)
	if err != nil {
		panic(err)
	}
	fmt.Println(committee.Network().Architecture(), info.Loss, committee.Len())
	fmt.Printf("%v at 325: %.4g\n", info.Inputs.Names[0], prediction.Outputs[0])
	// Output:
	// 1, Dense(1) HalfSquaredError 2
	// temperature [K] at 325: 2
}
