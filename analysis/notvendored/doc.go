// Package notvendored reports imports of packages that are not in the vendor directory.
//
// With a vendor directory, the go command looks nowhere else for packages of other modules, and refuses with "cannot find
// module providing package" what it does not find there: because somebody has written a new import, or has removed something
// from the vendor directory. Since go 1.23 a package also has to be listed in vendor/modules.txt.
//
// Nothing is said while go.mod and vendor/modules.txt contradict each other: go mod vendor mends that as well.
package notvendored
