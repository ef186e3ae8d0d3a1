// Package uselessline reports lines that go accepts and that do nothing.
//
// A requirement of the module on itself, a retraction whose lower end is above its upper end, an ignore line that can match no
// directory, or that keeps the pattern ./... from matching anything: each of them is there because somebody wanted something else.
//
// Replacements and exclusions that nothing in the module graph needs are not reported here.
package uselessline
