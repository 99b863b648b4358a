//go:build !unix

package ensemble

import "time"

func processorTime() time.Duration { return 0 }
