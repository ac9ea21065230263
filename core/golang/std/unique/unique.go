// Package unique makes equal values one.
package unique

type Handle[T comparable] struct{ value *T }

var all = map[any]any{}

func Make[T comparable](value T) Handle[T] {
	if p, ok := all[value].(*T); ok {
		return Handle[T]{p}
	}
	p := new(T)
	*p = value
	all[value] = p
	return Handle[T]{p}
}

func (h Handle[T]) Value() T { return *h.value }
