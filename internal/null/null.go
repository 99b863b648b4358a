// Package null tells whether an argument is missing, also where Go's == nil does
// not: in an interface that holds a nil pointer.
package null

import "reflect"

// Is says whether x is nil, or a nil pointer in an interface.
func Is(x any) bool {
	if x == nil {
		return true
	}
	v := reflect.ValueOf(x)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
