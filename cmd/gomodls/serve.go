package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/gomodls/gomodls/analysis/suite"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/lsp"
)

// exitNoShutdown is what the protocol asks for where a client exits without asking for shutdown before.
const exitNoShutdown status = 1

func newServe() *cobra.Command {
	var logFile string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the language server on standard input and output",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, closeLog, err := newLog(logFile)
			if err != nil {
				return err
			}
			defer closeLog()
			var opened func()
			if os.Getenv("GOGC") == "" { // opening is worth more memory than what follows, and a keystroke is worth some megabytes
				debug.SetGCPercent(600)
				opened = func() { debug.SetGCPercent(300) }
			}
			return serve(cmd, log, opened)
		},
	}
	cmd.Flags().Bool("stdio", true, "speak on standard input and output; there is no other way, but some editors ask for it")
	cmd.Flags().StringVar(&logFile, "log", "", "write everything that happens to `FILE`; otherwise only problems are written, to standard error")
	return cmd
}

func serve(cmd *cobra.Command, log *zap.Logger, opened func()) error {
	dir, err := locked.DefaultDir()
	if err != nil {
		return err
	}
	stdin, restore := pollable(os.Stdin, os.Stdout, os.Stderr)
	defer restore()
	stdio := struct {
		io.ReadCloser
		io.Writer
	}{stdin, os.Stdout}
	os.Stdout = os.Stderr // the protocol's alone: whoever prints by mistake must not break it
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	err = lsp.Serve(ctx, stdio, lsp.Options{
		Version: version(), Analyzers: suite.All, Store: &locked.Store{Dir: dir, Log: log}, Scholar: gather.NewScholar(), Log: log, Opened: opened,
	})
	if ctx.Err() != nil {
		return nil // told to end by a signal, as some editors do: to them another status is a crash, after which they start it again
	}
	if errors.Is(err, lsp.ErrNoShutdown) {
		fmt.Fprintln(cmd.ErrOrStderr(), "gomodls: the client closed the connection without shutdown")
		return exitNoShutdown
	}
	return err
}

// newLog returns the logger of a server. Nothing is sampled: a message that repeats says something, too.
func newLog(file string) (log *zap.Logger, done func(), err error) {
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.ISO8601TimeEncoder
	out, level := os.Stderr, zap.WarnLevel
	if file != "" {
		if out, err = os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
			return nil, nil, fmt.Errorf("opening the log: %w", err)
		}
		level = zap.DebugLevel
	}
	log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.Lock(out), level))
	return log, func() {
		log.Sync()
		if file != "" {
			out.Close()
		}
	}, nil
}
