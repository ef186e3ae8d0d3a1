package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

// counting is the argument with which this program answers each byte that it reads with another, after it has counted to the
// number in the next argument, and does nothing else.
const counting = "count"

//go:noinline
func countTo(n int) (sum int) {
	for i := range n {
		sum += i * i
	}
	return sum
}

// keepCounting answers until there is nothing to read any more.
func keepCounting(n int, in io.Reader, out io.Writer) error {
	r, answer := bufio.NewReader(in), []byte{0}
	for {
		if _, err := r.ReadByte(); err != nil {
			return nil
		}
		answer[0] = byte(countTo(n))
		if _, err := out.Write(answer); err != nil {
			return err
		}
	}
}

// millisecond returns to what one can count here in a millisecond of an undisturbed processor.
func millisecond() int {
	const n = 100_000
	var took sample
	for range 200 {
		begun := time.Now()
		countTo(n)
		took = append(took, time.Since(begun))
	}
	return n * int(time.Millisecond) / int(max(slices.Min(took), 1))
}

// A counter is a process that has to count for a millisecond before it answers, asked over a pipe as servers are. What it takes above
// a millisecond is what the machine adds to every answer in these moments.
type counter struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out io.Reader
}

// counter starts one.
func (b *bench) counter() (*counter, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &counter{cmd: exec.CommandContext(b.ctx, self, counting, strconv.Itoa(millisecond()))}
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a process that counts: %w", err)
	}
	return c, nil
}

// ask returns how long an answer takes.
func (c *counter) ask() (time.Duration, error) {
	answer := make([]byte, 1)
	begun := time.Now()
	if _, err := c.in.Write(answer); err != nil {
		return 0, err
	}
	_, err := io.ReadFull(c.out, answer)
	return time.Since(begun), err
}

func (c *counter) stop() error {
	c.in.Close()
	return c.cmd.Wait()
}

// breathe rests before the n-th keystroke, from 0, if it is the first of a burst, and returns for how long. Before that it asks how the
// machine is.
func (b *bench) breathe(n int, m *measured) (time.Duration, error) {
	if b.burst == 0 || n%b.burst != 0 {
		return 0, nil
	}
	begun := time.Now()
	if m.counter != nil {
		took, err := m.counter.ask()
		if err != nil {
			return 0, err
		}
		m.unrest = append(m.unrest, took)
	}
	time.Sleep(b.rest)
	return time.Since(begun), nil
}
