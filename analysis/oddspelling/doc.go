// Package oddspelling reports spellings that go accepts but others may stumble over.
//
// Quotes that are not needed, carriage returns in the middle of lines, bytes that are no UTF-8, a module line in a block, which
// proxies do not find, and an empty use line. Most of them are changed by the next go command that writes the file.
//
// Formatting alone is never reported.
package oddspelling
