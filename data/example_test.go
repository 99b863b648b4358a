package data_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

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

func ExampleDataset_Shifted() {
	digits, err := data.Digits(100, rand.NewPCG(1, 2))
	if err != nil {
		panic(err)
	}
	for _, shift := range data.Shifts() {
		worst, err := digits.Shifted(shift, data.ShiftLevels, rand.NewPCG(1, 2))
		if err != nil {
			panic(err)
		}
		fmt.Println(shift, worst.Shape(), worst.ClassNames()[worst.Label(0)] == digits.ClassNames()[digits.Label(0)])
	}
	// Output:
	// rotation [1 28 28] true
	// noise [1 28 28] true
	// blur [1 28 28] true
	// contrast [1 28 28] true
	// translation [1 28 28] true
}

// The data of the simplex paper: 50 points a class, noise 1. A network has fewer troubles
// with standardized inputs.
func ExampleTwoSpirals() {
	points, err := data.TwoSpirals(100, 1, rand.NewPCG(1, 2))
	if err != nil {
		panic(err)
	}
	standardizer, err := data.NewStandardizer(points)
	if err != nil {
		panic(err)
	}
	standardized, err := standardizer.Apply(points)
	if err != nil {
		panic(err)
	}
	fmt.Println(standardized.Len(), "points of shape", standardized.Shape(), "in", standardized.Classes(), "classes")
	// Output:
	// 100 points of shape [2] in 2 classes
}

func ExampleReadTable() {
	const table = `length,material,strength
10,steel,52.1
12,wood,9.5
11,steel,50.7
14,wood,8.8
`
	all, columns, err := data.ReadTable(strings.NewReader(table), data.TableConfig{Categorical: []string{"material"}})
	if err != nil {
		panic(err)
	}
	train, test, err := all.Split(3, rand.NewPCG(1, 2))
	if err != nil {
		panic(err)
	}
	standardizer, err := data.NewStandardizer(train)
	if err != nil {
		panic(err)
	}
	if test, err = standardizer.Apply(test); err != nil {
		panic(err)
	}
	target := float64(test.Target(0)[0])
	fmt.Println(columns.InputNames(), "predict", columns.Target.Name)
	fmt.Printf("%.1f\n", standardizer.RestoreTarget(0, target))
	// Output:
	// [length material=steel material=wood] predict strength
	// 9.5
}
