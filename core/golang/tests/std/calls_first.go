package main

import "fmt"

var log string

func f(n int) int    { log += fmt.Sprint("f", n, " "); return n }
func g(s []int) []int { log += "g "; return s }
func pm(m map[string]int) map[string]int { log += "pm "; return m }

type T struct{ x int }

func (t *T) get() int  { log += "get "; return t.x }
func (t T) val() int   { log += "val "; return t.x }
func nilT() *T         { log += "nilT "; return nil }

func try(name string, fn func()) {
	log = ""
	defer func() {
		fmt.Println(name, log, recover())
	}()
	fn()
}

func three(a, b, c int) int { return a + b + c }

func main() {
	s := []int{1, 2, 3}
	var arr [3]int
	var np *T
	var ni fmt.Stringer
	var a any = "str"
	zero := 0
	i := 5
	var nm map[string]int
	try("a", func() { _ = s[f(5)] + f(1) })
	try("b", func() { _ = s[i] + f(1) })
	try("c", func() { _ = g(s)[i] + f(1) })
	try("d", func() { _ = np.x + f(1) })
	try("e", func() { _ = nilT().x + f(1) })
	try("f", func() { _ = f(1)/zero + f(2) })
	try("g", func() { _ = f(1)/(zero*f(2)) + f(3) })
	try("h", func() { _ = a.(int) + f(1) })
	try("i", func() { three(s[f(4)], f(2), f(3)) })
	try("j", func() { three(f(1), s[i], f(3)) })
	try("k", func() { three(f(1), f(2)/zero, f(3)) })
	try("l", func() { s[f(7)] = f(1) })
	try("m", func() { s[i] = f(1) })
	try("n", func() { arr[f(9)%10] = f(1) })
	try("o", func() { nm["a"] = f(1) })
	try("p", func() { nm[fmt.Sprint(f(1))] = f(2) })
	try("q", func() { np.x = f(1) })
	try("r", func() { nilT().x = f(1) })
	try("s", func() { s[i], arr[f(0)] = f(1), f(2) })
	try("t", func() { _ = []int{s[f(4)], f(2)} })
	try("u", func() { _ = T{s[f(4)]}.val() + f(2) })
	try("v", func() { _ = map[int]int{s[f(4)]: f(2)} })
	try("w", func() { _ = s[f(5):][f(0)] + f(3) })
	try("x", func() { _ = s[i:][0] + f(3) })
	try("y", func() { _ = ni.String() + fmt.Sprint(f(3)) })
	try("z", func() { _ = np.val() + f(3) })
	try("A", func() { _ = np.get() + f(3) })
	try("B", func() { three(np.get(), f(2), f(3)) })
	try("C", func() { _ = s[f(1)] == f(2) && s[f(6)] == f(3) })
	try("D", func() { _ = (s[f(6)] == 1) == (f(2) == 3) })
	try("E", func() { fmt.Println(s[i], f(2)) })
	try("F", func() { fmt.Println(s[f(6)], f(2)) })
	try("G", func() { _ = func() int { return s[f(4)] + f(2) }() })
	try("H", func() { x := s[f(4)] * f(2) - f(3); _ = x })
	try("I", func() { s[0] += s[f(4)] + f(2) })
	try("J", func() { s[f(4)] += f(2) })
	try("K", func() { s[f(1)] /= zero * f(2) })
	try("L", func() { if s[f(4)] > f(2) { _ = 1 } })
	try("M", func() { for i := s[f(4)]; i < f(3); i++ { } })
	try("N", func() { switch s[f(4)] { case f(2): } })
	try("O", func() { _ = pm(nm)["x"] + s[f(8)] + f(2) })
	try("P", func() { _ = -s[f(4)] + f(2) })
	try("Q", func() { _ = float64(s[f(4)]) + float64(f(2)) })
	try("R", func() { _ = string(rune(s[f(4)])) + fmt.Sprint(f(2)) })
	try("S", func() { _ = len(s[f(4):]) + f(2) })
	try("T", func() { _ = a.(fmt.Stringer).String() + fmt.Sprint(f(2)) })
	try("U", func() { ch := make(chan int, 1); ch <- s[f(4)] + f(2) })
	try("V", func() { defer three(s[f(4)], f(2), f(3)) })
	try("W", func() { _ = *(*int)(nil) + f(2) })
	try("X", func() { _ = func(a, b int) (int, int) { return s[f(4)], f(b) } })
	try("Y", func() { _ = append(s, s[f(4)], f(2)) })
	try("Z", func() { _ = 1<<(s[f(0)]-f(2)) + f(3) })
	try("1", func() { x, y := s[f(4)], f(2); _, _ = x, y })
	try("2", func() { var x, y = f(4)/zero, f(2); _, _ = x, y })
	try("3", func() { x, y := np.x, f(2); _, _ = x, y })
	try("4", func() { x, y := s[i], f(2); _, _ = x, y })
	try("5", func() { _ = s[i] + s[f(1)] })
	try("6", func() { _ = s[f(4)] + s[f(5)] })
	try("7", func() { _ = s[f(4)] + s[f(5)] + f(6)/zero })
}
