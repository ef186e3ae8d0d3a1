package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Proofs are the checksums that were made of files, kept in a directory between runs, for one user. What cannot be read
// there, or is damaged, is as if it had never been made. Any number of processes may use one directory; none undoes what
// another has kept.
type Proofs struct {
	Dir string

	// Settled is how long files must have been left alone for a proof of them to be kept, two seconds if it is zero.
	Settled time.Duration

	mu     sync.Mutex
	file   string           // for the module cache at hand
	known  map[string]proof // by path
	unkept map[string]proof
}

// A proof says that the files at a path had the checksum Sum when they had the stamps Stamps.
type proof struct {
	Stamps string    `json:"stamps"`
	Sum    string    `json:"sum"`
	At     time.Time `json:"at"`
}

func (p *Proofs) settled() time.Duration {
	if p.Settled == 0 {
		return 2 * time.Second
	}
	return p.Settled
}

// load reads the proofs about a module cache.
func (p *Proofs) load(cache string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if real, err := filepath.EvalSymlinks(cache); err == nil {
		cache = real
	}
	name := sha256.Sum256([]byte(cache))
	p.file = filepath.Join(p.Dir, hex.EncodeToString(name[:8])+".json")
	p.known, p.unkept = read(p.file), map[string]proof{}
}

func (p *Proofs) find(path, stamps string) (sum string, at time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.known[path]
	return known.Sum, known.At, ok && known.Stamps == stamps
}

func (p *Proofs) keep(path string, made proof) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[path], p.unkept[path] = made, made
}

// save adds what was proved to what other processes have kept meanwhile, and drops what is about files that are gone.
func (p *Proofs) save() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.unkept) == 0 {
		return nil
	}
	if err := p.write(); err != nil {
		return fmt.Errorf("keeping what was verified: %w", err)
	}
	p.unkept = map[string]proof{}
	return nil
}

func (p *Proofs) write() error {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return err
	}
	lock := flock.New(p.file + ".lock")
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Unlock()
	all := read(p.file)
	for path := range all {
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			delete(all, path)
		}
	}
	maps.Copy(all, p.unkept)
	body, err := json.Marshal(all)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(p.Dir, "proofs")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append([]byte(head(body)), body...))
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), p.file)
}

// head is the first line of a file of proofs. A file that was cut off or damaged has another.
func head(body []byte) string {
	sum := sha256.Sum256(body)
	return "gomodls proofs 1 " + hex.EncodeToString(sum[:]) + "\n"
}

func read(file string) map[string]proof {
	data, err := os.ReadFile(file)
	if err != nil {
		return map[string]proof{}
	}
	first, body, ok := bytes.Cut(data, []byte("\n"))
	if !ok || strings.TrimSuffix(head(body), "\n") != string(first) {
		return map[string]proof{}
	}
	var all map[string]proof
	if json.Unmarshal(body, &all) != nil || all == nil {
		return map[string]proof{}
	}
	return all
}
