package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// workingCopy is a copy of a module that cases change and put back.
type workingCopy struct {
	dir     string
	changed map[string]original // by path
	clock   time.Time           // the time that the next change is given; go's index goes by times and sizes
}

type original struct {
	text   []byte
	exists bool
}

func newCopy(from, to string) (*workingCopy, error) {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return nil, err
	}
	c := &workingCopy{dir: to, clock: time.Now().Add(-100 * time.Hour)}
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		return os.Chtimes(path, c.clock, c.clock)
	})
	return c, err
}

// write changes a file.
func (c *workingCopy) write(path, text string) error {
	if err := c.save(path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		return err
	}
	return c.touch(path)
}

func (c *workingCopy) touch(path string) error {
	c.clock = c.clock.Add(time.Second)
	return os.Chtimes(path, c.clock, c.clock)
}

// save remembers a file as it is, once.
func (c *workingCopy) save(path string) error {
	if c.changed == nil {
		c.changed = map[string]original{}
	}
	if _, ok := c.changed[path]; ok {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	c.changed[path] = original{text, err == nil}
	return nil
}

// restore puts everything back.
func (c *workingCopy) restore() error {
	for path, o := range c.changed {
		if !o.exists {
			if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
				return err
			}
			continue
		}
		if err := os.WriteFile(path, o.text, 0o666); err != nil {
			return err
		}
		if err := c.touch(path); err != nil {
			return err
		}
	}
	c.changed = nil
	return nil
}
