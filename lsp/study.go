package lsp

import (
	"context"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/workspace"
)

// studies work out the answers that take longer than a keystroke; see workspace.Topic. What was published rests on the answers
// that there were; when a new one is there, the publisher's turn comes again. An answer that could not be exact any more is
// given up, unless there is none at all yet.
type studies struct {
	scholar *gather.Scholar
	due     bell

	mu        sync.Mutex
	questions []workspace.Topic
	running   map[workspace.Topic]inquiry
	typed     time.Time // when a module file was last edited
}

// pause is how long nobody must have typed in a module file before an answer about it is worked out anew: it is not worth the
// processor that the next keystroke needs. What is said of an import does not wait.
const pause = 150 * time.Millisecond

// edited notes that somebody types in a file.
func (s *studies) edited(k workspace.Kind) {
	if k != workspace.ModFile && k != workspace.SumFile && k != workspace.WorkFile {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.typed = time.Now()
}

// calm waits until nobody types in a module file.
func (s *studies) calm(ctx context.Context) {
	for ctx.Err() == nil {
		s.mu.Lock()
		left := time.Until(s.typed.Add(pause))
		s.mu.Unlock()
		if left <= 0 {
			return
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// inquiry is an answer that is being worked out.
type inquiry struct {
	from   *workspace.Snapshot
	cancel context.CancelFunc
}

// unanswered returns the questions whose answers do not hold any more. They are known before anybody has asked again.
func unanswered(snap *workspace.Snapshot) []workspace.Topic {
	var topics []workspace.Topic
	for t := range snap.Studies() {
		if !snap.Answered(t) {
			topics = append(topics, t)
		}
	}
	return topics
}

// renew says which questions there are: those that the newest result has left.
func (s *studies) renew(snap *workspace.Snapshot, questions []workspace.Topic) {
	s.mu.Lock()
	s.questions = questions
	for t, r := range s.running {
		if snap.Studies()[t] != nil && snap.Outdated(t, r.from) {
			r.cancel()
		}
	}
	s.mu.Unlock()
	s.due.ring()
}

// add says that there are more questions.
func (s *studies) add(topics []workspace.Topic) {
	s.mu.Lock()
	for _, t := range topics {
		if !slices.Contains(s.questions, t) {
			s.questions = append(slices.Clip(s.questions), t)
		}
	}
	s.mu.Unlock()
	s.due.ring()
}

// next takes a question to be worked out, one without any answer first. It reports false if there is none.
func (s *studies) next(ctx context.Context, snap *workspace.Snapshot) (context.Context, workspace.Topic, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.questions = slices.DeleteFunc(slices.Clone(s.questions), snap.Answered)
	best := -1
	for i, t := range s.questions {
		if _, ok := s.running[t]; !ok && (best < 0 || snap.Studies()[t] == nil && snap.Studies()[s.questions[best]] != nil) {
			best = i
		}
	}
	if best < 0 {
		return nil, workspace.Topic{}, false
	}
	t := s.questions[best]
	s.questions = slices.Delete(s.questions, best, best+1)
	ctx, cancel := context.WithCancel(ctx)
	s.running[t] = inquiry{snap, cancel}
	if len(s.questions) > 0 {
		s.due.ring() // for whoever else is free
	}
	return ctx, t, true
}

// done says that an answer is not being worked out any more. It reports whether another about the same module is, or is to be:
// the client is told of both at once.
func (s *studies) done(t workspace.Topic, snap *workspace.Snapshot) (more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[t].cancel()
	delete(s.running, t)
	for other := range s.running {
		more = more || related(t, other)
	}
	return more || slices.ContainsFunc(s.questions, func(other workspace.Topic) bool {
		return other != t && related(t, other) && !snap.Answered(other)
	})
}

// related reports whether two questions are about the same module, or one about its workspace.
func related(a, b workspace.Topic) bool { return within(a.Dir(), b.Dir()) || within(b.Dir(), a.Dir()) }

// keepStudying is one of those who work out answers.
func (s *server) keepStudying(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.studies.due:
		}
		for s.studies.calm(ctx); s.study(ctx); s.studies.calm(ctx) {
		}
	}
}

// study works out one answer, and reports false if there is no question.
func (s *server) study(ctx context.Context) bool {
	run, topic, ok := s.studies.next(ctx, s.session.Snapshot())
	if !ok {
		return false
	}
	defer func() {
		if r := recover(); r != nil {
			s.studies.done(topic, s.session.Snapshot())
			s.log.DPanic("study panicked", zap.Any("topic", topic), zap.Any("error", r), zap.ByteString("stack", debug.Stack()))
		}
	}()
	err := s.studies.scholar.Study(run, s.session, topic)
	if more := s.studies.done(topic, s.session.Snapshot()); err == nil && !more {
		s.publish.outside.Store(true)
		s.publish.add()
	}
	return true
}
