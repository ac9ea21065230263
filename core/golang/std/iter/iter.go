// Package iter names the function types that range loops accept.
package iter

type Seq[V any] func(yield func(V) bool)

type Seq2[K, V any] func(yield func(K, V) bool)

func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	n, s := Pull2(func(yield func(V, bool) bool) {
		seq(func(v V) bool { return yield(v, true) })
	})
	return func() (V, bool) {
		v, _, ok := n()
		return v, ok
	}, s
}

type item[K, V any] struct {
	k    K
	v    V
	ok   bool
	what any
}

func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	var more chan bool
	var items chan item[K, V]
	done := false
	run := func() {
		end := item[K, V]{}
		defer func() {
			if p := recover(); p != nil {
				end.what = p
			}
			items <- end
		}()
		if <-more {
			seq(func(k K, v V) bool {
				items <- item[K, V]{k, v, true, nil}
				return <-more
			})
		}
	}
	ask := func(m bool) (i item[K, V]) {
		if done {
			return
		}
		if more == nil {
			if !m {
				done = true
				return
			}
			more, items = make(chan bool), make(chan item[K, V])
			go run()
		}
		more <- m
		i = <-items
		if !i.ok {
			done = true
			if i.what != nil {
				panic(i.what)
			}
		}
		return
	}
	return func() (K, V, bool) {
		i := ask(true)
		return i.k, i.v, i.ok
	}, func() { ask(false) }
}
