// Package pdq is pattern-defeating quicksort, in the variant whose order of equal elements programs see.
package pdq

// S is what is sorted: elements named by index.
type S struct {
	Less func(i, j int) bool
	Swap func(i, j int)
}

func Sort(d S, n int) {
	limit := 0
	for k := n; k > 0; k >>= 1 {
		limit++
	}
	d.sort(0, n, limit)
}

func (d S) insertion(a, b int) {
	for i := a + 1; i < b; i++ {
		for j := i; j > a && d.Less(j, j-1); j-- {
			d.Swap(j, j-1)
		}
	}
}

func (d S) sort(a, b, limit int) {
	balanced, partitioned := true, true
	for {
		n := b - a
		if n <= 12 {
			d.insertion(a, b)
			return
		}
		if limit == 0 {
			d.heap(a, b)
			return
		}
		if !balanced {
			d.shuffle(a, b)
			limit--
		}
		pivot, swaps := d.pivot(a, b)
		if swaps == 12 {
			for i, j := a, b-1; i < j; i, j = i+1, j-1 {
				d.Swap(i, j)
			}
			pivot = b - 1 - (pivot - a)
			swaps = 0
		}
		if balanced && partitioned && swaps == 0 && d.nearly(a, b) {
			return
		}
		if a > 0 && !d.Less(a-1, pivot) {
			a = d.equal(a, b, pivot)
			continue
		}
		var mid int
		mid, partitioned = d.partition(a, b, pivot)
		if l, r := mid-a, b-mid; l < r {
			balanced = l >= n/8
			d.sort(a, mid, limit)
			a = mid + 1
		} else {
			balanced = r >= n/8
			d.sort(mid+1, b, limit)
			b = mid
		}
	}
}

func (d S) partition(a, b, pivot int) (int, bool) {
	d.Swap(a, pivot)
	i, j := a+1, b-1
	for k := 0; ; k++ {
		for i <= j && d.Less(i, a) {
			i++
		}
		for i <= j && !d.Less(j, a) {
			j--
		}
		if i > j {
			d.Swap(j, a)
			return j, k == 0
		}
		d.Swap(i, j)
		i++
		j--
	}
}

func (d S) equal(a, b, pivot int) int {
	d.Swap(a, pivot)
	i, j := a+1, b-1
	for {
		for i <= j && !d.Less(a, i) {
			i++
		}
		for i <= j && d.Less(a, j) {
			j--
		}
		if i > j {
			return i
		}
		d.Swap(i, j)
		i++
		j--
	}
}

// nearly sorts what is almost sorted, or gives up.
func (d S) nearly(a, b int) bool {
	i := a + 1
	for range 5 {
		for i < b && !d.Less(i, i-1) {
			i++
		}
		if i == b {
			return true
		}
		if b-a < 50 {
			return false
		}
		d.Swap(i, i-1)
		if i-a >= 2 {
			for j := i - 1; j >= 1 && d.Less(j, j-1); j-- {
				d.Swap(j, j-1)
			}
		}
		if b-i >= 2 {
			for j := i + 1; j < b && d.Less(j, j-1); j++ {
				d.Swap(j, j-1)
			}
		}
	}
	return false
}

func (d S) shuffle(a, b int) {
	n := b - a
	if n < 8 {
		return
	}
	r, m := uint64(n), uint(1)
	for k := n; k > 0; k >>= 1 {
		m <<= 1
	}
	at := a + n/4*2 - 1
	for i := range 3 {
		r ^= r << 13
		r ^= r >> 7
		r ^= r << 17
		o := int(uint(r) & (m - 1))
		if o >= n {
			o -= n
		}
		d.Swap(at-1+i, a+o)
	}
}

func (d S) pivot(a, b int) (at, swaps int) {
	n := b - a
	i, j, k := a+n/4, a+n/4*2, a+n/4*3
	median := func(a, b, c int) int {
		if d.Less(b, a) {
			swaps++
			a, b = b, a
		}
		if d.Less(c, b) {
			swaps++
			b, c = c, b
		}
		if d.Less(b, a) {
			swaps++
			a, b = b, a
		}
		return b
	}
	if n >= 8 {
		if n >= 50 {
			i = median(i-1, i, i+1)
			j = median(j-1, j, j+1)
			k = median(k-1, k, k+1)
		}
		j = median(i, j, k)
	}
	return j, swaps
}

func (d S) heap(a, b int) {
	n := b - a
	down := func(lo, hi int) {
		for root := lo; ; {
			c := 2*root + 1
			if c >= hi {
				return
			}
			if c+1 < hi && d.Less(a+c, a+c+1) {
				c++
			}
			if !d.Less(a+root, a+c) {
				return
			}
			d.Swap(a+root, a+c)
			root = c
		}
	}
	for i := (n - 1) / 2; i >= 0; i-- {
		down(i, n)
	}
	for i := n - 1; i >= 0; i-- {
		d.Swap(a, a+i)
		down(0, i)
	}
}

// Stable sorts by insertion in blocks, merged in place by rotations.
func Stable(d S, n int) {
	size := 20
	for a := 0; a < n; a += size {
		d.insertion(a, min(a+size, n))
	}
	for ; size < n; size *= 2 {
		for a := 0; a+size < n; a += 2 * size {
			d.merge(a, a+size, min(a+2*size, n))
		}
	}
}

func (d S) merge(a, m, b int) {
	if a >= m || m >= b {
		return
	}
	if b-a == 2 {
		if d.Less(m, a) {
			d.Swap(a, m)
		}
		return
	}
	var i, j int
	if m-a > b-m {
		i = a + (m-a)/2
		j = m
		for h := b; j < h; {
			if c := (j + h) / 2; d.Less(c, i) {
				j = c + 1
			} else {
				h = c
			}
		}
	} else {
		j = m + (b-m)/2
		i = a
		for h := m; i < h; {
			if c := (i + h) / 2; !d.Less(j, c) {
				i = c + 1
			} else {
				h = c
			}
		}
	}
	d.reverse(i, m)
	d.reverse(m, j)
	d.reverse(i, j)
	mid := i + j - m
	if mid == a || mid == b {
		return
	}
	d.merge(a, i, mid)
	d.merge(mid, j, b)
}

func (d S) reverse(a, b int) {
	for b--; a < b; a, b = a+1, b-1 {
		d.Swap(a, b)
	}
}
