package locked

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
	"go.uber.org/zap"
)

// children are what the test binary does when it is started by a test as another process.
var children = map[string]func(){
	"hold": func() {
		lock, err := childStore().Acquire(context.Background(), []string{os.Getenv("LOCKED_TEST_DIR")}, "go mod tidy", nil)
		if err != nil {
			panic(err)
		}
		fmt.Println("held")
		io.Copy(io.Discard, os.Stdin)
		lock.Release()
	},
	"count": func() { count(childStore(), os.Getenv("LOCKED_TEST_DIR")) },
	"apply": func() {
		in, rounds := bufio.NewReader(os.Stdin), os.Getenv("LOCKED_TEST_ROUNDS")
		n, err := strconv.Atoi(rounds)
		if err != nil {
			panic(err)
		}
		step = func(string) {
			os.Stdout.Write([]byte{'.'})
			if n == 1 { // then the parent says when to go on
				in.ReadByte()
			}
		}
		for range n {
			flip(childStore(), os.Getenv("LOCKED_TEST_DIR"))
		}
	},
	"hang":   hang,
	"linger": linger,
	"die": func() {
		self, _ := os.FindProcess(os.Getpid())
		self.Kill()
	},
}

func childStore() *Store { return &Store{Dir: os.Getenv("LOCKED_TEST_STORE"), Log: zap.NewNop()} }

// hang is a go command that started another process and heeds no request to end.
func hang() {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCKED_TEST_CHILD=linger")
	cmd.Stdout = os.Stdout
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	ignoreRequests()
}

// linger holds a file locked for as long as it lives.
func linger() {
	if ok, err := flock.New(os.Getenv("LOCKED_TEST_ALIVE")).TryLock(); !ok {
		panic(err)
	}
	fmt.Println("lingering")
	ignoreRequests()
}

func ignoreRequests() {
	requests := make(chan os.Signal, 1)
	signal.Notify(requests, syscall.SIGTERM, os.Interrupt)
	for range requests {
	}
}

// count adds to the number in a file, in a way that loses counts if two do so at once.
func count(store *Store, dir string) {
	for range 25 {
		lock, err := store.Acquire(context.Background(), []string{dir}, "count", nil)
		if err != nil {
			panic(err)
		}
		file := filepath.Join(dir, "count")
		text, _, _ := readFile(file)
		n, _ := strconv.Atoi(text)
		writeFile(file, strconv.Itoa(n+1))
		lock.Release()
	}
}

type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startChild starts one of children. It is killed when the test ends, if not before.
func startChild(t *testing.T, name string, store *Store, dir string, env ...string) *child {
	t.Helper()
	c := newChild(t, name, store, dir, env...)
	c.start(t)
	return c
}

func newChild(t *testing.T, name string, store *Store, dir string, env ...string) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.Env = append(os.Environ(), "LOCKED_TEST_CHILD="+name, "LOCKED_TEST_STORE="+store.Dir, "LOCKED_TEST_DIR="+dir)
	c.Env = append(c.Env, env...)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if c.in, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *child) start(t *testing.T) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
}

// kill ends the child as a crash would, and returns when it is gone.
func (c *child) kill() {
	c.Process.Kill()
	c.Wait()
}

// expect waits for a line of the child's output.
func (c *child) expect(t *testing.T, line string) {
	t.Helper()
	if got, err := c.out.ReadString('\n'); got != line+"\n" {
		t.Fatalf("the child printed %q (%v), want %q", got, err, line)
	}
}

// goCommand runs the go command as a user would by hand.
func goCommand(t *testing.T, dir string, args ...string) string {
	t.Helper()
	return runGo(t, dir, "GOWORK=off", args...)
}

func runGo(t *testing.T, dir, env string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return string(out)
}
