package locked

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A mirror is a copy of a whole workspace, in which the commands that write the files of several modules work: go writes
// no module file that is in an overlay. The directories of the world stand in it as they stand on disk, so relative paths
// mean the same. Their module files are copies; the others are there through an overlay that names the real ones, but for
// those of replacements: go work vendor copies them past the overlay.
type mirror struct {
	shadow  *Shadow
	dir     string            // holds the root of the file system
	volume  string            // where the operating system has such
	copies  map[string]string // module files by their names in the mirror: the real path
	written map[string]string // what was written there
	overlay map[string]string
}

// WorkSync runs go work sync, and vendors a vendored workspace anew. It declines while a module file of the workspace has
// unsaved changes: it brings the modules in line with one another, and who saves some and not others would undo that.
func (s *Shadow) WorkSync(ctx context.Context) error {
	return s.updateWork(ctx, moduleFiles, "sync")
}

// WorkUse runs go work use for directories, which are relative to the workspace's or absolute and stand among the world's.
// It declines while the go.work has unsaved changes.
func (s *Shadow) WorkUse(ctx context.Context, dirs ...string) error {
	return s.updateWork(ctx, []string{"go.work"}, append([]string{"use", "--"}, dirs...)...)
}

// WorkUseBelow runs go work use -r, which takes in all modules in and below dirs, and drops those that are gone. Their
// directories, as ModulesBelow returns them, stand among the world's.
func (s *Shadow) WorkUseBelow(ctx context.Context, dirs ...string) error {
	return s.updateWork(ctx, []string{"go.work"}, append([]string{"use", "-r", "--"}, dirs...)...)
}

// ModulesBelow returns the directories in and below dir that have a go.mod, as go work use -r finds them.
func ModulesBelow(dir string) []string {
	var dirs []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() == "go.mod" {
			dirs = append(dirs, filepath.Dir(path))
		}
		return nil // go passes over what it may not read, too
	})
	return dirs
}

func (s *Shadow) updateWork(ctx context.Context, touches []string, args ...string) error {
	if s.world.Work == "" {
		return fmt.Errorf("go work %s: there is no go.work here", args[0])
	}
	for _, dir := range append([]string{filepath.Dir(s.world.Work)}, s.world.Dirs...) {
		for _, name := range touches {
			path := realFile(filepath.Join(dir, name))
			if b, open := s.world.index[path]; !open {
				continue
			} else if saved, exists, err := readFile(path); err != nil || !exists || saved != b.Text {
				return fmt.Errorf("go work %s is not run: %s has unsaved changes, and would be written; save it first", args[0], b.Path)
			}
		}
	}
	if err := s.runWork(ctx, s.world.Work, args...); err != nil {
		return err
	}
	return s.revendorWork(ctx, s.world.Work)
}

// revendorWork runs go work vendor if the workspace is vendored and something that its vendor directory depends on has
// changed.
func (s *Shadow) revendorWork(ctx context.Context, work string) error {
	if !vendored(filepath.Dir(work)) {
		return nil
	}
	for path, text := range s.files {
		base := filepath.Base(path)
		if base != "go.mod" && base != "go.work" {
			continue
		}
		if before, _, err := s.original(path); err != nil || text == nil || *text != before {
			return s.vendorWork(ctx, work)
		}
	}
	return nil
}

func (s *Shadow) vendorWork(ctx context.Context, work string) error {
	target := filepath.Join(filepath.Dir(realFile(work)), "vendor")
	if err := noLinks(target); err != nil {
		return err
	}
	vendor := filepath.Join(s.dir, "vendor-work")
	if err := s.runWork(ctx, work, "vendor", "-o", vendor); err != nil {
		return err
	}
	s.vendored[target] = vendor
	return nil
}

// runWork runs a go work command in a mirror, and takes over what it wrote.
func (s *Shadow) runWork(ctx context.Context, work string, args ...string) error {
	m := &mirror{
		shadow: s, dir: filepath.Join(s.dir, "mirror"), volume: strings.TrimSuffix(filepath.VolumeName(s.root), ":"),
		copies: make(map[string]string), written: make(map[string]string), overlay: make(map[string]string),
	}
	defer os.RemoveAll(m.dir)
	work = realFile(work)
	if err := m.fill(work, args[0] == "vendor"); err != nil {
		return fmt.Errorf("copying the workspace's files: %w", err)
	}
	overlay, err := s.writeOverlay(m.overlay)
	if err != nil {
		return fmt.Errorf("copying the workspace's files: %w", err)
	}
	command := append([]string{"work"}, args...)
	argv := slices.Concat(command[:2], overlay, command[2:])
	if err := s.exec(ctx, m.at(filepath.Dir(work)), m.at(work), argv, command); err != nil {
		return err
	}
	return m.readBack()
}

// at returns the name that a real path has in the mirror.
func (m *mirror) at(path string) string {
	return filepath.Join(m.dir, m.volume, strings.TrimPrefix(path, filepath.VolumeName(path)))
}

// prefix is what the mirror puts before a path.
func (m *mirror) prefix() string {
	return strings.TrimSuffix(filepath.Join(m.dir, m.volume), string(filepath.Separator))
}

func (m *mirror) fill(work string, vendoring bool) error {
	s := m.shadow
	s.names[m.prefix()] = filepath.VolumeName(s.root)
	used := make(map[string]bool)
	text, _, err := s.Read(work)
	if err != nil {
		return err
	}
	if f, err := modfile.ParseWork(work, []byte(text), nil); err == nil {
		for _, use := range f.Use {
			dir := filepath.FromSlash(use.Path)
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(filepath.Dir(work), dir)
			}
			used[realPath(dir)] = true
		}
	}
	for _, dir := range append([]string{filepath.Dir(work)}, s.world.Dirs...) {
		real, names := realPath(dir), []string{realPath(dir)}
		if abs, err := filepath.Abs(dir); err == nil && abs != real {
			names = append(names, abs) // go joins directories to relative paths without resolving links
		}
		for _, name := range names {
			if err := m.fillDir(name, real, vendoring && !used[real] && real != filepath.Dir(work)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillDir puts the directory at the path real into the mirror, under name, through the overlay or else as files.
func (m *mirror) fillDir(name, real string, asFiles bool) error {
	s := m.shadow
	if info, err := os.Stat(real); err != nil || !info.IsDir() {
		return nil // go will say so
	}
	if err := os.MkdirAll(m.at(name), 0o700); err != nil {
		return err
	}
	for _, base := range moduleFiles {
		if err := m.copy(filepath.Join(name, base), filepath.Join(real, base)); err != nil {
			return err
		}
	}
	err := filepath.WalkDir(real, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == real {
				return err
			}
			return nil // go passes over what it may not read, too
		}
		if d.IsDir() {
			if path == real {
				return nil
			}
			if d.Name() == "vendor" || strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
				return fs.SkipDir // another module, which has its own turn if it belongs here
			}
			return nil
		}
		if _, ours := s.files[path]; ours || slices.Contains(moduleFiles, d.Name()) && filepath.Dir(path) == real {
			return nil
		}
		at := m.at(filepath.Join(name, strings.TrimPrefix(path, real)))
		if !asFiles {
			m.overlay[at] = path
			return nil
		}
		return linkOrCopy(path, at)
	})
	if err != nil {
		return err
	}
	put := func(path, text string) error {
		rel, err := filepath.Rel(real, path)
		if err != nil || !filepath.IsLocal(rel) || slices.Contains(moduleFiles, rel) || !m.belongs(path, real) {
			return nil
		}
		at := m.at(filepath.Join(name, rel))
		if asFiles {
			os.Remove(at) // which is a link to what is saved
			return errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, []byte(text), 0o600))
		}
		file, err := s.hide(path, text)
		m.overlay[at] = file
		return err
	}
	for path, b := range s.world.index {
		if _, written := s.files[path]; !written {
			if err := put(path, b.Text); err != nil {
				return err
			}
		}
	}
	for path, text := range s.files {
		if text != nil {
			if err := put(path, *text); err != nil {
				return err
			}
		}
	}
	return nil
}

// belongs reports whether of the world's directories it is dir that the file at path is nearest to.
func (m *mirror) belongs(path, dir string) bool {
	for _, other := range m.shadow.world.Dirs {
		if other = realPath(other); len(other) > len(dir) && within(path, other) {
			return false
		}
	}
	return true
}

// linkOrCopy makes the regular file at path one at to. Others go does not vendor.
func linkOrCopy(path, to string) error {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if os.Link(path, to) == nil {
		return nil
	}
	text, _, err := readFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(to, []byte(text), 0o600)
}

// copy writes a module file into the mirror, with the absolute paths of directories in it turned into those of the mirror.
func (m *mirror) copy(name, real string) error {
	text, exists, err := m.shadow.Read(real)
	if err != nil {
		return err
	}
	m.copies[m.at(name)] = real
	if !exists {
		return nil
	}
	text = m.redirect(filepath.Base(real), text)
	m.written[m.at(name)] = text
	return os.WriteFile(m.at(name), []byte(text), 0o600)
}

// redirect returns the text of a go.mod or go.work with absolute paths replaced. One that cannot be parsed stays as it is:
// go will say what is wrong with it.
func (m *mirror) redirect(base, text string) string {
	type directory struct {
		line *modfile.Line
		path string
	}
	var all []directory
	replaced := func(replace []*modfile.Replace) {
		for _, r := range replace {
			if r.New.Version == "" {
				all = append(all, directory{r.Syntax, r.New.Path})
			}
		}
	}
	switch base {
	case "go.mod":
		if f, err := modfile.Parse(base, []byte(text), nil); err == nil {
			replaced(f.Replace)
		}
	case "go.work":
		if f, err := modfile.ParseWork(base, []byte(text), nil); err == nil {
			for _, use := range f.Use {
				all = append(all, directory{use.Syntax, use.Path})
			}
			replaced(f.Replace)
		}
	}
	slices.SortFunc(all, func(a, b directory) int { return cmp.Compare(b.line.Start.Byte, a.line.Start.Byte) })
	for _, d := range all {
		path := filepath.FromSlash(d.path)
		if !filepath.IsAbs(path) || !m.holds(path) {
			continue
		}
		line := text[d.line.Start.Byte:d.line.End.Byte]
		token := d.line.Token[len(d.line.Token)-1]
		if at := strings.LastIndex(line, token); at >= 0 {
			line = line[:at] + modfile.AutoQuote(filepath.ToSlash(m.at(path))) + line[at+len(token):]
			text = text[:d.line.Start.Byte] + line + text[d.line.End.Byte:]
		}
	}
	return text
}

// holds reports whether path is that of a directory in the mirror.
func (m *mirror) holds(path string) bool {
	return slices.ContainsFunc(m.shadow.world.Dirs, func(dir string) bool {
		abs, err := filepath.Abs(dir)
		return err == nil && abs == filepath.Clean(path) || realPath(dir) == filepath.Clean(path)
	})
}

// readBack takes over the module files that go has written.
func (m *mirror) readBack() error {
	for _, name := range slices.Sorted(maps.Keys(m.copies)) {
		after, exists, err := readFile(name)
		if err != nil {
			return err
		}
		written, existed := m.written[name]
		if exists == existed && after == written {
			continue
		}
		real := m.copies[name]
		if !exists {
			m.shadow.Remove(real)
			continue
		}
		before, _, err := m.shadow.Read(real)
		if err != nil {
			return err
		}
		after = strings.ReplaceAll(after, filepath.ToSlash(m.prefix()), filepath.VolumeName(m.shadow.root))
		m.shadow.Write(real, keepEndings(before, after))
	}
	return nil
}
