module example.com/farm

go 1.25

require (
	example.com/clock v0.0.0
	github.com/muesli/mango v0.2.0
	github.com/muesli/mango-pflag v0.2.0
	github.com/muesli/roff v0.1.0
	github.com/spf13/cobra v1.8.1
	github.com/spf13/pflag v1.0.10
	go.uber.org/zap v1.27.0
	golang.org/x/mod v0.21.0
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	go.uber.org/multierr v1.10.0 // indirect
)

replace example.com/clock => ./clock
