// Package shapes knows areas.
package shapes

// Square returns the area of a square.
func Square(side float64) float64 { return side * side }
