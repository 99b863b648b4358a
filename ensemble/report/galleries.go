package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"github.com/trajens/trajens/ensemble/report/internal/chart"
)

// maxVotes is the number of classes whose votes are shown with an image.
const maxVotes = 4

const votesIntro = "Bars are the members of the ensemble by the class that they vote for: blue for the true class, orange for others."

type galleryView struct {
	Title, Caption string
	Images         []imageView
}

type imageView struct {
	ID            string // of the drawing of votes
	Source        template.URL
	Alt           string
	Width, Height int
	Predicted     string
	True          string // "" if there is none
	Wrong         bool
	Votes         *chart.Drawing // nil if there are none
	Note          string
}

func (v *view) images(r *Report) *section {
	s := &section{ID: "images", Title: "Images"}
	for i := range r.Galleries {
		g := &r.Galleries[i]
		if len(g.Images) == 0 {
			continue
		}
		shown := galleryView{Title: g.Title, Caption: g.Caption}
		for j := range g.Images {
			shown.Images = append(shown.Images, v.image(r, &g.Images[j]))
			if shown.Images[j].Votes != nil {
				s.Intro = votesIntro
			}
		}
		s.Galleries = append(s.Galleries, shown)
	}
	return s
}

func (v *view) image(r *Report, i *Image) imageView {
	shown := imageView{Source: i.dataURI(), Width: i.Width, Height: i.Height, Note: i.Note, Alt: "Image"}
	if i.True >= 0 {
		shown.True = r.className(i.True)
		shown.Alt += " of class " + shown.True
		shown.Wrong = i.Predicted >= 0 && i.Predicted != i.True
	}
	if i.Predicted >= 0 {
		shown.Predicted = r.className(i.Predicted)
		shown.Alt += ", predicted " + shown.Predicted
	}
	if votes, most := r.votes(i); len(votes) > 0 {
		v.charts++
		shown.ID = fmt.Sprintf("chart-%d", v.charts)
		shown.Votes = chart.Votes(votes, most)
	}
	return shown
}

// votes returns the classes with most votes, the true one always among them if
// there are votes, and the number of all votes.
func (r *Report) votes(i *Image) (votes []chart.Vote, all float64) {
	var classes []int
	for class, n := range i.Votes {
		if n > 0 {
			classes = append(classes, class)
			all += float64(n)
		}
	}
	slices.SortStableFunc(classes, func(a, b int) int { return cmp.Compare(i.Votes[b], i.Votes[a]) })
	at := slices.Index(classes, i.True)
	if at >= maxVotes || at < 0 && i.True >= 0 && i.True < len(i.Votes) && all > 0 {
		classes = append(classes[:min(len(classes), maxVotes-1)], i.True)
	}
	for _, class := range classes[:min(len(classes), maxVotes)] {
		votes = append(votes, chart.Vote{Name: r.className(class), Count: i.Votes[class], Right: class == i.True})
	}
	return votes, all
}
