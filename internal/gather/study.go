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
// that it lacks. It is for those who can wait.
func Answer[T any](ctx context.Context, session *workspace.Session, scholar *Scholar, run func(context.Context, *workspace.Snapshot) (T, error)) (T, error) {
	for {
		var questions []workspace.Topic
		answer, err := Settle(ctx, session, func(ctx context.Context, snap *workspace.Snapshot) (T, error) {
			answer, err := run(ctx, snap)
			questions = snap.Questions()
			return answer, err
		})
		if err != nil || len(questions) == 0 {
			scholar.Keep()
			return answer, err
		}
		g, study := errgroup.WithContext(ctx)
		g.SetLimit(runtime.GOMAXPROCS(0))
		for _, t := range questions {
			g.Go(func() error { return scholar.study(study, session, t) })
		}
		if err := g.Wait(); err != nil {
			return answer, err
		}
	}
}

// Tidied returns what go mod tidy would do to the module in dir. It is for those who can wait.
func (s *Scholar) Tidied(ctx context.Context, session *workspace.Session, dir string) (*tidy.Answer, error) {
	return Answer(ctx, session, s, func(_ context.Context, snap *workspace.Snapshot) (*tidy.Answer, error) {
		for _, v := range snap.Views(filepath.Join(dir, "go.mod")) {
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
