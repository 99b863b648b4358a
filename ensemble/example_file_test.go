package ensemble_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/data"
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

	measured, err := data.NewTargets([]float32{250, 350}, []int{1}, []float32{-1, 1})
	if err != nil {
		panic(err)
	}
	standardizer, err := data.NewStandardizer(measured)
	if err != nil {
		panic(err)
	}
	lines, err := ensemble.New(nn.LinearPerceptron(1), [][]float32{{1, 0.1}, {1, -0.1}})
	if err != nil {
		panic(err)
	}
	err = lines.Save(path, ensemble.Info{Loss: nn.HalfSquaredError, Inputs: "temperature in kelvins", Standardizer: standardizer})
	if err != nil {
		panic(err)
	}

	committee, info, err := ensemble.Load(path)
	if err != nil {
		panic(err)
	}
	inputs, err := info.Standardizer.Apply(measured)
	if err != nil {
		panic(err)
	}
	outputs, err := committee.Outputs(inputs)
	if err != nil {
		panic(err)
	}
	fmt.Println(committee.Network().Architecture(), info.Loss, committee.Len())
	fmt.Printf("%s: %.2f at 250\n", info.Inputs, info.Standardizer.RestoreTarget(0, outputs[0]))
	// Output:
	// 1, Dense(1) HalfSquaredError 2
	// temperature in kelvins: -1.00 at 250
}
