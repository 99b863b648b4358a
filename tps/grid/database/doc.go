// Package database collects the runs of a grid in a SQLite file, for questions that
// a list does not answer.
//
// The directories of the runs are what counts: workers never open the file. It can be
// made at any time, while others work too, and be deleted and made again. It has two
// tables:
//
//	runs     id, place (from 0, in the order in which they were added), state, attempts,
//	         started, ended, seconds, host, process, job, done, text, error, config, result
//	results  id, state, a column for each key of a configuration, and one for each key of a result
//
// SQLite does not see case: where there are both S and s, the second one is s_2. Times
// are text as in RFC 3339, config and result JSON, a key of a result "loss" is the
// column "result.loss". So
//
//	SELECT tau, avg("result.loss") FROM results WHERE state = 'done' GROUP BY tau
package database

import _ "modernc.org/sqlite" // the driver "sqlite"
