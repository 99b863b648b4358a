// Package slurmtest starts a Slurm cluster of one node for tests: its
// controller, its node and munge, which authenticates them, as processes of the
// user who runs the test, with all files in a directory that is removed at the
// end. It needs neither systemd nor control groups.
//
// On Debian and Ubuntu the programs come with
//
//	apt-get install slurm-wlm munge
package slurmtest
