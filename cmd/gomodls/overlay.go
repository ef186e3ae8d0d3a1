package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.lsp.dev/uri"

	"github.com/gomodls/gomodls/internal/workspace"
)

// readOverlay reads a file in the format of the go command's -overlay flag: {"Replace": {path: file}}, where an empty file
// says that there is nothing at path. It returns what the files say as changes of a session, in which they count as open
// in an editor.
func readOverlay(cwd, name string) ([]workspace.Change, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the overlay: %w", pathError(name, err))
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &overlay); err != nil {
		return nil, fmt.Errorf("reading the overlay %s: %w", name, err)
	}
	absolute := func(path string) string {
		if filepath.IsAbs(path) {
			return filepath.Clean(path)
		}
		return filepath.Join(cwd, path)
	}
	var changes []workspace.Change
	for path, file := range overlay.Replace {
		if path == "" {
			return nil, fmt.Errorf("the overlay %s replaces an empty path", name)
		}
		path = absolute(path)
		if file == "" {
			changes = append(changes, workspace.Learned(workspace.Want{Path: path}, &workspace.Fact{State: workspace.Missing}))
			continue
		}
		text, err := os.ReadFile(absolute(file))
		if err != nil {
			return nil, fmt.Errorf("reading the overlay %s: %w", name, pathError(file, err))
		}
		changes = append(changes, workspace.Opened(uri.File(path), 0, string(text)))
		changes = append(changes, directoriesOf(path)...)
	}
	return changes, nil
}

// directoriesOf says that the directories above path exist, as an overlay implies, where the disk has none.
func directoriesOf(path string) []workspace.Change {
	var changes []workspace.Change
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			return changes
		}
		changes = append(changes, workspace.Learned(workspace.Want{Path: dir}, &workspace.Fact{State: workspace.Directory}))
	}
}
