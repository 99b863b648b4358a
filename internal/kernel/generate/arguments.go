package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

// arguments are the types of arguments; each is declared in the file of its
// name.
var arguments = []string{"Linear", "Pool", "Patches", "Gather", "Softmax", "Winners", "Unpool", "Gate", "Collect", "Transpose",
	"Accumulate", "Adam", "Prefetch", "Tangents", "Inner", "Bilinear", "Exp", "Momentum", "Log"}

// argumentTypes returns the package in dir as far as it declares the types of
// arguments. It reads only the files that do so: the rest of the package needs
// what is about to be generated.
func argumentTypes(dir string) (*types.Package, error) {
	fset := token.NewFileSet()
	files := []*ast.File{}
	for _, name := range append([]string{"doc"}, arguments...) {
		file, err := parser.ParseFile(fset, filepath.Join(dir, strings.ToLower(name)+".go"), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	config := types.Config{
		Importer:         importer.ForCompiler(fset, "source", nil),
		Sizes:            types.SizesFor("gc", "amd64"),
		IgnoreFuncBodies: true,
	}
	return config.Check("kernel", fset, files, nil)
}

// writeLayout writes a Go file that does not compile if a field is no longer
// where the machine code looks for it.
func writeLayout(name string, pkg *types.Package) error {
	var b bytes.Buffer
	fmt.Fprintln(&b, "// Code generated together with kernels_amd64.s. DO NOT EDIT.")
	fmt.Fprint(&b, "\n//go:build amd64 && !noasm\n\npackage kernel\n\nimport \"unsafe\"\n")
	fmt.Fprint(&b, "\n// The machine code finds arguments by their offsets. If an index\n// here is out of range, a struct has changed: run go generate.\n")
	sizes := types.SizesFor("gc", "amd64")
	for _, name := range arguments {
		structure := pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct)
		fields := make([]*types.Var, structure.NumFields())
		for i := range fields {
			fields[i] = structure.Field(i)
		}
		fmt.Fprintf(&b, "\nvar (\n")
		for i, offset := range sizes.Offsetsof(fields) {
			fmt.Fprintf(&b, "_ = [1]struct{}{}[unsafe.Offsetof(%s{}.%s)-%d]\n", name, fields[i].Name(), offset)
		}
		fmt.Fprintln(&b, ")")
	}
	text, err := format.Source(b.Bytes())
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}
