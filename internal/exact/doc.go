// Package exact has problems whose trajectory ensemble is known in closed
// form, to hold samplers against.
package exact
