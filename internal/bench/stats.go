package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A sample is a number of durations of one thing.
type sample []time.Duration

// at returns a percentile by the nearest rank.
func (s sample) at(percent int) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Clone(s)
	slices.Sort(sorted)
	return sorted[min(len(sorted)-1, (len(sorted)*percent+99)/100-1)]
}

func (s sample) String() string {
	if len(s) == 0 {
		return "–"
	}
	return fmt.Sprintf("%s / %s (%d)", short(s.at(50)), short(s.at(99)), len(s))
}

// short writes a duration with as many digits as can be trusted.
func short(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms < 10:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 100:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

// times returns how many times longer the other took.
func times(ours, other sample) float64 { return float64(other.at(50)) / float64(ours.at(50)) }

// ratio says how many times longer the other took.
func ratio(ours, other sample) string {
	if len(ours) == 0 || len(other) == 0 {
		return "–"
	}
	return fmt.Sprintf("×%.3g", times(ours, other))
}

// resident returns how much memory a process has, in bytes, or 0 if the system does not say.
func resident(pid int) int64 {
	if data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
		for line := range strings.Lines(string(data)) {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
				return kb << 10
			}
		}
	}
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0
	}
	kb, _ := strconv.ParseInt(string(bytes.TrimSpace(out)), 10, 64)
	return kb << 10
}

// timed runs a command and returns how long it took. That it ends with status 1 is its verdict, not a failure.
func timed(ctx context.Context, dir string, env []string, argv ...string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	begun := time.Now()
	err := cmd.Run()
	took := time.Since(begun)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && argv[0] != "go" {
		err = nil
	}
	if err != nil {
		return took, fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, strings.TrimSpace(stderr.String()))
	}
	return took, nil
}
