package analysis

import (
	"fmt"
	"strings"
)

// A State is the health of a module in one word. The states Busy and Inactive ("off") are the server's to say.
type State string

const (
	Healthy       State = "ok"
	HasInfo       State = "info"
	HasWarnings   State = "warning"
	HasErrors     State = "error"
	BusyState     State = "busy"
	InactiveState State = "off"
)

// Health sums up the diagnostics of one module. Silenced diagnostics count as silenced only.
type Health struct {
	State                                          State
	Errors, Warnings, Information, Hints, Silenced int
	Complete                                       bool // every fact that the answer depends on is on this machine

	incomplete bool
}

func (h *Health) count(d Diagnostic) {
	switch {
	case d.Silenced:
		h.Silenced++
	case d.Severity == Error:
		h.Errors++
	case d.Severity == Warning:
		h.Warnings++
	case d.Severity == Information:
		h.Information++
	case d.Severity == Hint:
		h.Hints++
	}
}

func (h *Health) finish() {
	h.Complete = !h.incomplete
	switch {
	case h.Errors > 0:
		h.State = HasErrors
	case h.Warnings > 0:
		h.State = HasWarnings
	case h.Information > 0:
		h.State = HasInfo
	default:
		h.State = Healthy
	}
}

// Text is what a status bar shows.
func (h Health) Text() string {
	var b strings.Builder
	b.WriteString("go.mod")
	if h.Errors > 0 {
		fmt.Fprintf(&b, " ✗ %d", h.Errors)
	}
	if h.Warnings > 0 {
		fmt.Fprintf(&b, " ⚠ %d", h.Warnings)
	}
	switch {
	case h.Errors+h.Warnings > 0:
	case !h.Complete:
		b.WriteString(" ?")
	case h.Information > 0:
		fmt.Fprintf(&b, " ℹ %d", h.Information)
	default:
		b.WriteString(" ✓")
	}
	return b.String()
}
