// Package snapshot trains snapshot ensembles: one network goes through several cycles of
// a learning rate that falls to almost nothing and is raised again, and is copied at the
// end of each (Huang, Li, Pleiss, Liu, Hopcroft and Weinberger, arXiv 1704.00109). The
// members cost as much as one long training.
//
// [Train] returns parameter vectors: package ensemble makes a committee of them.
package snapshot
