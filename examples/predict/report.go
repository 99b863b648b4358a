package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/trajens/trajens/examples/internal/cli"
)

// A report tells what comes out, for people or as JSON lines.
type report struct {
	*options
	*committee
	in        *images
	stdout    io.Writer
	lines     *cli.Lines // nil for people
	judgments []judgment
	spent     time.Duration // on predictions
	wide      [3]int        // columns of names, classes and votes
}

func newReport(o *options, c *committee, in *images, stdout io.Writer) *report {
	r := &report{options: o, committee: c, in: in, stdout: stdout, lines: cli.NewLines(o.json, stdout)}
	r.wide = [3]int{len("image"), len("class"), len("votes")}
	for i := range in.shown.Len() {
		r.wide[0] = max(r.wide[0], utf8.RuneCountInString(in.name(i)))
	}
	widest := 0
	for _, name := range c.classes {
		widest = max(widest, utf8.RuneCountInString(name))
	}
	r.wide[1] = max(r.wide[1], widest)
	r.wide[2] = max(r.wide[2], min(leading*(widest+len(fmt.Sprint(c.Len()))+4)+1, 40))
	return r
}

// A line is what JSON has of an image.
type line struct {
	Image             string     `json:"image"`
	Class             string     `json:"class"`
	Probability       float64    `json:"probability"`
	Votes             []jsonVote `json:"votes"`
	Entropy           float64    `json:"entropy"`
	MutualInformation float64    `json:"mutual_information"`
	Certainty         string     `json:"certainty"`
	Probabilities     []float64  `json:"probabilities"`
	Label             string     `json:"label,omitempty"`
	Correct           *bool      `json:"correct,omitempty"`
}

type jsonVote struct {
	Class   string  `json:"class"`
	Members int     `json:"members,omitempty"` // where they have no weights
	Share   float64 `json:"share"`
}

// add tells of further images.
func (r *report) add(judgments ...judgment) error {
	if len(r.judgments) == 0 && !r.options.summary && !r.json {
		label := ""
		if judgments[0].label >= 0 {
			label = pad("label", r.wide[1]) + "  "
		}
		fmt.Fprintf(r.stdout, "%s  %s  %sprobability  %s  entropy  mutual info\n",
			pad("image", r.wide[0]), pad("class", r.wide[1]), label, pad("votes", r.wide[2]))
	}
	for i := range judgments {
		r.judgments = append(r.judgments, judgments[i])
		if r.options.summary {
			continue
		}
		if err := r.tell(&judgments[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) tell(j *judgment) error {
	if r.json {
		return r.lines.Write(r.line(j))
	}
	label, words := "", j.certainty()
	if j.label >= 0 {
		label = pad(r.classes[j.label], r.wide[1]) + "  "
	}
	if j.wrong() {
		words += " (wrong)"
	}
	_, err := fmt.Fprintf(r.stdout, "%s  %s  %s%11.4f  %s  %7.4f  %11.4f  %s\n", pad(r.in.name(j.index), r.wide[0]),
		pad(r.classes[j.class], r.wide[1]), label, j.probability(), pad(r.ballot(j.votes), r.wide[2]), j.entropy, j.mutual, words)
	return err
}

func (r *report) line(j *judgment) *line {
	l := &line{
		Image: r.in.name(j.index), Class: r.classes[j.class], Probability: j.probability(), Probabilities: j.probabilities,
		Entropy: j.entropy, MutualInformation: j.mutual, Certainty: j.certainty(),
	}
	for _, v := range j.votes {
		b := jsonVote{r.classes[v.class], v.members, v.share}
		if r.Weights() != nil {
			b.Members = 0
		}
		l.Votes = append(l.Votes, b)
	}
	if j.label >= 0 {
		correct := !j.wrong()
		l.Label, l.Correct = r.classes[j.label], &correct
	}
	return l
}

// pad fills text up with blanks to a width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// A total is what comes out of all images.
type total struct {
	Final        bool        `json:"final"`
	Images       int         `json:"images"`
	Members      int         `json:"members"`
	Seconds      float64     `json:"seconds"`
	Microseconds float64     `json:"microseconds_per_image"`
	Accuracy     *float64    `json:"accuracy,omitempty"`
	VoteAccuracy *float64    `json:"vote_accuracy,omitempty"`
	NLL          *cli.Number `json:"nll,omitempty"`
}

func (r *report) total() *total {
	n := float64(len(r.judgments))
	t := &total{Final: true, Images: len(r.judgments), Members: r.Len(), Seconds: r.spent.Seconds(), Microseconds: r.spent.Seconds() * 1e6 / n}
	if r.judgments[0].label < 0 {
		return t
	}
	var right, votedRight, nll float64
	for i := range r.judgments {
		j := &r.judgments[i]
		if !j.wrong() {
			right++
		}
		if j.votes[0].class == j.label {
			votedRight++
		}
		nll += j.nll
	}
	right, votedRight = right/n, votedRight/n
	mean := cli.Number(nll / n)
	t.Accuracy, t.VoteAccuracy, t.NLL = &right, &votedRight, &mean
	return t
}

// summary tells of all images together.
func (r *report) summary() error {
	t := r.total()
	if r.json {
		return r.lines.Write(t)
	}
	how := "together"
	if r.in.single {
		how = "one after the other"
	}
	if !r.options.summary {
		fmt.Fprintln(r.stdout)
	}
	count := fmt.Sprintf("%d images, %.0f µs each, %s", t.Images, t.Microseconds, how)
	if t.Images == 1 {
		count = fmt.Sprintf("1 image, %.0f µs", t.Microseconds)
	}
	_, err := fmt.Fprintln(r.stdout, count)
	if err == nil && t.Accuracy != nil {
		_, err = fmt.Fprintf(r.stdout, "accuracy %.4f, by majority vote %.4f, neg. log-likelihood %.4f nats\n", *t.Accuracy, *t.VoteAccuracy, *t.NLL)
	}
	return err
}
