package syntaxerror

import (
	_ "embed"

	"github.com/gomodls/gomodls/analysis"
)

//go:embed doc.go
var doc string

// Analyzer reports what the go command cannot read in go.mod and go.work.
var Analyzer = &analysis.Analyzer{
	Name:     "syntaxerror",
	Doc:      analysis.MustDoc(doc),
	Severity: analysis.Error,
	Run:      kinds.Run,
	Kinds:    kinds,
}

var kinds = analysis.KindSet{
	"backquote-rejected":        analysis.Error,
	"bad-escape":                analysis.Error,
	"exclude-path-empty":        analysis.Error,
	"exclude-usage":             analysis.Error,
	"go-arg-count":              analysis.Error,
	"godebug-default-syntax":    analysis.Error,
	"godebug-usage":             analysis.Error,
	"ignore-arg-count":          analysis.Error,
	"module-usage":              analysis.Error,
	"replace-usage":             analysis.Error,
	"replace-path-empty":        analysis.Error,
	"require-path-empty":        analysis.Error,
	"require-path-is-go":        analysis.Error,
	"require-usage":             analysis.Error,
	"retract-empty":             analysis.Error,
	"retract-interval-syntax":   analysis.Error,
	"retract-trailing-token":    analysis.Error,
	"syntax-after-rparen":       analysis.Error,
	"syntax-bad-char":           analysis.Error,
	"syntax-block-comment":      analysis.Error,
	"syntax-lparen-not-last":    analysis.Error,
	"syntax-stray-rparen":       analysis.Error,
	"syntax-string-eof":         analysis.Error,
	"syntax-string-newline":     analysis.Error,
	"syntax-unterminated-block": analysis.Error,
	"tool-arg-count":            analysis.Error,
	"toolchain-arg-count":       analysis.Error,
	"use-usage":                 analysis.Error,
}
