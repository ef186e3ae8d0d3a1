// Package retracted reports requirements of versions that their own authors have retracted.
//
// A retract line in a module's go.mod file takes versions back: they were published by accident, or do not work. They can still
// be built, and go get warns. What is known here without asking anybody is what the selected version itself says, which often
// retracts itself because it was made for nothing else. Later versions may have retracted more: hovering over a requirement
// tells what the newest version on this machine says.
//
// Replaced modules are not looked at.
package retracted
