// Deprecated: use example.com/n.
module example.com/m

go 1.25.0

toolchain go1.26.1

godebug (
	default=go1.24
	panicnil=1
)

require (
	a.example/x v1.2.3
	b.example/y/v2 v2.0.1-0.20240101120000-abcdefabcdef // indirect
)

require gopkg.in/yaml.v3 v3.0.1 // indirect; for tests

exclude a.example/x v1.2.4

replace (
	a.example/x => ../x
	a.example/x v1.2.2 => c.example/x v1.2.9
	"d.example/with space" v1.0.0 => "./dir with space"
)

// Published by accident.
retract (
	v1.0.1
	[v0.1.0, v0.9.0] // Broken.
)

tool (
	a.example/x/cmd/x
)

ignore ./node_modules
