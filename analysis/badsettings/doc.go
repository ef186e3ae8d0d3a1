// Package badsettings reports what is wrong with a module's .gomodls.yaml.
//
// Such a file may set the severity of codes and declare modules private for everybody who works on the module. A key that is
// misspelt would go unnoticed, and with it what it was to protect. Keys that could run or send something are not taken from a
// repository.
//
// The settings of editors are not reported here.
package badsettings
