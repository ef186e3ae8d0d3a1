package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/dirhash"
)

func hashMod(data []byte) string {
	h, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	if err != nil { // only if reading memory fails
		panic(err)
	}
	return h
}

// zipHash returns the checksum of a zip and, if it was not made just now, when it was made.
func (w *worker) zipHash(ctx context.Context, zip string) (string, time.Time, error) {
	p := newPrint()
	if info, err := os.Lstat(zip); err != nil {
		return "", time.Time{}, err
	} else {
		p.add("", info)
	}
	return w.proved(zip, p, func() (string, error) {
		return dirhash.HashZip(zip, func(files []string, open func(string) (io.ReadCloser, error)) (string, error) {
			return dirhash.Hash1(files, interruptible(ctx, open))
		})
	})
}

// dirHash returns the checksum of a module's directory in the same way.
func (w *worker) dirHash(ctx context.Context, dir, prefix string) (string, time.Time, error) {
	p := newPrint()
	var files []string
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(file[len(dir)+1:])
		files = append(files, prefix+"/"+rel)
		p.add(rel, info)
		return nil
	})
	if err != nil {
		return "", time.Time{}, err
	}
	return w.proved(dir, p, func() (string, error) {
		return dirhash.Hash1(files, interruptible(ctx, func(name string) (io.ReadCloser, error) {
			return os.Open(filepath.Join(dir, filepath.FromSlash(name[len(prefix):])))
		}))
	})
}

// proved returns the checksum of what is at path from a proof if its stamps are still the same, and makes one otherwise.
func (w *worker) proved(path string, p *print, measure func() (string, error)) (string, time.Time, error) {
	if w.Proofs == nil {
		sum, err := measure()
		return sum, time.Time{}, err
	}
	stamps := p.sum()
	if sum, at, ok := w.Proofs.find(path, stamps); ok && p.regular {
		return sum, at, nil
	}
	start := time.Now()
	sum, err := measure()
	if err != nil {
		return "", time.Time{}, err
	}
	// Clocks of file systems are coarse: what was written a moment ago may be written once more and keep its stamp.
	if p.regular && p.newest.Before(start.Add(-w.Proofs.settled())) {
		w.Proofs.keep(path, proof{Stamps: stamps, Sum: sum, At: start.UTC().Truncate(time.Second)})
	}
	return sum, time.Time{}, nil
}

// A print is the fingerprint of a list of files: their names and stamps, nothing that is in them.
type print struct {
	hash    hash.Hash
	newest  time.Time
	regular bool // no link or device among them, whose content has no stamp here
}

func newPrint() *print { return &print{hash: sha256.New(), regular: true} }

func (p *print) add(name string, info fs.FileInfo) {
	changed, inode := system(info)
	fmt.Fprintf(p.hash, "%q %o %d %d %d %d\n", name, info.Mode(), info.Size(), info.ModTime().UnixNano(), changed.UnixNano(), inode)
	p.regular = p.regular && info.Mode().IsRegular()
	for _, t := range []time.Time{info.ModTime(), changed} {
		if t.After(p.newest) {
			p.newest = t
		}
	}
}

func (p *print) sum() string { return hex.EncodeToString(p.hash.Sum(nil)) }

// interruptible makes open return files that are read in large pieces and not beyond the end of ctx.
func interruptible(ctx context.Context, open func(string) (io.ReadCloser, error)) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r, err := open(name)
		if err != nil {
			return nil, err
		}
		return file{r, ctx}, nil
	}
}

type file struct {
	io.ReadCloser
	ctx context.Context
}

var buffers = sync.Pool{New: func() any { return new([128 << 10]byte) }}

// WriteTo is what io.Copy uses.
func (f file) WriteTo(w io.Writer) (n int64, err error) {
	buf := buffers.Get().(*[128 << 10]byte)
	defer buffers.Put(buf)
	for f.ctx.Err() == nil {
		k, err := f.Read(buf[:])
		if k > 0 {
			if _, err := w.Write(buf[:k]); err != nil {
				return n, err
			}
			n += int64(k)
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, f.ctx.Err()
}
