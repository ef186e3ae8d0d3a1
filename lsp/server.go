package lsp

import (
	"context"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/gomodls/gomodls/analysis"
	"github.com/gomodls/gomodls/internal/gather"
	"github.com/gomodls/gomodls/internal/modcache"
	"github.com/gomodls/gomodls/internal/workspace"
)

// A phase is where in its life a server is.
type phase string

const (
	starting phase = "not initialized"
	running  phase = "running"
	down     phase = "shut down"
)

// A server has everything that changes. Its methods that implement protocol.Server are called one after the other.
type server struct {
	protocol.UnimplementedServer
	options Options
	log     *zap.Logger
	conn    jsonrpc2.Conn
	ctx     context.Context // ends with the connection

	ending sync.Mutex // guards what follows
	ended  bool
	tasks  sync.WaitGroup // goroutines that end with ctx

	phase   phase // only for those who are called in wire order
	orderly atomic.Bool
	hangUp  context.CancelFunc

	session *workspace.Session
	stores  *modcache.Stores
	peer    *peer                    // set by initialize
	folders atomic.Pointer[[]string] // directories that the client has open
	last    atomic.Pointer[analysis.Result]
	opened  sync.Once

	watcher  *gather.Watcher
	looker   looker
	settings settings
	publish  publisher
	studies  studies
	board    board
	commands *commands
}

func newServer(ctx context.Context, conn jsonrpc2.Conn, options Options) *server {
	s := &server{options: options, log: options.Log, conn: conn, ctx: ctx, phase: starting}
	s.stores = modcache.NewStores()
	s.session = workspace.NewSession(gather.Machine(nil), nil, s.stores)
	s.folders.Store(new([]string))
	s.looker = looker{due: newBell()}
	s.settings = settings{due: newBell()}
	s.publish = publisher{due: newBell(), shown: map[uri.URI]shown{}}
	s.studies = studies{scholar: options.Scholar, due: newBell(), running: map[workspace.Topic]inquiry{}}
	if s.studies.scholar == nil {
		s.studies.scholar = new(gather.Scholar)
	}
	s.board = newBoard(options.Store)
	s.commands = newCommands(s)
	return s
}

// spawn runs a goroutine that the server waits for at its end. It reports false if that has come.
func (s *server) spawn(name string, run func(context.Context)) bool {
	s.ending.Lock()
	defer s.ending.Unlock()
	if s.ended {
		return false
	}
	s.tasks.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				s.log.DPanic("goroutine panicked", zap.String("name", name), zap.Any("error", r), zap.ByteString("stack", debug.Stack()))
			}
		}()
		run(s.ctx)
	})
	return true
}

// wait waits for the goroutines, and for running commands, to end.
func (s *server) wait(limit time.Duration) {
	s.ending.Lock()
	s.ended = true
	s.ending.Unlock()
	done := make(chan struct{})
	go func() {
		s.tasks.Wait()
		s.commands.wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(limit):
		s.log.Warn("left while the client does not read")
	}
}

// query pins the snapshot for a request at its place in line.
func (s *server) query() (*query, error) {
	switch s.phase {
	case starting:
		return nil, errNotInitialized
	case down:
		return nil, errShutDown
	}
	return &query{
		peer: s.peer, snap: s.session.Snapshot(), analyzers: s.options.Analyzers,
		latest: &s.last, settle: s.settle, fork: s.fork, targets: s.targets, board: &s.board, commands: s.commands,
	}, nil
}

func (s *server) Initialize(ctx context.Context, params *protocol.InitializeParams) (*protocol.InitializeResult, error) {
	options := readOptions(s.log, params.InitializationOptions)
	s.peer = newPeer(s.conn, params, options)
	folders := foldersOf(params)
	s.folders.Store(&folders)
	if len(folders) > 0 {
		s.studies.scholar.Share(s.stores, folders)
		s.studies.scholar.Recall(folders)
	}
	s.settings.trusted = s.peer.trusted
	chosen, problems := s.settings.read(options.settings)
	for _, p := range problems {
		s.log.Warn("initializationOptions.settings", zap.String("problem", p))
	}
	s.session.Apply(workspace.Configured(chosen, gather.Machine(chosen)))
	s.phase = running
	return &protocol.InitializeResult{
		Capabilities: s.peer.offer(),
		ServerInfo:   protocol.ServerInfo{Name: "gomodls", Version: protocol.NewOptional(s.options.Version)},
	}, nil
}

func foldersOf(params *protocol.InitializeParams) []string {
	var folders []string
	if given, ok := params.WorkspaceFolders.Get(); ok {
		for _, f := range given {
			if f.URI.IsFile() {
				folders = append(folders, pathOf(f.URI))
			}
		}
	} else if u := params.RootURI; u != nil && u.IsFile() {
		folders = append(folders, pathOf(*u))
	} else if path, ok := params.RootPath.Get(); ok && filepath.IsAbs(path) {
		folders = append(folders, filepath.Clean(strings.Clone(path)))
	}
	return folders
}

// Initialized starts what runs beside the messages: from now on the server may speak.
func (s *server) Initialized(context.Context, *protocol.InitializedParams) error {
	if s.publish.started {
		return nil
	}
	s.publish.started = true
	s.watcher = gather.NewWatcher(s.session, s.log, s.changedOutside)
	s.spawn("settings", s.keepSettings)
	s.spawn("diagnostics", s.keepPublishing)
	for range runtime.GOMAXPROCS(0) {
		s.spawn("studies", s.keepStudying)
	}
	s.spawn("health", s.keepBoard)
	s.spawn("looking", s.keepLooking)
	s.spawn("watching", s.watcher.Run)
	s.spawn("registration", func(ctx context.Context) {
		if regs := s.peer.registrations(); len(regs) > 0 {
			if err := s.peer.RegisterCapability(ctx, &protocol.RegistrationParams{Registrations: regs}); err != nil && ctx.Err() == nil {
				s.log.Warn("registering for notifications", zap.Error(err))
			}
		}
	})
	s.spawn("recovery", func(ctx context.Context) {
		recovered, err := s.options.Store.Recover(ctx)
		for _, r := range recovered {
			s.tell(ctx, protocol.MessageTypeInfo, r.String())
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("recovering what a crash has left", zap.Error(err))
		}
	})
	s.changed()
	return nil
}

func (s *server) Shutdown(context.Context) error {
	s.phase = down
	s.commands.cancelAll()
	return nil
}

func (s *server) Exit(context.Context) error {
	s.orderly.Store(s.phase == down)
	s.hangUp() // before the next message would be read
	return nil
}

func (s *server) DidChangeWorkspaceFolders(_ context.Context, params *protocol.DidChangeWorkspaceFoldersParams) error {
	folders := slices.Clone(*s.folders.Load())
	for _, f := range params.Event.Removed {
		if f.URI.IsFile() {
			path := pathOf(f.URI)
			folders = slices.DeleteFunc(folders, func(dir string) bool { return dir == path })
		}
	}
	for _, f := range params.Event.Added {
		if f.URI.IsFile() {
			folders = append(folders, pathOf(f.URI))
		}
	}
	s.folders.Store(&folders)
	s.changed()
	return nil
}

// changed is called after every change of the session that came with a message.
func (s *server) changed() { s.publish.renew() }

// changedOutside is called after something was learnt about the disk.
func (s *server) changedOutside() {
	s.publish.outside.Store(true)
	s.publish.renew()
}
