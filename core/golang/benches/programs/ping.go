package main

func main() {
	a, b := make(chan int), make(chan int)
	go func() {
		for x := range a {
			b <- x + 1
		}
		close(b)
	}()
	x := 0
	for i := 0; i < 300000; i++ {
		a <- x
		x = <-b
	}
	close(a)
	println(x)
}
