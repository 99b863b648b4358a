// Command generate writes the tables that package correction embeds. Run it
// with go generate in the folder of that package. The package does not build
// without any table, so do not delete the old ones first.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/trajens/trajens/correction"
)

func main() {
	log.SetFlags(0)
	for _, sigma := range []float64{0.8, 1, 1.1, 1.2, 1.3} {
		d, err := correction.Solve(correction.Config{Sigma: sigma})
		if err != nil {
			log.Fatal(err)
		}
		var content bytes.Buffer
		if err := d.WriteCSV(&content); err != nil {
			log.Fatal(err)
		}
		path := filepath.Join("tables", fmt.Sprintf("sigma-%v.csv", sigma))
		if err := os.WriteFile(path, content.Bytes(), 0o644); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %d atoms, largest CDF error %.2g\n", path, len(d.Atoms()), d.MaxCDFError())
	}
}
