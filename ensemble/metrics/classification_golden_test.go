package metrics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type classificationFile struct {
	Cases      []classificationCase
	Detections []detectionCase
	Committee  committeeCase
}

type classificationCase struct {
	Name             string
	Classes          int
	LogProbabilities series `json:"log_probabilities"`
	Labels, Votes    []int

	Accuracy, NLL, Brier, Entropy number
	Confusion                     []int
	ECE                           number
	AdaptiveECE                   number `json:"adaptive_ece"`
	ClasswiseECE                  number `json:"classwise_ece"`
	ClasswiseAdaptiveECE          number `json:"classwise_adaptive_ece"`
	Counts                        []int
	Confidences, Accuracies       series
	MassCounts                    []int  `json:"mass_counts"`
	MassConfidences               series `json:"mass_confidences"`
	MassAccuracies                series `json:"mass_accuracies"`
	Risks                         series
	AURC, AUGRC                   number
	Coverage, Risk                number
	RiskAtCoverage                number `json:"risk_at_coverage"`
	CoverageAtRisk                number `json:"coverage_at_risk"`
	Disagreement                  number
	Temperature                   number
	Tempered                      series
}

func TestClassificationGolden(t *testing.T) {
	var file classificationFile
	load(t, "classification.json", &file)
	require.Len(t, file.Cases, 13)
	for _, g := range file.Cases {
		t.Run(g.Name, func(t *testing.T) {
			c := classification(t, g.LogProbabilities.floats(), g.Classes, g.Labels)
			same(t, float64(g.Accuracy), c.Accuracy(), "accuracy")
			same(t, float64(g.NLL), c.NLL(), "NLL")
			same(t, float64(g.Brier), c.Brier(), "Brier")
			same(t, float64(g.Entropy), c.Entropy(), "entropy")
			assert.Equal(t, g.Confusion, c.ConfusionMatrix())

			same(t, float64(g.ECE), c.ECE(), "ECE")
			same(t, float64(g.AdaptiveECE), c.AdaptiveECE(), "adaptive ECE")
			same(t, float64(g.ClasswiseECE), c.ClasswiseECE(), "classwise ECE")
			same(t, float64(g.ClasswiseAdaptiveECE), classwiseAdaptiveECE(t, c), "classwise adaptive ECE")
			sameDiagram(t, g.Counts, g.Confidences, g.Accuracies, must[Reliability](t)(c.Reliability(Binning{})))
			sameDiagram(t, g.MassCounts, g.MassConfidences, g.MassAccuracies, must[Reliability](t)(c.Reliability(Binning{EqualMass: true})))

			curve := c.RiskCoverage()
			sameAll(t, g.Risks, curve.Risks(), "risk")
			same(t, float64(g.AURC), curve.AURC(), "AURC")
			same(t, float64(g.AUGRC), curve.AUGRC(), "AUGRC")
			same(t, float64(g.RiskAtCoverage), must[float64](t)(curve.RiskAt(float64(g.Coverage))), "risk at coverage")
			same(t, float64(g.CoverageAtRisk), must[float64](t)(curve.CoverageAt(float64(g.Risk))), "coverage at risk")

			same(t, float64(g.Disagreement), must[float64](t)(Disagreement(g.Votes, g.Classes)), "disagreement")

			sameAll(t, g.Tempered, must[*Classification](t)(c.Tempered(2.5)).logProbabilities, "tempered")
			temperature, err := c.FitTemperature()
			same(t, float64(g.Temperature), temperature, "temperature")
			assert.Equal(t, math.IsNaN(float64(g.Temperature)), err != nil)
		})
	}
}

func classwiseAdaptiveECE(t *testing.T, c *Classification) float64 {
	var errors []float64
	for _, diagram := range must[[]Reliability](t)(c.ClasswiseReliability(Binning{EqualMass: true})) {
		errors = append(errors, diagram.ECE())
	}
	return mean(errors)
}

func sameDiagram(t *testing.T, counts []int, confidences, accuracies series, got Reliability) {
	t.Helper()
	require.Len(t, got, len(counts))
	for i, bin := range got {
		assert.Equal(t, counts[i], bin.Count, "bin %d", i)
		same(t, float64(confidences[i]), bin.Confidence, "confidence")
		same(t, float64(accuracies[i]), bin.Accuracy, "accuracy")
	}
}

type detectionCase struct {
	Name    string
	In, Out series
	AUROC   number
	AUPROut number `json:"aupr_out"`
	AUPRIn  number `json:"aupr_in"`
	FPROut  number `json:"fpr_out"`
	FPRIn   number `json:"fpr_in"`
}

func TestDetectionGolden(t *testing.T) {
	var file classificationFile
	load(t, "classification.json", &file)
	require.Len(t, file.Detections, 6)
	for _, g := range file.Detections {
		t.Run(g.Name, func(t *testing.T) {
			d := must[*Detection](t)(NewDetection(g.In.floats(), g.Out.floats()))
			same(t, float64(g.AUROC), d.AUROC(), "AUROC")
			same(t, float64(g.AUPROut), d.AUPROut(), "AUPR out")
			same(t, float64(g.AUPRIn), d.AUPRIn(), "AUPR in")
			same(t, float64(g.FPROut), must[float64](t)(d.FPROut(0.95)), "FPR out")
			same(t, float64(g.FPRIn), must[float64](t)(d.FPRIn(0.95)), "FPR in")
		})
	}
}

type committeeCase struct {
	Members, Classes   int
	Labels             []int
	LogMean            series   `json:"log_mean"`
	LogHalf            series   `json:"log_half"`
	MeanLog            series   `json:"mean_log"`
	LabelLog           []series `json:"label_log"`
	MemberEntropy      series   `json:"member_entropy"`
	MutualInformation  series   `json:"mutual_information"`
	RunningLPPD        series   `json:"running_lppd"`
	Geometric, Squared struct{ Committee, Members, Ambiguity number }
	OutputMeans        series `json:"output_means"`
	OutputVariances    series `json:"output_variances"`
	Targets            series
	Agreement          number
	TotalVariation     number `json:"total_variation"`
}

func TestCommitteeGolden(t *testing.T) {
	var file classificationFile
	load(t, "classification.json", &file)
	g := file.Committee
	p := must[*Predictions](t)(NewPredictions(g.LogMean.floats(), g.Classes))
	half := must[*Predictions](t)(NewPredictions(g.LogHalf.floats(), g.Classes))
	sameAll(t, g.MutualInformation, must[[]float64](t)(p.MutualInformationPerSample(g.MemberEntropy.floats())), "mutual information")
	same(t, mean(g.MutualInformation.floats()), must[float64](t)(p.MutualInformation(g.MemberEntropy.floats())), "mean mutual information")
	same(t, float64(g.Agreement), must[float64](t)(p.Agreement(half)), "agreement")
	same(t, float64(g.TotalVariation), must[float64](t)(p.TotalVariation(half)), "total variation")

	sameDecomposition := func(want struct{ Committee, Members, Ambiguity number }, got Decomposition) {
		t.Helper()
		sameAll(t, series{want.Committee, want.Members, want.Ambiguity}, []float64{got.Committee, got.Members, got.Ambiguity}, "decomposition")
	}
	sameDecomposition(g.Geometric, must[Decomposition](t)(NLLAmbiguity(g.MeanLog.floats(), g.Classes, g.Labels)))
	sameDecomposition(g.Squared, must[Decomposition](t)(SquaredErrorAmbiguity(g.OutputMeans.floats(), g.OutputVariances.floats(), g.Targets.floats())))

	lppd := must[*LPPD](t)(NewLPPD(len(g.Labels)))
	for _, member := range g.LabelLog {
		require.NoError(t, lppd.Add(member.floats()))
	}
	sameAll(t, g.RunningLPPD, lppd.Running(), "running lppd")
	c := classification(t, g.LogMean.floats(), g.Classes, g.Labels)
	same(t, -c.NLL(), lppd.Mean(), "lppd")
}
