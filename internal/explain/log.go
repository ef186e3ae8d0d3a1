package explain

import (
	"strings"

	"github.com/gomodls/gomodls/internal/text"
)

// A record is one message of go: a line and those that continue it.
type record struct {
	line int // of the log, from 1
	text string
}

var (
	// escapes are what terminals and CI services put between the words: colours, titles, links, cursor movements.
	escapes = text.Pattern(`\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[@-Z\\^_=>])`)

	// prefixes are what stands before a line that a program has passed on. Each may stand there more than once.
	prefixes = text.Pattern(`^(` + strings.Join([]string{
		`\x{FEFF}`,
		`\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?\]?( \d\d[OE]\+?)? ?`, // a date and a time; of which stream
		`\[?\d\d:\d\d:\d\d([.,]\d+)?\]? `,                // a time
		`##\[[a-z]+\]|::[a-z]+( [^:\n]*)?::`,             // commands of a workflow
		`#\d+ (\d+\.\d+ |ERROR: )`,                       // a step of a container's build
		`[A-Za-z0-9][A-Za-z0-9_.-]* +\| `,                // a service of several
		`(remote|stderr|STDERR|stdout|STDOUT|out|err): `, // a stream
		`\[[A-Za-z][A-Za-z0-9 _.:/-]*\] `,                // a logger's level or name, a stage
		`(ERROR|Error|INFO|WARN|WARNING|DEBUG|FATAL):? +`,
		`[├└│─>]+ `,
	}, "|") + `)`)
)

// maxLine bounds what is looked at of a line: no message of go about modules is as long.
const maxLine = 4096

// maxRecord bounds the lines of a record.
const maxRecord = 64

// records takes a log apart.
func records(log string) []record {
	var all []record
	n, length := 0, 0
	for line := range strings.Lines(log) {
		n++
		line = clean(line)
		switch {
		case strings.TrimSpace(line) == "": // go itself leaves some within a message
		case (line[0] == '\t' || line[0] == ' ') && len(all) > 0 && length < maxRecord:
			length++
			all[len(all)-1].text += "\n" + strings.TrimRight(line, " \t")
		default:
			all, length = append(all, record{n, strings.TrimRight(line, " \t")}), 1
		}
	}
	return all
}

// clean takes off a line what did not come from go. The indentation behind a prefix stays: it says what belongs together.
func clean(line string) string {
	line = strings.TrimRight(line, "\r\n")
	if at := strings.LastIndexByte(line, '\r'); at >= 0 {
		line = line[at+1:] // what a terminal would show in the end
	}
	if len(line) > maxLine {
		line = line[:maxLine]
	}
	line = escapes().ReplaceAllString(line, "")
	for range 8 {
		prefix := prefixes().FindString(line)
		if prefix == "" {
			break
		}
		line = line[len(prefix):]
	}
	return line
}
