package command

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/trajens/trajens/tps/grid"
)

// labels returns by ID in what the configurations of runs differ: tau=4 seed=1.
func labels(infos []grid.Info) map[string]string {
	configs := make([]grid.Info, len(infos))
	for k, info := range infos {
		configs[k] = grid.Info{ID: info.ID, Config: info.Config}
	}
	table, err := grid.NewTable(configs)
	if err != nil { // their JSON is read when they are listed
		return nil
	}
	words := make([][]string, len(infos))
	for place, column := range table.Columns[2:] {
		differs := false
		for _, row := range table.Rows {
			differs = differs || row[place+2] != table.Rows[0][place+2]
		}
		if !differs && len(table.Rows) > 1 {
			continue
		}
		for k, row := range table.Rows {
			if row[place+2] != nil {
				words[k] = append(words[k], column+"="+format(row[place+2]))
			}
		}
	}
	found := make(map[string]string, len(infos))
	for k, info := range infos {
		found[info.ID] = strings.Join(words[k], " ")
	}
	return found
}

// format writes a value of a grid.Table.
func format(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(value, 'g', -1, 64)
	case json.Number:
		return value.String()
	}
	return fmt.Sprint(value)
}
