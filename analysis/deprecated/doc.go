// Package deprecated reports direct requirements of modules that their authors have deprecated.
//
// A comment on the module line that starts with Deprecated: says that a module is not worked on any more, and mostly what to use
// instead. go get prints it, once. What is known here without asking anybody is what the version in use says; whether a later one
// says otherwise, hovering over the requirement tells as far as this machine knows.
//
// Indirect requirements are left out, since only those who require them directly can change them, and so are replaced modules.
package deprecated
