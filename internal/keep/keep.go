// Package keep writes down what one process has read of files, for the next.
//
// The one idea to keep in mind: what is kept saves time and nothing else. A file that is missing, damaged, of another format or
// about something else counts for nothing, and whoever loses one reads again what it was made from. So nobody waits for a lock,
// nobody syncs, and errors of writing are of no interest.
package keep

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	touched = 24 * time.Hour      // a file in use is at least this young
	stale   = 60 * 24 * time.Hour // and one that is older belongs to nobody any more
)

// Get returns what reads a file that Put has written with this magic, and saves it from being swept. ok is false if there is none.
func Get(file, magic string) (r *Reader, ok bool) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	if r, ok = Unseal(magic, string(data)); !ok {
		return nil, false
	}
	if info, err := os.Stat(file); err == nil && time.Since(info.ModTime()) > touched {
		_ = os.Chtimes(file, time.Time{}, time.Now()) // at worst it is made again
	}
	return r, true
}

// mark is the name of a file that is as old as the last sweep of its directory.
const mark = "swept"

// Put writes a file, in the place of another if there is one, as a whole, so that whoever reads it meanwhile sees the old one or
// the new. Once a day it removes from its directory what nobody has used for long.
func Put(file string, data []byte) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := replace(file, data); err != nil {
		return err
	}
	if info, err := os.Stat(filepath.Join(dir, mark)); err == nil && time.Since(info.ModTime()) < touched {
		return nil
	}
	if err := replace(filepath.Join(dir, mark), nil); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > stale {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// PutAll puts the files that there are to be of some things. Of what gives no data, none is written.
func PutAll[T any](all []T, encode func(T) (file string, data []byte)) error {
	var errs []error
	for _, one := range all {
		if file, data := encode(one); data != nil {
			errs = append(errs, Put(file, data))
		}
	}
	return errors.Join(errs...)
}

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

// A Writer notes numbers and texts, each text once. The zero value is an empty one.
type Writer struct {
	body  []byte
	texts []string
	index map[string]uint64
}

// Number notes a number.
func (w *Writer) Number(n uint64) { w.body = binary.AppendUvarint(w.body, n) }

// Text notes a text.
func (w *Writer) Text(t string) {
	i, ok := w.index[t]
	if !ok {
		if w.index == nil {
			w.index = map[string]uint64{}
		}
		i = uint64(len(w.texts))
		w.index[t] = i
		w.texts = append(w.texts, t)
	}
	w.Number(i)
}

// List notes some texts.
func (w *Writer) List(texts []string) {
	w.Number(uint64(len(texts)))
	for _, t := range texts {
		w.Text(t)
	}
}

// Flag notes whether something is so.
func (w *Writer) Flag(f bool) {
	if f {
		w.Number(1)
	} else {
		w.Number(0)
	}
}

// Stamp notes a stamp.
func (w *Writer) Stamp(s Stamp) {
	for _, n := range []uint64{uint64(s.Size), uint64(s.ModTime), uint64(s.Change), s.Inode, s.Device, uint64(s.Mode)} {
		w.Number(n)
	}
}

// Sealed returns the file to Put, which begins with magic.
func (w *Writer) Sealed(magic string) []byte {
	table := &Writer{}
	table.Number(uint64(len(w.texts)))
	for _, t := range w.texts {
		table.Number(uint64(len(t)))
		table.body = append(table.body, t...)
	}
	return Seal(magic, slices.Concat(table.body, w.body))
}

// Digest returns a digest of what was noted: what was noted otherwise has another.
func (w *Writer) Digest() string {
	h := sha256.New()
	size := binary.AppendUvarint(nil, uint64(len(w.texts)))
	h.Write(size)
	for _, t := range w.texts {
		size = binary.AppendUvarint(size[:0], uint64(len(t)))
		h.Write(size)
		h.Write([]byte(t))
	}
	h.Write(w.body)
	return string(h.Sum(nil))
}

// Seal returns a file that begins with magic and holds what a Writer could have noted, or what a test makes up.
func Seal(magic string, payload []byte) []byte {
	sum := sha256.Sum256(payload)
	return slices.Concat([]byte(magic), sum[:], payload)
}

// Payload is where in a file that begins with magic stands what was given to Seal.
func Payload(magic string) int { return len(magic) + sha256.Size }

// Unseal returns what reads a file that begins with magic. ok is false if it is damaged or another one.
func Unseal(magic, data string) (r *Reader, ok bool) {
	if !strings.HasPrefix(data, magic) || len(data) < Payload(magic) {
		return nil, false
	}
	sum, payload := data[len(magic):Payload(magic)], data[Payload(magic):]
	if s := sha256.Sum256([]byte(payload)); string(s[:]) != sum {
		return nil, false
	}
	r = &Reader{rest: payload}
	r.texts = make([]string, r.Count())
	for i := range r.texts {
		n := r.Count()
		if n > len(r.rest) {
			return nil, false
		}
		r.texts[i], r.rest = r.rest[:n], r.rest[n:]
	}
	return r, true
}

// A Reader reads what a Writer has noted, in the same order. After something that cannot be, everything is empty.
type Reader struct {
	rest  string
	texts []string
	bad   bool
}

// Done reports whether all has been read, and was as it should be.
func (r *Reader) Done() bool { return !r.bad && r.rest == "" }

func (r *Reader) fail() { r.bad, r.rest = true, "" }

// Number returns a number.
func (r *Reader) Number() uint64 {
	n, size := uint64(0), 0
	for shift := 0; shift < 64 && size < len(r.rest); shift += 7 {
		b := r.rest[size]
		size++
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			r.rest = r.rest[size:]
			return n
		}
	}
	r.fail()
	return 0
}

// slack is how much larger than what could be counted a number may be that says something else.
const slack = 15

// Count returns a number that is not much larger than what is left of the file could bear out, so that there can be that many of
// something.
func (r *Reader) Count() int {
	n := r.Number()
	if n > uint64(len(r.rest))+uint64(len(r.texts))+slack {
		r.fail()
		return 0
	}
	return int(n)
}

// Text returns a text.
func (r *Reader) Text() string {
	i := r.Count()
	if i >= len(r.texts) {
		r.fail()
		return ""
	}
	return r.texts[i]
}

// List returns texts, nil for none.
func (r *Reader) List() []string {
	n := r.Count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.Text()
	}
	return list
}

// Flag returns whether something is so.
func (r *Reader) Flag() bool { return r.Number() == 1 }

// Stamp returns a stamp.
func (r *Reader) Stamp() Stamp {
	return Stamp{
		Size: int64(r.Number()), ModTime: int64(r.Number()), Change: int64(r.Number()),
		Inode: r.Number(), Device: r.Number(), Mode: uint32(r.Number()),
	}
}
