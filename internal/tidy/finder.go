package tidy

import "sort"

// finder returns what finds the places of paths in a sorted list, -1 for those that it does not have. It is quick where it is asked for
// them nearly in order, as the lines of a go.mod are.
func finder(n int, at func(int) string) func(path string) int {
	next := 0 // where the path after the last one would stand
	return func(path string) int {
		if next > 0 && at(next-1) >= path || next < n && at(next) < path {
			next = sort.Search(n, func(i int) bool { return at(i) >= path })
		}
		if next < n && at(next) == path {
			next++
			return next - 1
		}
		return -1
	}
}

// Finder returns what finds the places of modules in Require, one after the other; see Find.
func (r *Result) Finder() func(path string) int {
	return finder(len(r.Require), func(i int) string { return r.Require[i].Module.Path })
}

// Finder returns what finds the places of modules in Paths, one after the other, or -1.
func (l *Loss) Finder() func(path string) int {
	return finder(len(l.Paths), func(i int) string { return l.Paths[i] })
}
