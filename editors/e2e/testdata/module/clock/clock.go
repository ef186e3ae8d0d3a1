// Package clock tells the time.
package clock

import "time"

// Now is the time of day.
func Now() string { return time.Now().Format(time.Kitchen) }
