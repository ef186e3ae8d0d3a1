package lsp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/fixes"
	"github.com/gomodls/gomodls/fixes/locked"
	"github.com/gomodls/gomodls/internal/text"
)

// A fix whose edits are not all in open documents is a command. An editor that is given edits of a closed file opens it where
// nobody looks and leaves it unsaved; a command writes it, as a transaction that can be undone.

// fileEdits are the edits of one file in the arguments of that command.
type fileEdits struct {
	URI   uri.URI    `json:"uri"`
	Hash  string     `json:"hash"` // of the text that the edits are for
	Edits []spanEdit `json:"edits"`
}

type spanEdit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// closedEdits returns edits as arguments of the command if that is how they are to be made.
func closedEdits(conv *converter, edits []fixes.Edit) (files []fileEdits, ok bool) {
	byFile := fixes.ByFile(edits)
	for _, u := range sortedKeys(byFile) {
		f := conv.file(u)
		if f == nil {
			return nil, false
		}
		ok = ok || !f.Open
		file := fileEdits{URI: f.URI, Hash: hashOf(f.Text)}
		for _, e := range byFile[u] {
			file.Edits = append(file.Edits, spanEdit{e.Span.Start, e.Span.End, e.New})
		}
		files = append(files, file)
	}
	return files, ok
}

// applyFix makes the edits, if the files still are what they were when the fix was offered.
func (c *commands) applyFix(ctx context.Context, j *job) error {
	for _, f := range j.Files {
		if !f.URI.IsFile() {
			return fmt.Errorf("%s is not a file", f.URI)
		}
		j.beyond = append(j.beyond, filepath.Dir(pathOf(f.URI)))
	}
	_, err := c.do(ctx, j, func(_ context.Context, sh *locked.Shadow) error {
		for _, f := range j.Files {
			path := pathOf(f.URI)
			before, _, err := sh.Read(path)
			if err != nil {
				return err
			}
			if hashOf(before) != f.Hash {
				return &locked.ChangedError{Paths: []string{path}}
			}
			var edits []text.Edit
			for _, e := range f.Edits {
				edits = append(edits, text.Edit{Span: text.Span{Start: e.Start, End: e.End}, New: e.New})
			}
			after, ok := text.Apply(before, edits)
			if !ok {
				return fmt.Errorf("the edits of %s do not fit its text", path)
			}
			sh.Write(path, after)
		}
		return nil
	})
	return err
}
