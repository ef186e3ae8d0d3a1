// Package missingmodule reports a go.mod file without a module line.
//
// The module line says what the module is called. Without it the go command refuses the main module, and retractions have
// nothing to retract versions of.
//
// A go.mod file in a directory that replaces a module may lack the line; go does not mind there.
package missingmodule
