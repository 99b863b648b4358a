package sampler

import (
	"context"

	"github.com/trajens/trajens/data"
	"github.com/trajens/trajens/nn"
	"github.com/trajens/trajens/nn/hessian"
)

// Curvatures returns the largest eigenvalues of the Hessian of a classifier's
// loss, on the first samples of a dataset: one more than the classes, of which all
// but one are steep.
func (f *Flags) Curvatures(ctx context.Context, net *nn.Network, d *data.Dataset, model []float32) ([]float64, error) {
	gradients, err := nn.NewGradients(net, d, nn.CrossEntropy, nn.Config{Workers: f.Workers})
	if err != nil {
		return nil, err
	}
	defer gradients.Close()
	samples := make([]int, min(6000, d.Len()))
	for i := range samples {
		samples[i] = i
	}
	h, err := hessian.New(gradients, model, hessian.Config{Samples: samples})
	if err != nil {
		return nil, err
	}
	leading, err := hessian.Leading(ctx, h, net.Outputs()+1, hessian.LanczosConfig{Steps: 50, Source: f.Source(DescentStream, 0)})
	var curvatures []float64
	for _, e := range leading {
		curvatures = append(curvatures, e.Value)
	}
	return curvatures, err
}
