//! A set in order.

use std::borrow::Borrow;
use std::fmt;
use std::ops::RangeBounds;
use std::{slice, vec};

use crate::map::{position, positions};

/// A set in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderedSet<T> {
    items: Vec<T>,
}

impl<T> OrderedSet<T> {
    /// An empty set, which takes no memory.
    pub const fn new() -> Self {
        Self { items: Vec::new() }
    }

    /// How many items it has.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it has no item.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// All items, in order.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.items.iter()
    }

    /// The smallest item.
    pub fn first(&self) -> Option<&T> {
        self.items.first()
    }

    /// The largest item.
    pub fn last(&self) -> Option<&T> {
        self.items.last()
    }

    /// Takes out the smallest item.
    pub fn pop_first(&mut self) -> Option<T> {
        (!self.items.is_empty()).then(|| self.items.remove(0))
    }

    /// Takes out the largest item.
    pub fn pop_last(&mut self) -> Option<T> {
        self.items.pop()
    }

    /// Keeps the items that `keep` says yes to.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.items.retain(keep);
    }
}

impl<T: Ord> OrderedSet<T> {
    /// Whether the item is there.
    pub fn contains<Q>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        position(&self.items, item).is_ok()
    }

    /// The item as the set holds it.
    pub fn get<Q>(&self, item: &Q) -> Option<&T>
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.items.get(position(&self.items, item).ok()?)
    }

    /// Adds an item; says whether it is new.
    pub fn insert(&mut self, item: T) -> bool {
        match position(&self.items, &item) {
            Ok(_) => false,
            Err(place) => {
                self.items.insert(place, item);
                true
            }
        }
    }

    /// Takes out an item; says whether it was there.
    pub fn remove<Q>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        position(&self.items, item).is_ok_and(|place| {
            self.items.remove(place);
            true
        })
    }

    /// The items in the range; none when it is reversed.
    pub fn range<Q, R>(&self, range: R) -> slice::Iter<'_, T>
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
        R: RangeBounds<Q>,
    {
        let (low, high) = positions(&self.items, &range);
        self.items.get(low..high).unwrap_or_default().iter()
    }

    /// The items of this set that are not in the other one, in order.
    pub fn difference<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a T> {
        self.items.iter().filter(|item| !other.contains(*item))
    }

    /// The items that are in both, in order.
    pub fn intersection<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a T> {
        self.items.iter().filter(|item| other.contains(*item))
    }

    /// Whether all items are also in the other set.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.items.iter().all(|item| other.contains(item))
    }

    /// Whether no item is also in the other set.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        !self.items.iter().any(|item| other.contains(item))
    }

    /// Takes all items of another set.
    pub fn append(&mut self, other: &mut Self) {
        self.extend(std::mem::take(other));
    }
}

impl<T> Default for OrderedSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OrderedSet<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

impl<T: Ord> Extend<T> for OrderedSet<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.insert(item);
        }
    }
}

impl<'a, T: Ord + Copy> Extend<&'a T> for OrderedSet<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, items: I) {
        self.extend(items.into_iter().copied());
    }
}

impl<T: Ord> FromIterator<T> for OrderedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Self::new();
        set.extend(items);
        set
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for OrderedSet<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<'a, T> IntoIterator for &'a OrderedSet<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T> IntoIterator for OrderedSet<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn does_what_the_tree_does(added in prop::collection::vec(0..30_u8, 0..40), removed in prop::collection::vec(0..30_u8, 0..10), low in 0..15_u8, high in 15..30_u8) {
            let mut ours = OrderedSet::new();
            let mut tree = BTreeSet::new();
            for item in &added {
                prop_assert_eq!(ours.insert(*item), tree.insert(*item));
            }
            let (other, others) = (removed.iter().copied().collect::<OrderedSet<_>>(), removed.iter().copied().collect::<BTreeSet<_>>());
            prop_assert!(ours.difference(&other).eq(tree.difference(&others)));
            prop_assert!(ours.intersection(&other).eq(tree.intersection(&others)));
            prop_assert_eq!(ours.is_subset(&other), tree.is_subset(&others));
            prop_assert_eq!(ours.is_disjoint(&other), tree.is_disjoint(&others));
            for item in &removed {
                prop_assert_eq!(ours.contains(item), tree.contains(item));
                prop_assert_eq!(ours.remove(item), tree.remove(item));
            }
            prop_assert!(ours.range(low..high).eq(tree.range(low..high)));
            prop_assert_eq!((ours.first(), ours.last()), (tree.first(), tree.last()));
            prop_assert_eq!((ours.pop_first(), ours.pop_last()), (tree.pop_first(), tree.pop_last()));
            prop_assert_eq!(format!("{ours:?}"), format!("{tree:?}"));
            prop_assert!(ours.into_iter().eq(tree));
        }
    }
}
