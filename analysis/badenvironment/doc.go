// Package badenvironment reports settings of the Go environment that keep the go command from loading the module, or from
// fetching what it needs.
//
// A GOFLAGS that cannot be parsed, a GOWORK that names no file, a GOPROXY that is no list of proxies, an experiment or an
// architecture that the installed Go does not know: the go command refuses, whatever go.mod says. The message names the
// variable, its value and where it is set. What only fetching would stumble over is a warning, and so is a GOPRIVATE,
// GONOSUMDB or GOINSECURE so wide that public modules are no longer checked; what else go accepts, though it is hardly meant,
// is information.
//
// Which private modules the settings fail to cover is reported by privategap, at each of them.
package badenvironment
