package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A server is one way to start a language server.
type server struct {
	name     string
	argv     []string
	settings any
	ours     bool
}

func (b *bench) servers() []server {
	all := []server{{name: "gomodls", argv: []string{b.gomodls, "serve"}, ours: true}}
	if b.gopls != "" {
		all = append(all,
			server{name: "gopls", argv: []string{b.gopls}, settings: map[string]any{}},
			server{name: "gopls, no delay", argv: []string{b.gopls}, settings: map[string]any{"diagnosticsDelay": "0s"}},
		)
	}
	return all
}

const (
	openings = 8    // how often gomodls is started for each module
	strokes  = 500  // how often an edit is made or taken back
	edited   = 1000 // edits after which memory is looked at
	atLeast  = 3    // how often an edit is made and taken back by a server that takes its time
)

// takenBack is the name of a scenario's second half.
func takenBack(name string) string { return name + ", undone" }

// patience is how long an answer is waited for before it counts as none.
const patience = 5 * time.Second

// budget is for how long one thing is measured.
func (b *bench) budget() time.Duration {
	if b.quick {
		return time.Second
	}
	return 3 * time.Second
}

// measured is what one server did.
type measured struct {
	server
	cold     sample // to the diagnostics that rest on everything, with no caches of its own
	opened   sample // to the first diagnostics
	complete sample // to those that rest on everything
	edits    map[string]sample
	counter  *counter
	unrest   sample   // what it took, beside the edits
	memory   [2]int64 // after opening, and after the edits
	err      error
}

// edits goes through the scenarios with every server, whose folder is root, and prints what they took.
func (b *bench) edits(root string, s *subject, scenarios []scenario, env []string) ([]measured, error) {
	var all []measured
	for _, server := range b.servers() {
		fmt.Fprintf(os.Stderr, "… %s, %s\n", s.name, server.name)
		m := b.edit(server, root, s, scenarios, env)
		if err := b.ctx.Err(); err != nil {
			return nil, err
		}
		if m.err != nil {
			fmt.Fprintf(b.out, "\n%s: %v\n", server.name, m.err)
			if server.ours {
				b.broken = append(b.broken, s.name+": "+m.err.Error())
			}
		}
		all = append(all, m)
	}
	b.table(all, scenarios)
	return all, nil
}

// edit opens the module files of s in one server, some times, and goes through the scenarios once.
func (b *bench) edit(server server, root string, s *subject, scenarios []scenario, env []string) (m measured) {
	m = measured{server: server, edits: map[string]sample{}}
	if server.name == "gopls" { // its first start fills the caches, and the delay plays no part in it
		m.err = b.session(&m, root, s, scenarios, env)
		m.cold, m.opened, m.complete = m.complete, nil, nil
		return m
	}
	if server.ours {
		if m.err = b.session(&m, root, s, nil, env); m.err != nil {
			return m
		}
		m.cold, m.opened, m.complete = m.complete, nil, nil
	}
	if server.ours && len(scenarios) > 0 {
		if m.counter, m.err = b.counter(); m.err != nil {
			return m
		}
		defer func() { m.err = errors.Join(m.err, m.counter.stop()) }()
	}
	if m.err = b.session(&m, root, s, scenarios, env); m.err != nil || !server.ours {
		return m
	}
	for end := time.Now().Add(2 * b.budget()); len(m.opened) < openings && time.Now().Before(end); {
		if m.err = b.session(&m, root, s, nil, env); m.err != nil {
			return m
		}
	}
	return m
}

// session starts a server, opens the go.mod and waits for what it has to say, and goes through scenarios if there are any.
func (b *bench) session(m *measured, root string, s *subject, scenarios []scenario, env []string) error {
	path := filepath.Join(s.dir, "go.mod")
	e, err := start(b.ctx, m.name, m.argv, env, root, m.settings)
	if err != nil {
		return err
	}
	defer e.stop()
	if err := e.open(path, s.mod); err != nil {
		return err
	}
	first, ok := e.await(2*time.Minute, func(h heard) bool { return h.path == path && h.publish != m.ours })
	if !ok {
		return fmt.Errorf("nothing is said about %s", path)
	}
	last := e.settle(path, first, time.Minute)
	m.opened = append(m.opened, first.at.Sub(e.begun))
	m.complete = append(m.complete, last.at.Sub(e.begun))
	if len(scenarios) == 0 {
		return nil
	}
	if err := e.open(filepath.Join(s.dir, "go.sum"), s.sum); err != nil {
		return err
	}
	e.settle("", heard{at: time.Now()}, 20*time.Second)
	m.memory[0] = resident(e.cmd.Process.Pid)
	count := 0
	var failed error
	for _, sc := range scenarios {
		if err := b.scenario(m, e, sc, strokes, &count); err != nil {
			failed = errors.Join(failed, err)
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
	for end := time.Now().Add(b.budget()); m.ours && count < edited && time.Now().Before(end); {
		if err := b.scenario(m, e, scenarios[0], edited-count, &count); err != nil {
			return err
		}
	}
	m.memory[1] = resident(e.cmd.Process.Pid)
	return failed
}

// scenario makes an edit and takes it back, up to a number of strokes and as long as the budget lasts. What tells is that the
// edit brings marks, and that something is published of the version in which it is taken back, or, of another file, without
// those marks: others may come and go meanwhile, since a server may find out more in the background.
func (b *bench) scenario(m *measured, e *editor, sc scenario, most int, count *int) error {
	watch := sc.watch
	if watch == "" {
		watch = sc.edit.path
	}
	budget := b.budget()
	if !m.ours {
		budget /= 2
	}
	end := time.Now().Add(budget)
	for n := 0; n < most && (n < 2*atLeast || time.Now().Before(end)); n += 2 {
		if m.ours {
			rested, err := b.breathe(n, m)
			if err != nil {
				return err
			}
			end = end.Add(rested)
		}
		before := e.marked(watch)
		shown, took, ok, err := e.stroke(sc.edit, watch, count, func(marks map[string]bool) bool { return len(brought(marks, before)) > 0 })
		if err != nil {
			return err
		}
		if !ok && m.ours {
			_, _, err := e.apply(sc.edit.undo())
			return errors.Join(fmt.Errorf("no answer to edit %d of %q", n/2+1, sc.name), err)
		}
		marks := brought(shown, before)
		if !ok { // this server has nothing to say
			_, _, err := e.apply(sc.edit.undo())
			e.settle("", heard{at: time.Now()}, patience)
			return err
		}
		m.edits[sc.name] = append(m.edits[sc.name], took)
		_, took, ok, err = e.stroke(sc.edit.undo(), watch, count, func(now map[string]bool) bool {
			if watch == sc.edit.path {
				return true // what is published of the new version is about the new version
			}
			for mark := range marks {
				if now[mark] {
					return false
				}
			}
			return true
		})
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%q is not taken back", sc.name)
		}
		m.edits[takenBack(sc.name)] = append(m.edits[takenBack(sc.name)], took)
	}
	return nil
}

// stroke makes a change and waits for diagnostics of the watched file that are as wanted, and of the version of the change if
// it is that file which was changed.
func (e *editor) stroke(c change, watch string, count *int, wanted func(map[string]bool) bool) (marks map[string]bool, took time.Duration, ok bool, err error) {
	version, sent, err := e.apply(c)
	if err != nil {
		return nil, 0, false, err
	}
	*count++
	h, ok := e.await(patience, func(h heard) bool {
		return h.publish && h.path == watch && (watch != c.path || h.version == version) && wanted(h.marks)
	})
	return h.marks, h.at.Sub(sent), ok, nil
}

// brought returns the marks that were not there before. An edit at the end of a file moves no others.
func brought(marks, before map[string]bool) map[string]bool {
	fresh := map[string]bool{}
	for mark := range marks {
		if !before[mark] {
			fresh[mark] = true
		}
	}
	return fresh
}

func (b *bench) table(all []measured, scenarios []scenario) {
	head := []string{"an edit"}
	for i, m := range all {
		head = append(head, m.name)
		if i > 0 {
			head = append(head, "×")
		}
	}
	t := newTable(b.out, head...)
	row := func(name string, of func(measured) sample) {
		cells := []string{name, of(all[0]).String()}
		for _, m := range all[1:] {
			cells = append(cells, of(m).String(), ratio(of(all[0]), of(m)))
		}
		t.row(cells...)
	}
	for _, sc := range scenarios {
		for _, name := range []string{sc.name, takenBack(sc.name)} {
			row(name, func(m measured) sample { return m.edits[name] })
		}
	}
	row("(a millisecond of counting)", func(m measured) sample { return m.unrest })
	row("open to first answer", func(m measured) sample { return m.opened })
	row("open to complete", func(m measured) sample { return m.complete })
	row("the same, caches empty", func(m measured) sample { return m.cold })
	for i, when := range []string{"resident after opening", "resident after the edits"} {
		cells := []string{when}
		for j, m := range all {
			cells = append(cells, fmt.Sprintf("%d MB", (m.memory[i]+1<<19)>>20))
			if j > 0 {
				cells = append(cells, "")
			}
		}
		t.row(cells...)
	}
}

// noteEdits holds edits against the targets given, and against what gopls takes.
func (b *bench) noteEdits(all []measured, where string, percentiles ...int) {
	for name, s := range all[0].edits {
		at := where + ", " + name
		for _, target := range percentiles {
			percent := 99
			if target == keyP50 {
				percent = 50
			}
			b.note(target, ms(s.at(percent)), at)
		}
		for i, m := range all[1:] {
			if len(m.edits[name]) > 0 {
				b.note([]int{beforeGopls, beforeNoDelay}[i], times(s, m.edits[name]), at)
			}
		}
	}
}

func (b *bench) noteMemory(m measured, where string) {
	for _, bytes := range m.memory {
		b.note(memory, float64(bytes)/(1<<20), where)
	}
}
