package langevin

import "flag"

var long = flag.Bool("long", false, "take many minutes for precise statistical tests")
