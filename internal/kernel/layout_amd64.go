// Code generated together with kernels_amd64.s. DO NOT EDIT.

//go:build amd64 && !noasm

package kernel

import "unsafe"

// The machine code finds arguments by their offsets. If an index
// here is out of range, a struct has changed: run go generate.

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.X)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.W)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Bias)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Vectors)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Pixels)-104]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Strips)-112]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.XPixel)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.XStrip)-128]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.DstPixel)-136]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.DstStrip)-144]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Segments)-152]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Length)-160]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Segment)-168]
	_ = [1]struct{}{}[unsafe.Offsetof(Linear{}.Floor)-176]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.X)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.Vectors)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.Windows)-56]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.Kernel)-64]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.XRow)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.XWindow)-80]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.DstWindow)-88]
	_ = [1]struct{}{}[unsafe.Offsetof(Pool{}.Floor)-96]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Image)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Origins)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Rows)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Width)-56]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Row)-64]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Channels)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Channel)-80]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Unit)-88]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Values)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Places)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Patches{}.Ends)-144]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.DstOrigins)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.DstPixel)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.DstRow)-56]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Table)-64]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Bias)-88]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Values)-112]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Places)-136]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.First)-160]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Ends)-168]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Vectors)-192]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Mode)-200]
	_ = [1]struct{}{}[unsafe.Offsetof(Gather{}.Floor)-208]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Softmax{}.Others)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Softmax{}.Gaps)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Softmax{}.Logits)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Softmax{}.Labels)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Softmax{}.Classes)-96]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.From)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.X)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.Vectors)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.Windows)-80]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.Kernel)-88]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.XRow)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.XWindow)-104]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.DstWindow)-112]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.First)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.Row)-124]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.Window)-128]
	_ = [1]struct{}{}[unsafe.Offsetof(Winners{}.Floor)-132]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Sums)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Slopes)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Outputs)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.From)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Vectors)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Windows)-128]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Kernel)-136]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.DstRow)-144]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.DstWindow)-152]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.SlopeWindow)-160]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.FromWindow)-168]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.First)-176]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Row)-180]
	_ = [1]struct{}{}[unsafe.Offsetof(Unpool{}.Window)-184]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Gate{}.Slopes)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Gate{}.Outputs)-24]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.X)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.DstAt)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.Ends)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.Values)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.XAt)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.Rows)-144]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.Length)-152]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.DstRow)-160]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.XRow)-168]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.column)-176]
	_ = [1]struct{}{}[unsafe.Offsetof(Collect{}.width)-184]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Transpose{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Transpose{}.X)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Transpose{}.DstRow)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Transpose{}.XRow)-56]
	_ = [1]struct{}{}[unsafe.Offsetof(Transpose{}.Length)-64]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Accumulate{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Accumulate{}.X)-24]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Params)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Gradient)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Mean)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Square)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Beta1)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Rest1)-100]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Beta2)-104]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Rest2)-108]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Keep)-112]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Step)-116]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Scale)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Adam{}.Epsilon)-124]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Prefetch{}.X)-0]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Dst)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Tangents)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.DstOrigins)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Table)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Directions)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Bias)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.DirectionBias)-144]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Values)-168]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Places)-192]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.First)-216]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Ends)-224]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Others)-248]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.OtherTables)-296]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.OtherBiases)-344]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Vectors)-392]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.Floor)-400]
	_ = [1]struct{}{}[unsafe.Offsetof(Tangents{}.other)-408]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Inner{}.X)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Inner{}.Y)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Inner{}.Sum)-48]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.W)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.Directions)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.X)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.Tangents)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.Values)-96]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.WAt)-120]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.XAt)-144]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.Rows)-168]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.Length)-176]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.XRow)-184]
	_ = [1]struct{}{}[unsafe.Offsetof(Bilinear{}.Sum)-192]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Exp{}.X)-0]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Params)-0]
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Gradient)-24]
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Velocity)-48]
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Decay)-72]
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Keep)-76]
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Step)-80]
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Now)-84]
	_ = [1]struct{}{}[unsafe.Offsetof(Momentum{}.Ahead)-88]
)

var (
	_ = [1]struct{}{}[unsafe.Offsetof(Log{}.X)-0]
)
