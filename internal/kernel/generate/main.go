// Command generate writes the machine code of the package kernel: AVX2 and
// FMA, and AVX-512 for some of it, without use of the stack. It is a module of
// its own, so that users of the library do not inherit avo. Run it by
//
//	go generate ./internal/kernel
package main

import (
	"flag"
	"log"
	"os"

	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	code := flags.String("code", "../kernels_amd64.s", "assembly `file`")
	stubs := flags.String("stubs", "../kernels_amd64.go", "Go `file` with the declarations")
	layout := flags.String("layout", "../layout_amd64.go", "Go `file` that compiles only if the argument structs are those of the code")
	flags.Parse(os.Args[1:])

	types, err := argumentTypes("..")
	check(err)
	g := newGenerator(types)
	for vectors := 1; vectors <= 2; vectors++ {
		for pixels := 1; pixels <= 12; pixels++ {
			if vectors*pixels <= 12 {
				g.linear(g.avx2(), vectors, pixels)
			}
			g.linear(g.avx512(), vectors, pixels)
		}
	}
	for vectors := 1; vectors <= 2; vectors++ {
		g.pool(vectors)
		g.winners(vectors)
		g.unpool(vectors)
		g.gather(g.avx2(), vectors)
		g.gather(g.avx512(), vectors)
		g.tangents(g.avx2(), vectors, 0)
		g.tangents(g.avx512(), vectors, 0)
	}
	g.tangents(g.avx512(), 2, 2)
	g.patches()
	exp := g.exponential()
	g.softmax(exp)
	g.exp(exp)
	g.log()
	g.transpose()
	g.gate()
	for vectors := 1; vectors <= collectVectors; vectors++ {
		for _, part := range []bool{false, true} {
			g.collect(g.avx2(), vectors, part)
			g.collect(g.avx512(), vectors, part)
		}
	}
	g.accumulate()
	g.inner()
	g.bilinear(g.avx2())
	g.bilinear(g.avx512())
	g.adam()
	g.momentum()
	g.prefetch()
	g.peak(g.avx2())
	g.peak(g.avx512())

	file, err := g.Result()
	check(err)
	check(pass.Compile.Execute(file))
	config := printer.Config{Argv: []string{"go", "generate"}, Name: "avo", Pkg: "kernel"}
	text, err := printer.NewGoAsm(config).Print(file)
	check(err)
	check(os.WriteFile(*code, text, 0o644))
	text, err = printer.NewStubs(config).Print(file)
	check(err)
	check(os.WriteFile(*stubs, text, 0o644))
	check(writeLayout(*layout, types))
}

// flags are this command's own, as avo has taken the default ones.
var flags = flag.NewFlagSet("generate", flag.ExitOnError)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
