//! A map in the order of its keys. Keys and values lie in vectors of their own, so that the code
//! that searches is shared by all maps with the same kind of key.

use std::borrow::Borrow;
use std::fmt;
use std::iter::{FusedIterator, Zip};
use std::ops::{Bound, RangeBounds};
use std::{slice, vec};

use serde_core::{Serialize, Serializer};

/// A map in the order of its keys.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderedMap<K, V> {
    keys: Vec<K>,
    values: Vec<V>,
}

/// Where the key is, or where it belongs.
#[inline(never)]
pub(crate) fn position<K, Q>(keys: &[K], key: &Q) -> Result<usize, usize>
where
    K: Borrow<Q>,
    Q: Ord + ?Sized,
{
    keys.binary_search_by(|other| other.borrow().cmp(key))
}

/// The positions from `low` to `high` that a range of keys covers; an empty one when it is reversed.
pub(crate) fn positions<K, Q>(keys: &[K], range: &impl RangeBounds<Q>) -> (usize, usize)
where
    K: Borrow<Q>,
    Q: Ord + ?Sized,
{
    let low = match range.start_bound() {
        Bound::Unbounded => 0,
        Bound::Included(key) => position(keys, key).unwrap_or_else(|place| place),
        Bound::Excluded(key) => position(keys, key).map_or_else(|place| place, |place| place + 1),
    };
    let high = match range.end_bound() {
        Bound::Unbounded => keys.len(),
        Bound::Included(key) => position(keys, key).map_or_else(|place| place, |place| place + 1),
        Bound::Excluded(key) => position(keys, key).unwrap_or_else(|place| place),
    };
    (low, high.max(low))
}

impl<K, V> OrderedMap<K, V> {
    /// An empty map, which takes no memory.
    pub const fn new() -> Self {
        Self {
            keys: Vec::new(),
            values: Vec::new(),
        }
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether it has no entry.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.values.clear();
    }

    /// All keys, in order.
    pub fn keys(&self) -> slice::Iter<'_, K> {
        self.keys.iter()
    }

    /// All values, in the order of their keys.
    pub fn values(&self) -> slice::Iter<'_, V> {
        self.values.iter()
    }

    /// All values, to be changed, in the order of their keys.
    pub fn values_mut(&mut self) -> slice::IterMut<'_, V> {
        self.values.iter_mut()
    }

    /// The keys alone, in order.
    pub fn into_keys(self) -> vec::IntoIter<K> {
        self.keys.into_iter()
    }

    /// The values alone, in the order of their keys.
    pub fn into_values(self) -> vec::IntoIter<V> {
        self.values.into_iter()
    }

    /// All entries, in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.keys.iter().zip(self.values.iter()))
    }

    /// All entries, in the order of their keys; the values can be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        IterMut(self.keys.iter().zip(self.values.iter_mut()))
    }

    /// The entry with the smallest key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        Some((self.keys.first()?, self.values.first()?))
    }

    /// The entry with the largest key.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        Some((self.keys.last()?, self.values.last()?))
    }

    /// Takes out the entry with the smallest key.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.is_empty()).then(|| self.take(0))
    }

    /// Takes out the entry with the largest key.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        Some((self.keys.pop()?, self.values.pop()?))
    }

    /// Keeps the entries that `keep` says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let mut kept = Vec::with_capacity(self.keys.len());
        let keys = &self.keys;
        let mut next = keys.iter();
        self.values.retain_mut(|value| {
            let stays = next.next().is_some_and(|key| keep(key, value));
            kept.push(stays);
            stays
        });
        let mut kept = kept.into_iter();
        self.keys.retain(|_| kept.next().unwrap_or_default());
    }

    fn take(&mut self, place: usize) -> (K, V) {
        (self.keys.remove(place), self.values.remove(place))
    }

    fn put(&mut self, place: usize, key: K, value: V) {
        self.keys.insert(place, key);
        self.values.insert(place, value);
    }
}

impl<K: Ord, V> OrderedMap<K, V> {
    /// The value of a key.
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.values.get(position(&self.keys, key).ok()?)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.values.get_mut(position(&self.keys, key).ok()?)
    }

    /// The key as the map holds it, and its value.
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let place = position(&self.keys, key).ok()?;
        Some((self.keys.get(place)?, self.values.get(place)?))
    }

    /// Whether the key is there.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        position(&self.keys, key).is_ok()
    }

    /// Sets the value of a key; gives the value that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        // Keys mostly come in their order, so the end is looked at first.
        if self.keys.last().is_none_or(|last| *last < key) {
            self.keys.push(key);
            self.values.push(value);
            return None;
        }
        match position(&self.keys, &key) {
            Ok(place) => self
                .values
                .get_mut(place)
                .map(|old| std::mem::replace(old, value)),
            Err(place) => {
                self.put(place, key, value);
                None
            }
        }
    }

    /// Takes out a key; gives the value that it had.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.remove_entry(key).map(|(_, value)| value)
    }

    /// Takes out a key; gives it as the map held it, and its value.
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let place = position(&self.keys, key).ok()?;
        Some(self.take(place))
    }

    /// The place of a key, to be looked at and filled.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let place = position(&self.keys, &key);
        Entry {
            map: self,
            key,
            place,
        }
    }

    /// The entries whose keys lie in the range; none when it is reversed.
    pub fn range<Q, R>(&self, range: R) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
        R: RangeBounds<Q>,
    {
        let (low, high) = positions(&self.keys, &range);
        let keys = self.keys.get(low..high).unwrap_or_default();
        let values = self.values.get(low..high).unwrap_or_default();
        Iter(keys.iter().zip(values.iter()))
    }

    /// Takes all entries of another map; its value wins where both have one.
    pub fn append(&mut self, other: &mut Self) {
        self.extend(std::mem::take(other));
    }
}

/// A key's place in a map, filled or not.
pub struct Entry<'a, K, V> {
    map: &'a mut OrderedMap<K, V>,
    key: K,
    place: Result<usize, usize>,
}

impl<'a, K, V> Entry<'a, K, V> {
    /// The key that was asked for.
    pub fn key(&self) -> &K {
        &self.key
    }

    /// Changes the value if there is one.
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if let Ok(place) = self.place
            && let Some(value) = self.map.values.get_mut(place)
        {
            change(value);
        }
        self
    }

    /// The value that is there, or the one that `make` gives.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let place = match self.place {
            Ok(place) => place,
            Err(place) => {
                self.map.put(place, self.key, make());
                place
            }
        };
        #[expect(
            clippy::indexing_slicing,
            reason = "the search or `put` gave this place"
        )]
        &mut self.map.values[place]
    }

    /// The value that is there, or this one.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value that is there, or the default one.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for OrderedMap<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Serialize, V: Serialize> Serialize for OrderedMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<K: Ord, V> Extend<(K, V)> for OrderedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<'a, K: Ord + Copy, V: Copy> Extend<(&'a K, &'a V)> for OrderedMap<K, V> {
    fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(*key, *value);
        }
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for OrderedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for OrderedMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

/// The entries of a map, in the order of their keys.
pub struct Iter<'a, K, V>(Zip<slice::Iter<'a, K>, slice::Iter<'a, V>>);

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The entries of a map, in the order of their keys; the values can be changed.
pub struct IterMut<'a, K, V>(Zip<slice::Iter<'a, K>, slice::IterMut<'a, V>>);

/// The entries of a map that is given away, in the order of their keys.
pub struct IntoIter<K, V>(Zip<vec::IntoIter<K>, vec::IntoIter<V>>);

macro_rules! iterates {
    ([$($life:lifetime)?] $name:ident, $item:ty) => {
        impl<$($life,)? K, V> Iterator for $name<$($life,)? K, V> {
            type Item = $item;

            fn next(&mut self) -> Option<Self::Item> {
                self.0.next()
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<$($life,)? K, V> DoubleEndedIterator for $name<$($life,)? K, V> {
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back()
            }
        }

        impl<$($life,)? K, V> ExactSizeIterator for $name<$($life,)? K, V> {}
        impl<$($life,)? K, V> FusedIterator for $name<$($life,)? K, V> {}
    };
}

iterates!(['a] Iter, (&'a K, &'a V));
iterates!(['a] IterMut, (&'a K, &'a mut V));
iterates!([] IntoIter, (K, V));

impl<'a, K, V> IntoIterator for &'a OrderedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, K, V> IntoIterator for &'a mut OrderedMap<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<K, V> IntoIterator for OrderedMap<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> Self::IntoIter {
        IntoIter(self.keys.into_iter().zip(self.values))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Insert(u8, u16),
        Remove(u8),
        Entry(u8, u16),
        PopFirst,
        PopLast,
        RetainOdd,
        Append(Vec<(u8, u16)>),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..20_u8, any::<u16>()).prop_map(|(key, value)| Step::Insert(key, value)),
            (0..20_u8).prop_map(Step::Remove),
            (0..20_u8, any::<u16>()).prop_map(|(key, value)| Step::Entry(key, value)),
            Just(Step::PopFirst),
            Just(Step::PopLast),
            Just(Step::RetainOdd),
            prop::collection::vec((0..20_u8, any::<u16>()), 0..5).prop_map(Step::Append),
        ]
    }

    proptest! {
        #[test]
        fn does_what_the_tree_does(steps in prop::collection::vec(step(), 0..60), low in 0..20_u8, high in 0..20_u8) {
            let mut ours = OrderedMap::new();
            let mut tree = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Insert(key, value) => prop_assert_eq!(ours.insert(key, value), tree.insert(key, value)),
                    Step::Remove(key) => prop_assert_eq!(ours.remove(&key), tree.remove(&key)),
                    Step::Entry(key, value) => {
                        *ours.entry(key).and_modify(|old| *old ^= 1).or_insert(value) ^= 2;
                        *tree.entry(key).and_modify(|old| *old ^= 1).or_insert(value) ^= 2;
                    }
                    Step::PopFirst => prop_assert_eq!(ours.pop_first(), tree.pop_first()),
                    Step::PopLast => prop_assert_eq!(ours.pop_last(), tree.pop_last()),
                    Step::RetainOdd => {
                        ours.retain(|key, value| u16::from(*key).wrapping_add(*value) % 2 == 1);
                        tree.retain(|key, value| u16::from(*key).wrapping_add(*value) % 2 == 1);
                    }
                    Step::Append(more) => {
                        ours.append(&mut more.iter().copied().collect());
                        tree.append(&mut more.into_iter().collect());
                    }
                }
                prop_assert!(ours.iter().eq(tree.iter()));
                prop_assert!(ours.iter().rev().eq(tree.iter().rev()));
                prop_assert_eq!(ours.get(&low), tree.get(&low));
                prop_assert_eq!(ours.first_key_value(), tree.first_key_value());
                prop_assert_eq!(ours.last_key_value(), tree.last_key_value());
            }
            let (low, high) = (low.min(high), low.max(high));
            prop_assert!(ours.range(low..high).eq(tree.range(low..high)));
            prop_assert!(ours.range(low..=high).eq(tree.range(low..=high)));
            let after = (Bound::Excluded(low), Bound::Unbounded);
            prop_assert!(ours.range(after).eq(tree.range(after)));
            prop_assert_eq!(format!("{ours:?}"), format!("{tree:?}"));
            prop_assert!(ours.into_iter().eq(tree));
        }
    }

    #[test]
    fn a_reversed_range_is_empty() {
        let map = OrderedMap::from([(1, 'a'), (2, 'b'), (3, 'c')]);
        assert_eq!(
            map.range((Bound::Included(3), Bound::Excluded(1))).count(),
            0
        );
    }
}
