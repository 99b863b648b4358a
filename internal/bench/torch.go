package main

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/trajens/trajens/nn"
)

//go:embed torch.py
var torchScript string

// torch is a Python process that measures PyTorch. It runs torch.py. nil is none.
type torch struct {
	command *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
	dir     string // for images and parameters
	version string
}

// startTorch starts the first Python of candidates that has PyTorch. It
// returns nil if none has. With avx2, PyTorch may use no wider vectors.
func startTorch(avx2 bool, candidates ...string) (*torch, error) {
	for _, python := range candidates {
		if exec.Command(python, "-c", "import torch, numpy").Run() != nil {
			continue
		}
		dir, err := os.MkdirTemp("", "trajens-bench-")
		if err != nil {
			return nil, err
		}
		t := &torch{command: exec.Command(python, "-W", "ignore", "-c", torchScript), dir: dir} // warnings are of no use here
		t.command.Stderr = os.Stderr
		if avx2 {
			t.command.Env = append(os.Environ(), "ONEDNN_MAX_CPU_ISA=AVX2", "DNNL_MAX_CPU_ISA=AVX2",
				"ATEN_CPU_CAPABILITY=avx2", "OPENBLAS_CORETYPE=Haswell")
		}
		if t.input, err = t.command.StdinPipe(); err != nil {
			return nil, err
		}
		output, err := t.command.StdoutPipe()
		if err != nil {
			return nil, err
		}
		t.output = bufio.NewReader(output)
		if err := t.command.Start(); err != nil {
			return nil, err
		}
		var answer struct{ Version string }
		err = t.ask(map[string]any{"do": "version"}, &answer)
		t.version = answer.Version
		return t, err
	}
	return nil, nil
}

// close ends the process.
func (t *torch) close() error {
	if t == nil {
		return nil
	}
	t.input.Close()
	os.RemoveAll(t.dir)
	return t.command.Wait()
}

// ask sends a request and decodes the answer.
func (t *torch) ask(request map[string]any, answer any) error {
	if err := json.NewEncoder(t.input).Encode(request); err != nil {
		return err
	}
	line, err := t.output.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("python: %w", err)
	}
	return json.Unmarshal(line, answer)
}

// load gives PyTorch a problem, and returns the ways to run it and its losses,
// by model and sample.
func (t *torch) load(p *problem) (variants []string, losses [][]float64, err error) {
	var answer struct {
		Variants []string
		Losses   [][]float64
	}
	err = t.give("load", p, nil, &answer)
	return answer.Variants, answer.Losses, err
}

// loadTraining gives PyTorch a problem of training, and returns the ways to run
// it and the losses of its first steps, by variant and step.
func (t *torch) loadTraining(p *problem, batch int, rate float64, steps int) (variants []string, losses [][]float64, err error) {
	var answer struct {
		Variants []string
		Losses   [][]float64
	}
	err = t.give("load training", p, map[string]any{"batch": batch, "rate": rate, "steps": steps}, &answer)
	return answer.Variants, answer.Losses, err
}

// give sends a problem.
func (t *torch) give(do string, p *problem, more map[string]any, answer any) error {
	images := filepath.Join(t.dir, "images")
	parameters := filepath.Join(t.dir, "parameters")
	inputs, labels := make([][]float32, len(p.samples)), make([]float32, len(p.samples))
	for j, i := range p.samples {
		inputs[j] = p.data.Input(i)
		if p.loss.HasScales() {
			labels[j] = p.data.Target(i)[0]
		} else {
			labels[j] = float32(p.data.Label(i))
		}
	}
	if err := writeFloats(images, inputs...); err != nil {
		return err
	}
	if err := writeFloats(parameters, p.models...); err != nil {
		return err
	}
	layers, err := describe(p.net)
	if err != nil {
		return err
	}
	request := map[string]any{
		"do": do, "name": p.name, "layers": layers, "models": len(p.models),
		"images": images, "parameters": parameters, "shape": p.net.InputShape(), "labels": labels,
		"gaussian": p.loss.HasScales(),
	}
	maps.Copy(request, more)
	return t.ask(request, answer)
}

// party returns PyTorch doing what was loaded, in one of its ways.
func (t *torch) party(p *problem, variant string, threads int, seconds float64) *party {
	return &party{name: variant, threads: threads, measure: func() (float64, error) {
		var answer struct{ Rate float64 }
		err := t.ask(map[string]any{"do": "rate", "name": p.name, "variant": variant, "threads": threads, "seconds": seconds}, &answer)
		return answer.Rate, err
	}}
}

func writeFloats(path string, slices ...[]float32) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	for _, s := range slices {
		if err := binary.Write(w, binary.LittleEndian, s); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// describe returns a network's layers for the Python side.
func describe(net *nn.Network) ([]map[string]any, error) {
	var specs []map[string]any
	weights := map[string][]int{}
	for _, block := range net.Blocks() {
		weights[block.Name] = block.Shape
	}
	for i, layer := range net.Layers() {
		shape := weights[fmt.Sprintf("%d.weight", i)]
		switch l := layer.(type) {
		case nn.Dense:
			specs = append(specs, map[string]any{"kind": "dense", "in": shape[1], "out": shape[0]})
		case nn.Conv2D:
			specs = append(specs, map[string]any{"kind": "conv", "in": shape[1], "out": shape[0], "kernel": l.Kernel})
		case nn.MaxPool2D:
			specs = append(specs, map[string]any{"kind": "pool", "kernel": l.Kernel})
		case nn.ReLU:
			specs = append(specs, map[string]any{"kind": "relu"})
		case nn.Flatten:
			specs = append(specs, map[string]any{"kind": "flatten"})
		default:
			return nil, fmt.Errorf("layer %v has no counterpart in torch.py", layer)
		}
	}
	return specs, nil
}
