package main

import (
	"bytes"
	"fmt"
	"math"
	"time"
)

// draw draws curves beside each other, both axes logarithmic, so that what grows in proportion is a line that rises by a
// decade for each decade, and what does not grow is level.
func draw(curves []curve) []byte {
	const (
		width, height       = 330.0, 300.0 // of one picture
		left, top, gap      = 62.0, 34.0, 24.0
		plotWidth, plotTall = width - left - 8, height - top - 70
		least, most         = -1.0, 4.0 // decades of milliseconds
	)
	series := []struct {
		name, color string
		of          func(point) time.Duration
	}{
		{"open", "#0072b2", func(p point) time.Duration { return p.open }},
		{"keystroke there", "#d55e00", func(p point) time.Duration { return p.key }},
		{"keystroke beside", "#009e73", func(p point) time.Duration { return p.far }},
		{"go list -m all", "#888888", func(p point) time.Duration { return p.list }},
	}
	var b bytes.Buffer
	total := float64(len(curves))*(width+gap) - gap
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="11">`+"\n", total, height, total, height)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" fill="white"/>`+"\n", total, height)
	for i, c := range curves {
		if len(c.points) == 0 {
			continue
		}
		x0 := float64(i)*(width+gap) + left
		lo, hi := math.Log10(float64(c.points[0].n)), math.Log10(float64(c.points[len(c.points)-1].n))
		x := func(n int) float64 { return x0 + (math.Log10(float64(n))-lo)/(hi-lo)*plotWidth }
		y := func(ms float64) float64 {
			return top + plotTall*(1-(math.Log10(max(ms, 0.1))-least)/(most-least))
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="18" font-size="13" font-weight="bold">%s</text>`+"\n", x0, c.of)
		for d := least; d <= most; d++ {
			ms := math.Pow(10, d)
			fmt.Fprintf(&b, `<path d="M%.1f %.1fh%.1f" stroke="#dddddd"/><text x="%.1f" y="%.1f" text-anchor="end">%g ms</text>`+"\n", x0, y(ms), plotWidth, x0-5, y(ms)+4, ms)
		}
		for _, p := range c.points {
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%d</text>`+"\n", x(p.n), top+plotTall+16, p.n)
		}
		for j, s := range series {
			path := ""
			for k, p := range c.points {
				command := "L"
				if k == 0 {
					command = "M"
				}
				ms := float64(s.of(p)) / float64(time.Millisecond)
				path += fmt.Sprintf("%s%.1f %.1f", command, x(p.n), y(ms))
				fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>`+"\n", x(p.n), y(ms), s.color)
			}
			fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", path, s.color)
			lx, ly := x0+float64(j%2)*130, top+plotTall+36+float64(j/2)*16
			fmt.Fprintf(&b, `<path d="M%.1f %.1fh14" stroke="%s" stroke-width="2"/><text x="%.1f" y="%.1f">%s</text>`+"\n", lx, ly-4, s.color, lx+18, ly, s.name)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}
