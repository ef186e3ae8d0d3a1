package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const goplsVersion = "golang.org/x/tools/gopls@v0.23.0"

// programs builds and installs what is measured.
func (b *bench) programs() error {
	if b.gomodls == "" {
		b.gomodls = filepath.Join(b.dir, "gomodls")
		if _, err := output(b.ctx, "", append(os.Environ(), "CGO_ENABLED=0"), "go", "build", "-o", b.gomodls, "github.com/gomodls/gomodls/cmd/gomodls"); err != nil {
			return err
		}
	}
	switch b.gopls {
	case "none":
		b.gopls = ""
	case "":
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		dir := filepath.Join(cache, "gomodls-bench", filepath.Base(goplsVersion))
		b.gopls = filepath.Join(dir, "gopls")
		if _, err := os.Stat(b.gopls); err != nil {
			fmt.Fprintf(os.Stderr, "installing %s\n", goplsVersion)
			if _, err := output(b.ctx, "", append(os.Environ(), "GOBIN="+dir, "GOFLAGS="), "go", "install", goplsVersion); err != nil {
				return err
			}
		}
	}
	return nil
}

// machine prints what the numbers were taken on.
func (b *bench) machine() {
	goVersion, _ := output(b.ctx, b.dir, b.env, "go", "version")
	fmt.Fprintf(b.out, "%s: %s, %d processors%s; %s", time.Now().Format(time.DateOnly), runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), model(), strings.TrimSpace(string(goVersion)))
	if b.gopls != "" {
		fmt.Fprintf(b.out, "; %s", goplsVersion)
	}
	if load := loadAverage(); load != "" {
		fmt.Fprintf(b.out, "; load average at the start %s", load)
	}
	fmt.Fprint(b.out, ".\n\nTimes are p50 / p99 (number of samples), × is how many times longer the other took at p50, – is no answer. All run with GOPROXY=off,"+
		" with the go.mod files of all dependencies in the module cache.\n")
}

// model returns the name of the processor, where the system tells.
func model() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return ", " + strings.TrimSpace(value)
		}
	}
	return ""
}

// loadAverage says how busy the machine is, where the system tells.
func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(data))
	return strings.Join(fields[:min(3, len(fields))], " ")
}

// worked returns how much time of the processor a process has used, in ticks of the system, where the system tells.
func worked(pid int) (ticks int, ok bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return user + system, err1 == nil && err2 == nil
}
