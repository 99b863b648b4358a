package data_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/trajens/trajens/data"
)

func Example() {
	digits, err := data.Digits(1000, rand.NewPCG(1, 2))
	if err != nil {
		panic(err)
	}
	train, test, err := digits.Split(800, rand.NewPCG(1, 2))
	if err != nil {
		panic(err)
	}
	fmt.Println(train.Len(), "to train on,", test.Len(), "to test on")
	fmt.Println("shape", train.Shape(), "in", train.Classes(), "classes")
	// Output:
	// 800 to train on, 200 to test on
	// shape [1 28 28] in 10 classes
}
