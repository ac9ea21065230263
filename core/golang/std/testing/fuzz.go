package testing

import "reflect"

// F is the state of a fuzz test. Only its seeds are run.
type F struct {
	*T
	seeds [][]any
}

// NewF is what the made main calls a fuzz test with.
func NewF(t *T) *F { return &F{T: t} }

// Add adds a seed.
func (f *F) Add(args ...any) { f.seeds = append(f.seeds, args) }

// Fuzz runs ff with every seed.
func (f *F) Fuzz(ff any) {
	run := reflect.ValueOf(ff)
	for i, seed := range f.seeds {
		f.Run("seed#"+itoa(i), func(t *T) {
			args := []reflect.Value{reflect.ValueOf(t)}
			for _, arg := range seed {
				args = append(args, reflect.ValueOf(arg))
			}
			run.Call(args)
		})
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}
