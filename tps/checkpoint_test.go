package tps

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/trajens/trajens/internal/checkpoint"
	"github.com/trajens/trajens/internal/npz"
	"github.com/trajens/trajens/minibatch"
	"github.com/trajens/trajens/tps/exact"
)

// save returns a checkpoint of a chain.
func save(t testing.TB, chain *Chain, parts ...Part) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, chain.WriteCheckpoint(&file, parts...))
	return file.Bytes()
}

func restore(t testing.TB, chain *Chain, file []byte, parts ...Part) {
	t.Helper()
	require.NoError(t, chain.ReadCheckpoint(bytes.NewReader(file), parts...))
}

// lineConfigs are chains of which each has another state to restore.
func lineConfigs(t testing.TB) map[string]func() Config {
	return map[string]func() Config{
		"adaptive": func() Config {
			return Config{Tau: 5, Sigma: 0.1, S: 100, Fraction: 0.5, Seed: 1, Test: adaptive(t, 64, minibatch.AdaptiveConfig{Chunk: 8})}
		},
		"several": func() Config {
			return Config{Tau: 5, Sigma: 0.1, S: 10, Width: 3, Seed: 2, Prior: &Gaussian{Mean: []float32{1, 2}, Sigma: 3}, Test: barker(t, 64)}
		},
		"annealed": func() Config {
			return Config{Tau: 1, Sigma: 0.1, Schedule: Linear{From: 1, To: 50, Steps: 150}, Seed: 3, Test: metropolis(t, 64)}
		},
		"standard library's PCG": func() Config {
			return Config{Tau: 3, Sigma: 0.1, S: 100, Source: rand.NewPCG(1, 2)}
		},
		"ChaCha8": func() Config {
			return Config{Tau: 3, Sigma: 0.1, S: 100, Source: rand.NewChaCha8([32]byte{4})}
		},
	}
}

// A chain stopped after any number of steps and gone on with in another one
// ends where the uninterrupted chain does: the checkpoints have equal bytes.
func TestResumedChainIsTheSame(t *testing.T) {
	losses := newLine(64, 5)
	for name, config := range lineConfigs(t) {
		t.Run(name, func(t *testing.T) {
			const steps = 200
			whole := newChain(t, config(), losses)
			ends := [][]byte{save(t, whole)}
			for range steps {
				_, err := whole.Step()
				require.NoError(t, err)
				ends = append(ends, save(t, whole))
			}
			for from := 0; from <= steps; from += 7 {
				resumed := newChain(t, config(), losses)
				require.NoError(t, resumed.Run(context.Background(), from/3)) // a used chain must do, too
				restore(t, resumed, ends[from])
				assert.Equal(t, from, resumed.Steps())
				require.NoError(t, resumed.Run(context.Background(), steps))
				require.Equal(t, ends[steps], save(t, resumed), "from step %d", from)
			}
		})
	}
}

// alternating is an acceptance test with a state: every other decision is that
// of the test it has, the others accept.
type alternating struct {
	minibatch.Test
	decided byte
}

func (a *alternating) Decide(d minibatch.Differences, s float64, source rand.Source) (minibatch.Decision, error) {
	decision, err := a.Test.Decide(d, s, source)
	a.decided++
	decision.Accepted = decision.Accepted || a.decided%2 == 0
	return decision, err
}

func (a *alternating) MarshalBinary() ([]byte, error) { return []byte{a.decided}, nil }

func (a *alternating) UnmarshalBinary(b []byte) error {
	if len(b) != 1 {
		return errors.New("an alternating test has 1 byte")
	}
	a.decided = b[0]
	return nil
}

func (a *alternating) String() string { return "alternating" }

// The state of an acceptance test goes on with the chain.
func TestCheckpointHasTheStateOfTheTest(t *testing.T) {
	losses := newLine(64, 5)
	make := func() *Chain {
		return newChain(t, Config{Tau: 3, Sigma: 0.3, S: 100, Test: &alternating{Test: barker(t, 64)}}, losses)
	}
	for _, at := range []int{30, 31} {
		whole := make()
		require.NoError(t, whole.Run(context.Background(), at))
		file := save(t, whole)
		resumed := make()
		require.NoError(t, resumed.Run(context.Background(), 4))
		restore(t, resumed, file)
		for _, chain := range []*Chain{whole, resumed} {
			require.NoError(t, chain.Run(context.Background(), 100))
		}
		assert.Equal(t, whole.Trajectory().Values(), resumed.Trajectory().Values())
		assert.Equal(t, save(t, whole), save(t, resumed))
	}
}

// counter is a part that counts.
type counter struct{ n uint64 }

func (c *counter) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint64(nil, c.n), nil
}

func (c *counter) UnmarshalBinary(b []byte) error {
	if len(b) != 8 {
		return errors.New("a counter has 8 bytes")
	}
	c.n = binary.BigEndian.Uint64(b)
	return nil
}

func TestCheckpointHasParts(t *testing.T) {
	chain := newChain(t, Config{Tau: 2, Sigma: 1}, newLine(8, 1))
	file := save(t, chain, Part{"a", &counter{1}}, Part{"b", &counter{2}})
	a, b := new(counter), new(counter)
	restore(t, chain, file, Part{"b", b}, Part{"a", a})
	assert.Equal(t, [2]uint64{1, 2}, [2]uint64{a.n, b.n})

	err := chain.ReadCheckpoint(bytes.NewReader(file), Part{"a", a}, Part{"c", b})
	var mismatch *MismatchError
	require.ErrorAs(t, err, &mismatch)
	assert.EqualError(t, err, `tps: the checkpoint does not fit: part "b" is present in the checkpoint, missing here; part "c" is missing in the checkpoint, present here`)

	short := save(t, chain, Part{"a", new(shortState)})
	err = chain.ReadCheckpoint(bytes.NewReader(short), Part{"a", a})
	assert.ErrorIs(t, err, ErrDamaged)
	assert.ErrorContains(t, err, "a counter has 8 bytes")
}

type shortState struct{ counter }

func (shortState) MarshalBinary() ([]byte, error) { return []byte{1}, nil }

// named losses have a fingerprint.
type named struct {
	*exact.Linear
	name string
}

func (n named) Fingerprint() map[string]string { return map[string]string{"data": n.name} }

func TestCheckpointOfAnotherChainIsRefused(t *testing.T) {
	base := Config{Tau: 4, Sigma: 0.1, S: 10, Test: adaptive(t, 64, minibatch.AdaptiveConfig{})}
	losses := named{newLine(64, 1), "one"}
	file := save(t, newChain(t, base, losses))
	for _, c := range []struct {
		mismatch string
		change   func(*Config)
		losses   Losses
	}{
		{"Tau is 4 in the checkpoint, 5 here", func(c *Config) { c.Tau = 5 }, losses},
		{"Sigma is 0.1 in the checkpoint, 0.2 here", func(c *Config) { c.Sigma = 0.2 }, losses},
		{"s is 10 in the checkpoint, 11 here", func(c *Config) { c.S = 11 }, losses},
		{`s is 10 in the checkpoint, tps.Linear {"From":1,"To":10,"Steps":5} here`, func(c *Config) { c.S, c.Schedule = 0, Linear{1, 10, 5} }, losses},
		{"Fraction is 1 in the checkpoint, 0.5 here", func(c *Config) { c.Fraction = 0.5 }, losses},
		{"Width is 1 in the checkpoint, 2 here", func(c *Config) { c.Width = 2 }, losses},
		{"Prior is flat in the checkpoint, normal(mean 0, sigma 2) here", func(c *Config) { c.Prior = &Gaussian{Sigma: 2} }, losses},
		{"EveryModel is false in the checkpoint, true here", func(c *Config) { c.Prior, c.EveryModel = &Gaussian{Sigma: 2}, true }, losses},
		{"Move is default in the checkpoint, autoregressive(beta 0.5, fraction 1, width 2) here", func(c *Config) { c.Move = Autoregressive{Beta: 0.5, Width: 2} }, losses},
		{"Move is default in the checkpoint, shift(step 0.1, fraction 0.5) here", func(c *Config) { c.Move = RigidShift{Step: 0.1, Fraction: 0.5} }, losses},
		{"Move is default in the checkpoint, mix(1 autoregressive(beta 1, fraction 1, width 1), 2 shift(step 0.1, fraction 1)) here",
			func(c *Config) { c.Move = Mix{{1, Autoregressive{}}, {2, RigidShift{Step: 0.1}}} }, losses},
		{"chunk 32, ", func(c *Config) { c.Test = adaptive(t, 64, minibatch.AdaptiveConfig{Chunk: 10}) }, losses},
		{"barker here", func(c *Config) { c.Test = barker(t, 64) }, losses},
		{"Source is *rand.PCGSource in the checkpoint, *rand.PCG here", func(c *Config) { c.Source = rand.NewPCG(1, 2) }, losses},
		{"tps: the checkpoint does not fit: the data differ (64 samples in the checkpoint, 65 here)", func(c *Config) { c.Test = adaptive(t, 65, minibatch.AdaptiveConfig{}) }, named{newLine(65, 1), "two"}},
		{"tps: the checkpoint does not fit: the data differ: the same number of samples, other contents", func(c *Config) {}, named{newLine(64, 2), "two"}},
		{"data is one in the checkpoint, missing here", func(c *Config) {}, newLine(64, 2)},
	} {
		config := base
		c.change(&config)
		chain := newChain(t, config, c.losses)
		before := save(t, chain)
		err := chain.ReadCheckpoint(bytes.NewReader(file))
		var mismatch *MismatchError
		require.ErrorAs(t, err, &mismatch, c.mismatch)
		assert.ErrorContains(t, err, c.mismatch)
		assert.Equal(t, before, save(t, chain), "the chain has changed")
	}
	// The seed may differ: the state of the source is in the checkpoint.
	other := base
	other.Seed = 9
	chain := newChain(t, other, losses)
	restore(t, chain, file)
	assert.Equal(t, file, save(t, chain))
}

func TestSourceWithoutStateCannotBeSaved(t *testing.T) {
	chain := newChain(t, Config{Tau: 2, Sigma: 1, Source: onlyUint64{}}, newLine(8, 1))
	assert.ErrorContains(t, chain.WriteCheckpoint(new(bytes.Buffer)), "a tps.onlyUint64, cannot be saved")
}

type onlyUint64 struct{}

func (onlyUint64) Uint64() uint64 { return 1 }

func TestDamagedCheckpointIsRefused(t *testing.T) {
	config := Config{Tau: 3, Sigma: 0.1, S: 10}
	chain := newChain(t, config, newLine(16, 1))
	require.NoError(t, chain.Run(context.Background(), 10))
	file := save(t, chain)
	for i := 0; i < len(file); i += 11 {
		file[i] ^= 4
		require.ErrorIs(t, chain.ReadCheckpoint(bytes.NewReader(file)), ErrDamaged)
		file[i] ^= 4
		require.ErrorIs(t, chain.ReadCheckpoint(bytes.NewReader(file[:i])), ErrDamaged)
	}
	restore(t, chain, file)
}

// What has a good seal but not the contents of a checkpoint is refused, and
// the chain stays as it is.
func TestForeignFilesAreRefused(t *testing.T) {
	chain := newChain(t, Config{Tau: 3, Sigma: 0.1, S: 10}, newLine(16, 1))
	require.NoError(t, chain.Run(context.Background(), 10))
	whole := save(t, chain)
	change := func(name string, data any, shape ...int) []byte {
		file, err := npz.Read(whole)
		require.NoError(t, err)
		var arrays []npz.Array
		for _, n := range file.Names() {
			if n != name {
				arrays = append(arrays, file[n])
			}
		}
		if data != nil {
			arrays = append(arrays, npz.Array{Name: name, Shape: shape, Data: data})
		}
		var b bytes.Buffer
		require.NoError(t, npz.Write(&b, arrays...))
		return b.Bytes()
	}
	text := func(s string) []byte { return change("checkpoint", []byte(s), len(s)) }
	nan := float32(math.NaN())
	for problem, file := range map[string][]byte{
		`no array "checkpoint"`:                         change("checkpoint", nil),
		"invalid character":                             text("{nonsense"),
		"version 7 of the format, this program reads 3": text(`{"version":7}`),
		"it is at step -1":                              text(`{"version":3,"steps":-1}`),
		"Tau is missing in the checkpoint, 3 here":      text(`{"version":3}`),
		`no array "trajectory"`:                         change("trajectory", nil),
		"has the shape [2 3], want [3 2]":               change("trajectory", make([]float32, 6), 2, 3),
		"elements []float64, want []float32":            change("trajectory", make([]float64, 6), 3, 2),
		"parameter 1 of model 2 is NaN":                 change("trajectory", []float32{0, 0, 0, 0, 0, nan}, 3, 2),
		`no array "losses"`:                             change("losses", nil),
		`no array "source"`:                             change("source", nil),
		`no array "accounts"`:                           change("accounts", nil),
		"accounts is NaN":                               change("accounts", []float64{math.NaN(), 20: 0}, 21),
		"source: unexpected EOF":                        change("source", []byte{1, 2, 3}, 3),
	} {
		err := chain.ReadCheckpoint(bytes.NewReader(file))
		require.ErrorContains(t, err, problem)
		require.Equal(t, whole, save(t, chain), problem)
	}
}

// Anyone may hand a file to ReadCheckpoint. The seal is put right, since a
// fuzzer cannot guess it.
func FuzzReadCheckpoint(f *testing.F) {
	config := Config{Tau: 3, Sigma: 0.1, S: 10, Test: adaptive(f, 16, minibatch.AdaptiveConfig{Chunk: 4, Estimate: minibatch.Weighted})}
	losses := newLine(16, 1)
	chain := newChain(f, config, losses)
	known := []string{"checkpoint", "trajectory", "losses", "source", "part.a"}
	arrays := func(file []byte) (content, trajectory, losses, source, part, others []byte) {
		all, err := npz.Read(file)
		require.NoError(f, err)
		member := func(name string) []byte {
			var b bytes.Buffer
			require.NoError(f, npz.Write(&b, all[name]))
			return b.Bytes()
		}
		var rest []npz.Array
		for name, a := range all {
			if !slices.Contains(known, name) {
				rest = append(rest, a)
			}
		}
		var b bytes.Buffer
		require.NoError(f, npz.Write(&b, rest...))
		return all["checkpoint"].Data.([]byte), member("trajectory"), member("losses"), all["source"].Data.([]byte), all["part.a"].Data.([]byte), b.Bytes()
	}
	for range 3 {
		file := save(f, chain, Part{"a", &counter{1}})
		restore(f, newChain(f, config, losses), file, Part{"a", new(counter)})
		content, trajectory, losses, source, part, others := arrays(file)
		f.Add(content, trajectory, losses, source, part, others)
		f.Add(content, trajectory, losses, source[1:], part, others)
		require.NoError(f, chain.Run(context.Background(), chain.Steps()+100))
	}
	require.Equal(f, 3, live(chain))
	f.Fuzz(func(t *testing.T, content, trajectory, estimates, source, part, others []byte) {
		members := []npz.Array{checkpoint.Bytes("checkpoint", content), checkpoint.Bytes("source", source), checkpoint.Bytes("part.a", part)}
		all, err := npz.Read(others) // the state of the test, and the references
		if err != nil {
			return
		}
		for name, a := range all {
			if !slices.Contains(known, name) {
				members = append(members, a)
			}
		}
		for name, file := range map[string][]byte{"trajectory": trajectory, "losses": estimates} {
			all, err := npz.Read(file)
			if err != nil {
				return
			}
			members = append(members, all[name])
		}
		var b bytes.Buffer
		if npz.Write(&b, members...) != nil {
			return
		}
		chain := newChain(t, config, losses)
		before := save(t, chain)
		if chain.ReadCheckpoint(&b, Part{"a", new(counter)}) != nil {
			require.Equal(t, before, save(t, chain))
			return
		}
		_, err = chain.Step()
		require.NoError(t, err)
	})
}
