package imports

import (
	"go/build/constraint"
	"slices"
	"strings"
)

// maxFree is how many tags Always tries in all combinations.
const maxFree = 6

// Always reports whether every build with a version of Go, given by its release, satisfies one of some conditions, as far as
// that can be told; where it cannot, they count as satisfied.
func Always(release int, conditions ...string) bool {
	var any constraint.Expr
	for _, condition := range conditions {
		x, err := constraint.Parse("//go:build " + condition)
		switch {
		case condition == "" || err != nil:
			return true
		case any == nil:
			any = x
		default:
			any = &constraint.OrExpr{X: any, Y: x}
		}
	}
	if any == nil {
		return false
	}
	var free []string
	systems, archs, cgo := []string{"any"}, []string{"any"}, []Truth{No} // no names of any
	for tag := range tagsOf(any) {
		switch {
		case tag == "unix" || slices.Contains(oses, tag):
			systems = oses
		case slices.Contains(arches, tag):
			archs = arches
		case tag == "cgo":
			cgo = []Truth{No, Yes}
		case tag != "gc" && tag != "gccgo" && !strings.HasPrefix(tag, "go1."):
			free = append(free, tag)
		}
	}
	if len(free) > maxFree {
		return true
	}
	for _, system := range systems {
		for _, arch := range archs {
			for _, c := range cgo {
				for set := range 1 << len(free) {
					var tags []string
					for i, tag := range free {
						if set>>i&1 == 1 {
							tags = append(tags, tag)
						}
					}
					build := NewContext(Target{GOOS: system, GOARCH: arch, Cgo: c, Release: release, Tags: tags})
					if build.eval(any) == No {
						return false
					}
				}
			}
		}
	}
	return true
}

// tagsOf returns the tags that a condition speaks of.
func tagsOf(x constraint.Expr) map[string]bool {
	tags := map[string]bool{}
	x.Eval(func(tag string) bool { tags[tag] = true; return false })
	return tags
}
