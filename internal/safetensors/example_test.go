package safetensors_test

import (
	"bytes"
	"fmt"

	"github.com/trajens/trajens/internal/safetensors"
)

func Example() {
	var file bytes.Buffer
	err := safetensors.Write(&file, map[string]string{"unit": "m"},
		safetensors.Tensor{Name: "lengths", Shape: []int{2, 2}, Data: []float32{1, 2, 3, 4}})
	if err != nil {
		panic(err)
	}
	read, err := safetensors.Read(file.Bytes())
	if err != nil {
		panic(err)
	}
	for _, tensor := range read.Tensors {
		fmt.Println(tensor.Name, tensor.Shape, tensor.Data, read.Metadata["unit"])
	}
	// Output:
	// lengths [2 2] [1 2 3 4] m
}
