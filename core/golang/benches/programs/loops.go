package main

func main() {
	xs := make([]int, 1000)
	for i := range xs {
		xs[i] = i * 7 % 1000
	}
	sum := 0
	for i := 0; i < 5000; i++ {
		for j := 0; j < len(xs); j++ {
			if xs[j] > 500 {
				sum += xs[j]
			}
		}
	}
	println(sum)
}
