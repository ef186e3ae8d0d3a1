package tidy

// An Answer is what is known of what tidy would do.
type Answer struct {
	Result  *Result  // what it would write, nil where Refusal is set
	Refusal *Refusal // why it would fail, or why nobody can say
}
