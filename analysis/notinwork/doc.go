// Package notinwork reports a module that lies in a workspace whose go.work does not list it.
//
// The go command finds the go.work above and works with the modules listed there. In the directory of a module that is not
// listed, go build and go test refuse, as does gopls to some degree, while go mod tidy works.
//
// With GOWORK=off nothing is reported.
package notinwork
