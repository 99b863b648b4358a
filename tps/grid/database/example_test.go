package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/tps/grid"
	"github.com/trajens/trajens/tps/grid/database"
)

// The mean over seeds, by SQL.
func Example() {
	type config struct {
		Tau  int `json:"tau"`
		Seed int `json:"seed"`
	}
	type result struct {
		Loss float64 `json:"loss"`
	}
	dir, err := os.MkdirTemp("", "grid")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	g, err := grid.Open(dir, grid.Program[config]{Name: "example", Run: func(_ context.Context, _ *grid.Run, c config) (any, error) {
		return result{float64(c.Seed) / float64(c.Tau)}, nil
	}})
	if err != nil {
		panic(err)
	}
	if _, err := g.Add([]config{{4, 1}, {4, 2}, {8, 1}, {8, 2}}); err != nil {
		panic(err)
	}
	if _, err := g.Work(context.Background(), grid.WorkConfig{}); err != nil {
		panic(err)
	}
	path := filepath.Join(dir, "grid.db")
	if _, err := database.Merge(dir, path); err != nil {
		panic(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		panic(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT tau, avg("result.loss") FROM results WHERE state = 'done' GROUP BY tau`)
	if err != nil {
		panic(err)
	}
	defer rows.Close()
	for rows.Next() {
		var tau int
		var loss float64
		if err := rows.Scan(&tau, &loss); err != nil {
			panic(err)
		}
		fmt.Println(tau, loss)
	}
	// Output:
	// 4 0.375
	// 8 0.1875
}
