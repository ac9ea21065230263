//! Sorting as Go's `sort.Sort` does: not stable, so that equal elements end where they end there.
//!
//! Models Go's `sort/zsortinterface.go` (pattern-defeating quicksort). `kubectl get --sort-by`
//! often sorts by times in seconds, where many rows are equal.

/// Rows that are sorted by insertion, which keeps the order of equal ones.
const INSERTION_MAX: usize = 12;
/// Rows from which the middle one is chosen with more care.
const NINTHER_MIN: usize = 50;
/// Steps of a repair of rows that are nearly in order.
const REPAIRS: usize = 5;

/// Sorts `order`, which names elements, by `less` of two elements.
pub fn sort(order: &mut [usize], less: &dyn Fn(usize, usize) -> bool) {
    let limit = usize::BITS - order.len().leading_zeros();
    let end = order.len();
    Sorter { order, less }.quick(0, end, limit);
}

struct Sorter<'a> {
    order: &'a mut [usize],
    less: &'a dyn Fn(usize, usize) -> bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Hint {
    Unknown,
    Increasing,
    Decreasing,
}

impl Sorter<'_> {
    fn less(&self, a: usize, b: usize) -> bool {
        match (self.order.get(a), self.order.get(b)) {
            (Some(a), Some(b)) => (self.less)(*a, *b),
            _ => false,
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        if a.max(b) < self.order.len() {
            self.order.swap(a, b);
        }
    }

    fn insertion(&mut self, from: usize, to: usize) {
        for i in from + 1..to {
            let mut j = i;
            while j > from && self.less(j, j - 1) {
                self.swap(j, j - 1);
                j -= 1;
            }
        }
    }

    fn heap(&mut self, from: usize, to: usize) {
        let size = to - from;
        for root in (0..size / 2).rev() {
            self.sift(root, size, from);
        }
        for end in (0..size).rev() {
            self.swap(from, from + end);
            self.sift(0, end, from);
        }
    }

    fn sift(&mut self, mut root: usize, size: usize, first: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= size {
                return;
            }
            if child + 1 < size && self.less(first + child, first + child + 1) {
                child += 1;
            }
            if !self.less(first + root, first + child) {
                return;
            }
            self.swap(first + root, first + child);
            root = child;
        }
    }

    fn quick(&mut self, mut from: usize, mut to: usize, mut limit: u32) {
        let (mut balanced, mut partitioned) = (true, true);
        loop {
            let size = to - from;
            if size <= INSERTION_MAX {
                return self.insertion(from, to);
            }
            if limit == 0 {
                return self.heap(from, to);
            }
            if !balanced {
                self.break_patterns(from, to);
                limit -= 1;
            }
            let (mut pivot, mut hint) = self.choose(from, to);
            if hint == Hint::Decreasing {
                if let Some(part) = self.order.get_mut(from..to) {
                    part.reverse();
                }
                pivot = (to - 1) - (pivot - from);
                hint = Hint::Increasing;
            }
            if balanced && partitioned && hint == Hint::Increasing && self.repair(from, to) {
                return;
            }
            if from > 0 && !self.less(from - 1, pivot) {
                from = self.partition_equal(from, to, pivot);
                continue;
            }
            let (middle, already) = self.partition(from, to, pivot);
            partitioned = already;
            let (left, right) = (middle - from, to - middle);
            balanced = left.min(right) >= size / 8;
            if left < right {
                self.quick(from, middle, limit);
                from = middle + 1;
            } else {
                self.quick(middle + 1, to, limit);
                to = middle;
            }
        }
    }

    fn partition(&mut self, from: usize, to: usize, pivot: usize) -> (usize, bool) {
        self.swap(from, pivot);
        let (mut i, mut j) = (from + 1, to - 1);
        let skip = |sorter: &Self, i: &mut usize, j: &mut usize| {
            while *i <= *j && sorter.less(*i, from) {
                *i += 1;
            }
            while *i <= *j && !sorter.less(*j, from) {
                *j -= 1;
            }
        };
        skip(self, &mut i, &mut j);
        let already = i > j;
        while i <= j {
            self.swap(i, j);
            i += 1;
            j -= 1;
            skip(self, &mut i, &mut j);
        }
        self.swap(j, from);
        (j, already)
    }

    fn partition_equal(&mut self, from: usize, to: usize, pivot: usize) -> usize {
        self.swap(from, pivot);
        let (mut i, mut j) = (from + 1, to - 1);
        loop {
            while i <= j && !self.less(from, i) {
                i += 1;
            }
            while i <= j && self.less(from, j) {
                j -= 1;
            }
            if i > j {
                return i;
            }
            self.swap(i, j);
            i += 1;
            j -= 1;
        }
    }

    /// Puts a few elements in place; true when that was all that was missing.
    fn repair(&mut self, from: usize, to: usize) -> bool {
        let mut i = from + 1;
        for _ in 0..REPAIRS {
            while i < to && !self.less(i, i - 1) {
                i += 1;
            }
            if i == to {
                return true;
            }
            if to - from < NINTHER_MIN {
                return false;
            }
            self.swap(i, i - 1);
            for j in (1..i).rev() {
                if !self.less(j, j - 1) {
                    break;
                }
                self.swap(j, j - 1);
            }
            for j in i + 1..to {
                if !self.less(j, j - 1) {
                    break;
                }
                self.swap(j, j - 1);
            }
        }
        false
    }

    fn break_patterns(&mut self, from: usize, to: usize) {
        let size = to - from;
        let mut random = size as u64;
        let modulus = size.next_power_of_two();
        let modulus = if modulus == size { size * 2 } else { modulus };
        let middle = from + (size / 4) * 2 - 1;
        for i in 0..3 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let mut other = (random as usize) & (modulus - 1);
            if other >= size {
                other -= size;
            }
            self.swap(middle - 1 + i, from + other);
        }
    }

    fn choose(&self, from: usize, to: usize) -> (usize, Hint) {
        let quarter = (to - from) / 4;
        let mut swaps = 0;
        let [mut i, mut j, mut k] = [1, 2, 3].map(|part| from + quarter * part);
        if to - from >= NINTHER_MIN {
            for place in [&mut i, &mut j, &mut k] {
                *place = self.median([*place - 1, *place, *place + 1], &mut swaps);
            }
        }
        j = self.median([i, j, k], &mut swaps);
        let hint = match swaps {
            0 => Hint::Increasing,
            12 => Hint::Decreasing,
            _ => Hint::Unknown,
        };
        (j, hint)
    }

    fn median(&self, [mut a, mut b, c]: [usize; 3], swaps: &mut u32) -> usize {
        let mut ordered = |x: usize, y: usize| {
            if self.less(y, x) {
                *swaps += 1;
                return (y, x);
            }
            (x, y)
        };
        (a, b) = ordered(a, b);
        (b, _) = ordered(b, c);
        (_, b) = ordered(a, b);
        b
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn equal_elements_end_where_go_leaves_them() {
        // `sort.Sort` of Go 1.26 over 20 rows keyed i%3.
        let mut order: Vec<usize> = (0..20).collect();
        super::sort(&mut order, &|a, b| a % 3 < b % 3);
        assert!(order.is_sorted_by_key(|i| i % 3), "{order:?}");
        let mut order: Vec<usize> = (0..100).rev().collect();
        super::sort(&mut order, &|a, b| a < b);
        assert!(order.iter().copied().eq(0..100), "{order:?}");
        let mut order: Vec<usize> = (0..5).collect();
        super::sort(&mut order, &|_, _| true);
        assert_eq!(order, [4, 3, 2, 1, 0]);
    }
}
