package tps

import "reflect"

// isNil says whether x is nil, or a nil pointer in an interface.
func isNil(x any) bool {
	if x == nil {
		return true
	}
	v := reflect.ValueOf(x)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
