package lsp

import (
	"context"
	"runtime/debug"
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/workspace"
)

// studies work out the answers that take longer than a keystroke; see workspace.Topic. What was published rests on the answers
// that there were; when a new one is there, the publisher's turn comes again. Their goroutine works on one question at a time,
// and drops it when its answer could not be exact any more, unless there is none at all yet.
type studies struct {
	scholar *gather.Scholar
	due     bell

	mu        sync.Mutex
	questions []workspace.Topic
	now       workspace.Topic // what is being worked out
	from      *workspace.Snapshot
	cancel    context.CancelFunc
}

// renew says which questions the newest result has left.
func (s *studies) renew(snap *workspace.Snapshot) {
	s.mu.Lock()
	s.questions = snap.Questions()
	if s.cancel != nil && snap.Studies()[s.now] != nil && snap.Outdated(s.now, s.from) {
		s.cancel()
	}
	s.mu.Unlock()
	s.due.ring()
}

// next takes a question to be worked out, one without any answer first. It reports false if there is none.
func (s *studies) next(ctx context.Context, snap *workspace.Snapshot) (context.Context, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.questions = slices.DeleteFunc(slices.Clone(s.questions), snap.Answered)
	if len(s.questions) == 0 {
		return nil, false
	}
	i := max(0, slices.IndexFunc(s.questions, func(t workspace.Topic) bool { return snap.Studies()[t] == nil }))
	s.now, s.from = s.questions[i], snap
	s.questions = slices.Delete(s.questions, i, i+1)
	ctx, s.cancel = context.WithCancel(ctx)
	return ctx, true
}

// done says that nothing is being worked out.
func (s *studies) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel()
	s.cancel = nil
}

func (s *server) keepStudying(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.studies.due:
		}
		for s.study(ctx) {
		}
	}
}

// study works out one answer, and reports false if there is no question.
func (s *server) study(ctx context.Context) bool {
	run, ok := s.studies.next(ctx, s.session.Snapshot())
	if !ok {
		return false
	}
	defer s.studies.done()
	defer func() {
		if r := recover(); r != nil {
			s.log.DPanic("study panicked", zap.Any("topic", s.studies.now), zap.Any("error", r), zap.ByteString("stack", debug.Stack()))
		}
	}()
	if err := s.studies.scholar.Study(run, s.session, s.studies.now); err == nil {
		s.changedOutside()
	}
	return true
}
