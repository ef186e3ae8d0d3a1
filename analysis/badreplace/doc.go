// Package badreplace reports replacements whose right side is neither a directory nor a module version, and replacements that
// contradict each other.
//
// A directory starts with ./ or ../ or is absolute, and has no version; everything else is a module path and needs one. Two
// lines that replace the same thing by different things are refused.
//
// That the directory exists and holds a module is checked by replacepath.
package badreplace
