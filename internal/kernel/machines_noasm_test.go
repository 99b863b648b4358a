//go:build !amd64 || noasm

package kernel

func machines() []*table { return nil }
