package gather

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/tidy"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A Scholar answers the questions that snapshots are left with: see workspace.Topic. It is safe for concurrent use.
type Scholar struct {
	Tidier Tidier

	mu     sync.Mutex
	stores *modcache.Stores // nil where nothing is kept of go.mod files
	kept   time.Time        // when Study has kept something last
}

// NewScholar returns a Scholar that keeps what it reads of the module cache for the user's other processes.
func NewScholar() *Scholar {
	s := new(Scholar)
	if dir, err := os.UserCacheDir(); err == nil {
		s.Tidier.Dir = filepath.Join(dir, "gomodls", "imports")
	}
	return s
}

// Study works out the answer to a question from the newest snapshot, and applies it to the session. An error is that of ctx:
// that there is nothing to study is an answer, too.
func (s *Scholar) Study(ctx context.Context, session *workspace.Session, t workspace.Topic) error {
	if err := s.study(ctx, session, t); err != nil {
		return err
	}
	s.Tidier.saveBook() // which has news of one module no more often than is due
	s.mu.Lock()
	due := time.Since(s.kept) > rekept
	if due {
		s.kept = time.Now()
	}
	s.mu.Unlock()
	if due {
		s.Keep()
	}
	return nil
}

// rekept is how long what is kept for other processes may be out of date while somebody works on the files.
const rekept = 30 * time.Second

// Share has the go.mod files that stores read kept for the user's other processes that work in the same directories, and what those
// have read taken over.
func (s *Scholar) Share(stores *modcache.Stores, dirs []string) {
	if s.Tidier.Dir == "" {
		return
	}
	stores.Keep(s.Tidier.Dir, strings.Join(slices.Sorted(slices.Values(dirs)), "\x00"))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stores = stores
}

// Keep writes down what was read of files that have settled, for other processes. What is lost is read again.
func (s *Scholar) Keep() {
	_ = s.Tidier.parsed.Save()
	s.Tidier.saveBook()
	s.mu.Lock()
	stores := s.stores
	s.mu.Unlock()
	if stores != nil {
		_ = stores.Save()
	}
}

func (s *Scholar) study(ctx context.Context, session *workspace.Session, t workspace.Topic) error {
	from, st, err := s.answer(ctx, session, t)
	if err != nil {
		return err
	}
	changes := []workspace.Change{workspace.Studied(t, from, st)}
	for _, path := range st.Absent { // a fact from now on, so that it is noticed when it appears
		w := workspace.Want{Path: path}
		if session.Snapshot().Facts()[w] != nil {
			continue
		}
		f := Read(w)
		changes = append(changes, workspace.Learned(w, f))
		if f.State != workspace.Missing { // meanwhile it has
			changes = append(changes, workspace.Touched(path))
		}
	}
	session.Apply(changes...)
	return nil
}

// answer has a line for each kind of question.
func (s *Scholar) answer(ctx context.Context, session *workspace.Session, t workspace.Topic) (*workspace.Snapshot, *workspace.Study, error) {
	switch t.Kind {
	case workspace.Tidy:
		return s.Tidier.study(ctx, session, t)
	case workspace.Packages:
		return s.packagesStudy(ctx, session, t)
	}
	panic("no studies of the kind " + t.Kind)
}

// Answer calls run on the newest snapshot as Settle does, and answers the questions that it leaves, until there is nothing
// that it lacks. It is for those who can wait. What will be asked about the module files that paths names is begun
// at once; it may be nil.
func Answer[T any](ctx context.Context, session *workspace.Session, scholar *Scholar, paths func(*workspace.Snapshot) []string,
	run func(context.Context, *workspace.Snapshot) (T, error)) (answer T, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	begin := func(topics []workspace.Topic) (wait func() error) {
		done := make(chan error, 1)
		go func() {
			g, study := errgroup.WithContext(ctx)
			g.SetLimit(runtime.GOMAXPROCS(0))
			for _, t := range topics {
				g.Go(func() error { return scholar.study(study, session, t) })
			}
			done <- g.Wait()
		}()
		return func() error { return <-done }
	}
	var topics []workspace.Topic
	if paths != nil {
		if topics, err = Expected(ctx, session, paths); err != nil {
			return answer, err
		}
	}
	for {
		wait := begin(topics)
		var questions []workspace.Topic
		answer, err = Settle(ctx, session, func(ctx context.Context, snap *workspace.Snapshot) (T, error) {
			answer, err := run(ctx, snap)
			questions = snap.Questions()
			return answer, err
		})
		if err != nil {
			cancel()
		}
		if failed := wait(); err == nil {
			err = failed
		}
		if err != nil || len(questions) == 0 {
			scholar.Keep()
			return answer, err
		}
		if err := begin(slices.DeleteFunc(questions, session.Snapshot().Answered))(); err != nil {
			return answer, err
		}
		topics = nil
	}
}

// Expected returns the questions that have no answer yet and that will be asked about the module files that paths names.
func Expected(ctx context.Context, session *workspace.Session, paths func(*workspace.Snapshot) []string) ([]workspace.Topic, error) {
	return Settle(ctx, session, func(_ context.Context, snap *workspace.Snapshot) (topics []workspace.Topic, _ error) {
		for _, path := range paths(snap) {
			for _, t := range snap.Expected(path) {
				if !slices.Contains(topics, t) {
					topics = append(topics, t)
				}
			}
		}
		return topics, nil
	})
}

// Tidied returns what go mod tidy would do to the module in dir. It is for those who can wait.
func (s *Scholar) Tidied(ctx context.Context, session *workspace.Session, dir string) (*tidy.Answer, error) {
	path := filepath.Join(dir, "go.mod")
	return Answer(ctx, session, s, nil, func(_ context.Context, snap *workspace.Snapshot) (*tidy.Answer, error) {
		for _, v := range snap.Views(path) {
			for _, m := range v.Modules() {
				if v.Work == nil {
					a, _ := v.Tidied(m)
					return a, nil
				}
			}
		}
		return nil, nil
	})
}
