package chart

import (
	"fmt"
	"strings"
)

const (
	// VotesWidth is the width of a drawing of votes.
	VotesWidth = 112
	voteHeight = 15
	voteText   = 11
)

// A Vote is the number of members that predict a class.
type Vote struct {
	Name  string
	Count int
	Right bool // the class is the true one
}

// Votes draws a short bar for each vote. The longest bar that there is room
// for means most votes.
func Votes(votes []Vote, most float64) *Drawing {
	most = max(most, 1)
	d := &Drawing{Width: VotesWidth, Height: Coordinate(voteHeight*len(votes) + 1)}
	names, counts := 0.0, 0.0
	for _, v := range votes {
		names = max(names, textWidth(shorten(v.Name, voteText, VotesWidth/2), voteText))
		counts = max(counts, textWidth(fmt.Sprint(v.Count), voteText))
	}
	left, room := names+5, VotesWidth-names-counts-10
	var words []string
	for i, v := range votes {
		y := float64(i * voteHeight)
		d.text("small", 0, y+11.5, shorten(v.Name, voteText, VotesWidth/2))
		length := max(room*min(float64(max(v.Count, 0))/most, 1), 1)
		shape := "bar wrong"
		if v.Right {
			shape = "bar right"
		}
		d.add(Shape{Kind: Rect, Class: shape, X: Coordinate(left), Y: Coordinate(y + 3), Width: Coordinate(length), Height: voteHeight - 5})
		d.text("small quiet", left+length+4, y+11.5, fmt.Sprint(v.Count))
		words = append(words, fmt.Sprintf("%s: %d", v.Name, v.Count))
	}
	d.Description = "Votes: " + strings.Join(words, ", ") + "."
	return d
}
