// A small command that is broken on purpose, once in each way that gomodls was made for. Open this file in an editor with
// gomodls, or run "gomodls check" here. The private module does not exist: no host can be named git.acme.internal.
module example.com/demo

go 1.24.0

require (
	example.com/shapes v0.3.0
	git.acme.internal/platform/auth v1.4.0
	github.com/spf13/cobra v1.9.1
	github.com/spf13/cobra v1.8.1
	go.uber.org/zap v1.27.0
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.5 // indirect
	go.uber.org/multierr v1.11.0 // indirect
)

replace example.com/shapes => ./shape
