package kernel

//go:generate go run -C generate .

// table holds one implementation of each kernel.
type table struct {
	linear    [3][]func(*Linear) // by vectors and pixels
	maxPixels [3]int             // by vectors
	pool      [3]func(*Pool)     // by vectors
	patches   func(*Patches)
	gather    [3]func(*Gather) // by vectors
	softmax   func(*Softmax)
	exp       func(*Exp)
	log       func(*Log)
	transpose func(*Transpose)  // for lengths of at least Lanes
	peak      func(int)         // 12 times that many multiply-adds of registers; nil if there is no machine code
	winners   [3]func(*Winners) // by vectors
	unpool    [3]func(*Unpool)  // by vectors
	gate      func(*Gate)
	collect   [2][]func(*Collect) // with whole registers and with a part of the last, by registers

	tangents       [3]func(*Tangents) // by vectors
	tangentsOthers [3]func(*Tangents) // with other tables; nil if these have to be gathered apart

	accumulate func(*Accumulate)
	inner      func(*Inner)
	bilinear   func(*Bilinear)
	adam       func(*Adam)
	momentum   func(*Momentum)
	prefetch   func(*Prefetch)

	lanes     int    // numbers in a register of collect
	peakLanes int    // numbers in such a register
	name      string // of the instruction set
}

// active is chosen once, before main starts.
var active = portable()

// portable is the plain Go twins.
func portable() *table {
	t := &table{
		maxPixels: [3]int{1: 12, 2: 12},
		pool:      [3]func(*Pool){1: poolGo, 2: poolGo},
		patches:   patchesGo,
		gather:    [3]func(*Gather){1: gatherGo, 2: gatherGo},
		softmax:   softmaxGo,
		exp:       expGo,
		log:       logGo,
		transpose: transposeGo,
		name:      "Go",
		winners:   [3]func(*Winners){1: winnersGo, 2: winnersGo},
		unpool:    [3]func(*Unpool){1: unpoolGo, 2: unpoolGo},
		gate:      gateGo,
		collect:   [2][]func(*Collect){{1: collectGo}, {1: collectGo}},
		lanes:     1 << 30, // a row is never more than a part of one "register"

		tangents: [3]func(*Tangents){1: tangentsGo, 2: tangentsGo},

		accumulate: accumulateGo,
		inner:      innerGo,
		bilinear:   bilinearGo,
		adam:       adamGo,
		momentum:   momentumGo,
		prefetch:   prefetchGo,
	}
	for vectors := 1; vectors <= 2; vectors++ {
		for range t.maxPixels[vectors] + 1 {
			t.linear[vectors] = append(t.linear[vectors], linearGo)
		}
	}
	return t
}

// InstructionSet names what the kernels use: Go (none), AVX2 or AVX-512.
func InstructionSet() string { return active.name }

// Run checks the arguments and runs the kernel.
func (k *Linear) Run() {
	k.check()
	active.linear[k.Vectors][k.Pixels](k)
}

// Run checks the arguments and runs the kernel.
func (k *Pool) Run() {
	k.check()
	active.pool[k.Vectors](k)
}

// Run checks the arguments and runs the kernel.
func (k *Winners) Run() {
	k.check()
	active.winners[k.Vectors](k)
}

// Run checks the arguments and runs the kernel.
func (k *Unpool) Run() {
	k.check()
	active.unpool[k.Vectors](k)
}

// Run checks the arguments and runs the kernel.
func (k *Gate) Run() {
	k.check()
	active.gate(k)
}

// Run checks the arguments and runs the kernel.
func (k *Accumulate) Run() {
	k.check()
	active.accumulate(k)
}

// Run checks the arguments and runs the kernel.
func (k *Inner) Run() {
	k.check()
	active.inner(k)
}

// Run checks the arguments and runs the kernel.
func (k *Bilinear) Run() {
	k.check()
	active.bilinear(k)
}

// Run checks the arguments and runs the kernel.
func (k *Adam) Run() {
	k.check()
	active.adam(k)
}

// Run checks the arguments and runs the kernel.
func (k *Momentum) Run() {
	k.check()
	active.momentum(k)
}

// Run runs the kernel.
func (k *Exp) Run() { active.exp(k) }

// Run runs the kernel.
func (k *Log) Run() { active.log(k) }

// Run runs the kernel.
func (k *Prefetch) Run() { active.prefetch(k) }

// Run checks the arguments and runs the kernel.
func (k *Patches) Run() {
	k.check()
	active.patches(k)
}

// Run checks the arguments and runs the kernel.
func (k *Gather) Run() {
	k.check()
	active.gather[k.Vectors](k)
}

// Run checks the arguments and runs the kernel.
func (k *Tangents) Run() {
	k.check()
	if k.Others[0] == nil {
		active.tangents[k.Vectors](k)
		return
	}
	if others := active.tangentsOthers[k.Vectors]; others != nil {
		others(k)
		return
	}
	for i, dst := range k.Others {
		k.other = k.gather(dst, k.OtherTables[i], k.OtherBiases[i])
		active.gather[k.Vectors](&k.other)
	}
	active.tangents[k.Vectors](k)
}

// Run checks the arguments and runs the kernel.
func (k *Collect) Run() {
	k.check()
	t := active
	most := (len(t.collect[0]) - 1) * t.lanes
	for k.column = 0; k.column < k.Length; k.column += k.width {
		k.width = min(k.Length-k.column, most)
		part := 0
		if k.width%t.lanes > 0 {
			part = 1
		}
		t.collect[part][(k.width+t.lanes-1)/t.lanes](k)
	}
}

// Run checks the arguments and runs the kernel.
func (k *Softmax) Run() {
	k.check()
	active.softmax(k)
}

// Run checks the arguments and runs the kernel.
func (k *Transpose) Run() {
	k.check()
	if k.Length < Lanes {
		transposeGo(k)
		return
	}
	active.transpose(k)
}
