package main

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

//go:embed in_torch.py
var torchScript string

// A torch is a Python process that does the same in PyTorch.
type torch struct {
	command *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
}

// startTorch starts Python, which reads the images from a directory.
func startTorch(python, dir string) (*torch, error) {
	if dir == "" {
		return nil, errors.New("-torch: want the directory of Fashion-MNIST in -data or TRAJENS_FASHION_MNIST")
	}
	t := &torch{command: exec.Command(python, "-W", "ignore", "-c", torchScript, dir, "time")}
	t.command.Stderr = os.Stderr
	t.command.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	var err error
	if t.input, err = t.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := t.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	t.output = bufio.NewReader(output)
	return t, t.command.Start()
}

// epoch returns how long 100 batches of 100 take.
func (t *torch) epoch(s shape) (seconds float64, err error) {
	if _, err = fmt.Fprintln(t.input, s.modules, s.hidden, s.lambda); err == nil {
		_, err = fmt.Fscanln(t.output, &seconds)
	}
	if err != nil {
		return 0, fmt.Errorf("python: %w", err)
	}
	return seconds, nil
}

// close ends the process.
func (t *torch) close() error {
	t.input.Close()
	return t.command.Wait()
}
