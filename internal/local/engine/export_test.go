package engine

import "time"

func init() { creationWait = 2 * time.Second }
