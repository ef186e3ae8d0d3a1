package imports

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// magic begins a file that Save writes. Its number changes with the format and with what is noted of a package.
const magic = "gomodls imports 2\n"

// kept is what a file says about one module version.
type kept struct {
	goLine   string
	packages map[string]*Package // by directory; nil for one without Go files
}

// Load takes over what Save has written. A file that is missing, damaged or of another format counts for nothing.
func (c *Cache) Load(file string) error {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	loaded, ok := decode(string(data))
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loaded = loaded
	return nil
}

// Save writes down what has been read of the module cache, for another process, if anything new has been read. The file is
// replaced as a whole, so that whoever reads it meanwhile sees the old one or the new.
func (c *Cache) Save(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.grown() {
		return nil
	}
	all := map[module.Version]kept{}
	for m, t := range c.trees {
		t.mu.Lock()
		k := kept{goLine: t.Go, packages: map[string]*Package{}}
		for rel, p := range t.packages {
			if lasts(p) {
				k.packages[rel] = p
			}
		}
		t.mu.Unlock()
		all[m] = k
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	if err := replace(file, encode(all)); err != nil {
		return err
	}
	c.loaded = all
	return nil
}

// grown reports whether more has been read than the file has. The cache is locked.
func (c *Cache) grown() bool {
	for m, t := range c.trees {
		t.mu.Lock()
		n := t.lasting
		t.mu.Unlock()
		if n > len(c.loaded[m].packages) {
			return true
		}
	}
	return false
}

// lasts reports whether what is known of a package is so for ever.
func lasts(p *Package) bool { return p == nil || p.Err == nil || errors.Is(p.Err, ErrNoGo) }

// replace puts a file in the place of another. What a crash leaves of it, the checksum gives away.
func replace(file string, data []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(tmp.Name()))
	}
	return err
}

// What a package's first byte says.
const (
	isThere = 1 << iota
	isGoDir
	isNoGo
)

func encode(all map[module.Version]kept) []byte {
	w := &writer{index: map[string]uint64{}}
	modules := make([]module.Version, 0, len(all))
	for m := range all {
		modules = append(modules, m)
	}
	module.Sort(modules)
	w.number(uint64(len(modules)))
	for _, m := range modules {
		w.text(m.Path)
		w.text(m.Version)
		w.text(all[m].goLine)
		w.number(uint64(len(all[m].packages)))
		for rel, p := range all[m].packages {
			w.text(rel)
			var flags uint64
			if p != nil {
				flags |= isThere
				if p.GoDir {
					flags |= isGoDir
				}
				if p.Err != nil {
					flags |= isNoGo
				}
			}
			w.number(flags)
			if p != nil {
				w.list(p.Imports)
				w.list(p.TestImports)
				w.list(p.Broken)
				w.flag(p.Groups != nil)
				w.number(uint64(len(p.Groups)))
				for _, g := range p.Groups {
					w.text(g.Condition)
					w.list(g.Imports)
					w.flag(g.Test)
				}
			}
		}
	}
	body := w.body
	table := &writer{}
	table.number(uint64(len(w.texts)))
	for _, t := range w.texts {
		table.number(uint64(len(t)))
		table.body = append(table.body, t...)
	}
	return sealed(slices.Concat(table.body, body))
}

// sealed returns a file with this in it.
func sealed(payload []byte) []byte {
	sum := sha256.Sum256(payload)
	return slices.Concat([]byte(magic), sum[:], payload)
}

// writer notes texts once, and refers to them by number.
type writer struct {
	body  []byte
	texts []string
	index map[string]uint64
}

func (w *writer) number(n uint64) { w.body = binary.AppendUvarint(w.body, n) }

func (w *writer) text(t string) {
	i, ok := w.index[t]
	if !ok {
		i = uint64(len(w.texts))
		w.index[t] = i
		w.texts = append(w.texts, t)
	}
	w.number(i)
}

func (w *writer) list(texts []string) {
	w.number(uint64(len(texts)))
	for _, t := range texts {
		w.text(t)
	}
}

func (w *writer) flag(f bool) {
	if f {
		w.number(1)
	} else {
		w.number(0)
	}
}

func decode(data string) (all map[module.Version]kept, ok bool) {
	payload, found := strings.CutPrefix(data, magic)
	if !found || len(payload) < sha256.Size {
		return nil, false
	}
	sum := payload[:sha256.Size]
	payload = payload[sha256.Size:]
	if s := sha256.Sum256([]byte(payload)); string(s[:]) != sum {
		return nil, false
	}
	r := &byteReader{rest: payload}
	r.texts = make([]string, r.count())
	for i := range r.texts {
		n := r.count()
		if n > len(r.rest) {
			return nil, false
		}
		r.texts[i], r.rest = r.rest[:n], r.rest[n:]
	}
	n := r.count()
	all = make(map[module.Version]kept, n)
	for range n {
		m := module.Version{Path: r.text(), Version: r.text()}
		k := kept{goLine: r.text()}
		packages := r.count()
		k.packages = make(map[string]*Package, packages)
		for range packages {
			rel, flags := r.text(), r.count()
			if flags&isThere == 0 {
				k.packages[rel] = nil
				continue
			}
			p := &Package{GoDir: flags&isGoDir != 0}
			if flags&isNoGo != 0 {
				p.Err = ErrNoGo
			}
			p.Imports, p.TestImports, p.Broken = r.list(), r.list(), r.list()
			if there, n := r.count() == 1, r.count(); there {
				p.Groups = make([]Group, n)
			}
			for i := range p.Groups {
				p.Groups[i] = Group{Condition: r.text(), Imports: r.list(), Test: r.count() == 1}
			}
			k.packages[rel] = p
		}
		all[m] = k
	}
	return all, !r.bad && r.rest == ""
}

// byteReader reads what a writer wrote. After something that cannot be, bad is set and everything is empty.
type byteReader struct {
	rest  string
	texts []string
	bad   bool
}

// count returns a number that is no larger than what is left of the file could bear out.
func (r *byteReader) count() int {
	var n uint64
	for shift := 0; shift < 63; shift += 7 {
		if r.rest == "" {
			break
		}
		b := r.rest[0]
		r.rest = r.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if n > uint64(len(r.rest))+uint64(len(r.texts))+(isThere|isGoDir|isNoGo) {
				break
			}
			return int(n)
		}
	}
	r.bad, r.rest = true, ""
	return 0
}

func (r *byteReader) text() string {
	i := r.count()
	if i >= len(r.texts) {
		r.bad, r.rest = true, ""
		return ""
	}
	return r.texts[i]
}

func (r *byteReader) list() []string {
	n := r.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.text()
	}
	return list
}
