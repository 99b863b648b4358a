package outside

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const library = "github.com/trajens/trajens"

// A module is an empty one outside of the library, with the library in its
// go.mod: what users have who copy something.
type module struct{ dir string }

func newModule(t *testing.T) module {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles: left out with -short")
	}
	m := module{t.TempDir()}
	mod := strings.Replace(read(t, filepath.Join(root(t), "go.mod")), "module "+library+"\n", "module example.com/own\n", 1)
	m.write(t, "go.mod", mod+fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %[1]s => %q\n", library, root(t)))
	m.write(t, "go.sum", read(t, filepath.Join(root(t), "go.sum")))
	return m
}

// write writes a file of the module, whose path has slashes.
func (m module) write(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(m.dir, filepath.FromSlash(path))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}

// run runs the go command in the module, without a network, and returns what it
// printed.
func (m module) run(args ...string) (string, error) {
	command := exec.Command("go", args...)
	command.Dir = m.dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	output, err := command.CombinedOutput()
	if err != nil {
		return string(output), fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, output)
	}
	return string(output), nil
}

// The example of a user's own model builds where it is copied to, and its fit
// finds the true parameters.
func TestCustom(t *testing.T) {
	m := newModule(t)
	program := read(t, filepath.Join(root(t), "examples", "custom", "main.go"))
	shorter := strings.Replace(program, "200_000", "40_000", 1)
	require.NotEqual(t, program, shorter, "the number of steps was to be replaced")
	m.write(t, "main.go", shorter)
	_, err := m.run("vet", ".")
	require.NoError(t, err)
	output, err := m.run("run", ".")
	require.NoError(t, err)
	rows := strings.Split(strings.TrimSpace(output), "\n")
	require.Len(t, rows, 1+5, "a head and a row for each parameter, not\n%s", output)
	for _, row := range rows[1:] {
		require.Greater(t, len(row), 12)
		var truth, mean, spread, standardError float64
		_, err := fmt.Sscan(row[12:], &truth, &mean, &spread, &standardError)
		require.NoError(t, err, row)
		require.InDelta(t, truth, mean, 4*spread)
		require.Positive(t, standardError)
		require.Less(t, standardError, 0.7*spread)
	}
}

// The example of a grid builds where it is copied to, and its runs find the true
// parameters.
func TestGrid(t *testing.T) {
	m := newModule(t)
	m.write(t, "main.go", read(t, filepath.Join(root(t), "examples", "grid", "main.go")))
	_, err := m.run("vet", ".")
	require.NoError(t, err)
	output, err := m.run("run", ".", "run", "tau=1,2", "steps=50_000")
	require.ErrorContains(t, err, "steps=50_000", "%s", output)
	_, err = m.run("run", ".", "run", "tau=1,2", "steps=50000")
	require.NoError(t, err)
	output, err = m.run("run", ".", "export")
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(output)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+2)
	mean, spread := slices.Index(rows[0], "result.height.mean"), slices.Index(rows[0], "result.height.spread")
	for _, row := range rows[1:] {
		var found, width float64
		_, err := fmt.Sscan(row[mean]+" "+row[spread], &found, &width)
		require.NoError(t, err, row)
		require.Positive(t, width)
		require.InDelta(t, 2, found, 4*width)
	}
}

// A user's own move, in a package of the user's, works with those of the library and
// in checkpoints.
func TestOwnMove(t *testing.T) {
	m := newModule(t)
	for _, path := range []string{"main.go", "flip/flip.go"} {
		m.write(t, path, read(t, filepath.Join("testdata", "move", filepath.FromSlash(path))))
	}
	_, err := m.run("vet", "./...")
	require.NoError(t, err)
	output, err := m.run("run", ".")
	require.NoError(t, err)
	var left float64
	_, err = fmt.Sscanf(output, "left %f\nresumed true\nerror flip: Scale = 2, want 1\n", &left)
	require.NoError(t, err, output)
	// By quadrature. Without the move it would be 0 or 1.
	require.InDelta(t, 0.879, left, 0.02)
}

// The examples of every package that users import, at least one each, run where
// they are copied to, without the other tests of their package.
func TestPackageExamples(t *testing.T) {
	m := newModule(t)
	for _, p := range packages(t, "./...") {
		path := strings.TrimPrefix(p.ImportPath, library+"/")
		if strings.HasPrefix(path, "examples/") || strings.Contains(path+"/", "internal/") {
			continue
		}
		files, err := filepath.Glob(filepath.Join(p.Dir, "example*_test.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "%s has no example", path)
		for _, file := range files {
			m.write(t, path+"/"+filepath.Base(file), read(t, file))
		}
	}
	output, err := m.run("test", "-vet=off", "./...")
	require.NoError(t, err)
	require.NotContains(t, output, "[no tests to run]")
}

// Every Go block of the README is a complete file: a program that builds, the
// first of which runs and prints a line with an accuracy, or else a package that
// vets.
func TestReadme(t *testing.T) {
	output, err := checkReadme(t, newModule(t), read(t, filepath.Join(root(t), "README.md")))
	require.NoError(t, err)
	t.Logf("the first program prints\n%s", output)
}

func TestReadmeFaults(t *testing.T) {
	const (
		program = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"accuracy\", 1) }\n"
		silent  = "package main\n\nfunc main() {}\n"
		losses  = "package own\n\nimport \"" + library + "/tps\"\n\nvar _ tps.Losses\n"
	)
	block := func(text string) string { return "```go\n" + text + "```\n" }
	tests := map[string]struct{ readme, fault string }{
		"right":              {"Text.\n\n" + block(program) + "```sh\nnot Go\n```\n" + block(silent) + block(losses), ""},
		"indented":           {"- item\n\n  ```go\n  " + strings.ReplaceAll(program, "\n", "\n  ") + "```\n", ""},
		"no program":         {block(losses), "no program"},
		"fragment":           {block(program) + block("x, err := f()\n"), "block 2"},
		"unknown name":       {block(program) + block("package own\n\nimport \""+library+"/tps\"\n\nvar _ tps.Loses\n"), "tps.Loses"},
		"unused import":      {block(program) + block("package own\n\nimport \"fmt\"\n"), "imported and not used"},
		"vet":                {block(program) + block("package own\n\nimport \"fmt\"\n\nfunc f() { fmt.Printf(\"%d\", \"s\") }\n"), "Printf"},
		"internal":           {block(program) + block("package own\n\nimport _ \""+library+"/internal/random\"\n"), "internal"},
		"nothing is printed": {block(silent) + block(program), "no line with an accuracy"},
		"fails":              {block("package main\n\nfunc main() { println(\"accuracy\"); panic(1) }\n"), "exit status"},
		"not closed":         {"```go\n" + program, "not closed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := checkReadme(t, newModule(t), test.readme)
			if test.fault == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.fault)
			}
		})
	}
}

// checkReadme returns what the first program of the README prints, or what is
// wrong with the blocks.
func checkReadme(t *testing.T, m module, readme string) (string, error) {
	t.Helper()
	blocks, err := goBlocks(readme)
	if err != nil {
		return "", err
	}
	first := ""
	for i, block := range blocks {
		file, err := parser.ParseFile(token.NewFileSet(), "", block, parser.PackageClauseOnly)
		if err != nil {
			return "", fmt.Errorf("block %d is no complete Go file: %w\n%s", i+1, err, block)
		}
		folder := fmt.Sprintf("block%d", i+1)
		m.write(t, folder+"/block.go", block)
		if file.Name.Name == "main" && first == "" {
			first = "./" + folder
		}
	}
	if first == "" {
		return "", errors.New("no program in the README")
	}
	if _, err := m.run("vet", "./..."); err != nil {
		return "", err
	}
	if _, err := m.run("build", "-o", os.DevNull, "./..."); err != nil {
		return "", err
	}
	output, err := m.run("run", first)
	if err != nil {
		return output, err
	}
	if !strings.Contains(output, "accuracy") {
		return output, fmt.Errorf("no line with an accuracy in what the first program prints:\n%s", output)
	}
	return output, nil
}

// goBlocks returns the Go blocks of a README, without the indentation that they
// have in a list.
func goBlocks(readme string) ([]string, error) {
	var blocks []string
	var block *strings.Builder
	indent := ""
	for line := range strings.Lines(readme) {
		text := strings.TrimSpace(line)
		switch {
		case block == nil && text == "```go":
			block, indent = new(strings.Builder), line[:strings.Index(line, "`")]
		case block != nil && text == "```":
			blocks, block = append(blocks, block.String()), nil
		case block != nil:
			block.WriteString(strings.TrimPrefix(line, indent))
		}
	}
	if block != nil {
		return nil, errors.New("the last Go block is not closed")
	}
	return blocks, nil
}

// Programs among the examples import nothing internal but what examples share,
// the names of their streams of random numbers, and the time of processors;
// examples/custom, examples/grid and the examples of packages, which are there to be
// copied, nothing internal at all.
func TestImports(t *testing.T) {
	allowed := func(example, path string) bool {
		return example != library+"/examples/custom" && example != library+"/examples/grid" &&
			(strings.HasPrefix(path, library+"/examples/internal/") || path == library+"/internal/random" || path == library+"/internal/processor")
	}
	programs := packages(t, "./examples/...")
	require.GreaterOrEqual(t, len(programs), 4)
	for _, p := range programs {
		if strings.Contains(p.ImportPath, "/internal/") {
			continue
		}
		for _, path := range p.Imports {
			if strings.Contains(path, "/internal/") {
				require.True(t, allowed(p.ImportPath, path), "%s imports %s", p.ImportPath, path)
			}
		}
	}
	files := 0
	for _, p := range packages(t, "./...") {
		if strings.Contains(p.ImportPath+"/", "/internal/") {
			continue
		}
		for _, name := range slices.Concat(p.TestGoFiles, p.XTestGoFiles) {
			if !strings.HasPrefix(name, "example") {
				continue
			}
			files++
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ImportsOnly)
			require.NoError(t, err)
			for _, spec := range file.Imports {
				require.NotContains(t, spec.Path.Value, "/internal/", "%s/%s", p.ImportPath, name)
			}
		}
	}
	require.GreaterOrEqual(t, files, 12)
}

// A listing is what the go command knows of a package.
type listing struct {
	Dir, ImportPath                    string
	Imports, TestGoFiles, XTestGoFiles []string
}

func packages(t *testing.T, patterns ...string) []listing {
	t.Helper()
	command := exec.Command("go", append([]string{"list", "-json=Dir,ImportPath,Imports,TestGoFiles,XTestGoFiles"}, patterns...)...)
	command.Dir = root(t)
	output, err := command.Output()
	require.NoError(t, err)
	var found []listing
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p listing
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		found = append(found, p)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	return dir
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
