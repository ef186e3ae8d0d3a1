package text

// Similar reports whether a and b look like one word mistyped: few letters must be changed, added, removed or swapped with
// their neighbour to make one of the other, at most one in three.
func Similar(a, b string) bool {
	limit := max(len(a), len(b)) / 3
	return limit > 0 && Distance(a, b, limit) <= limit
}

// Distance returns how many bytes must be changed, added, removed or swapped with their neighbour to make b of a, or
// something above limit if there are more.
func Distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] { // what both begin or end with costs nothing
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	table := make([]int, 3*(len(b)+1)) // its last three rows
	before, last, row := table[:len(b)+1], table[len(b)+1:2*(len(b)+1)], table[2*(len(b)+1):]
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
