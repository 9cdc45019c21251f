//! A map of a few things, as a page has: looked through from one end. A hash table is 1 kB of the page for every type.

/// A map in which there are never more than some ten.
#[derive(Debug)]
pub(crate) struct Few<K, V>(Vec<(K, V)>);

impl<K: PartialEq, V> Few<K, V> {
    fn place(&self, key: &K) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == key)
    }

    /// What is kept under this key.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.0.get(self.place(key)?).map(|(_, value)| value)
    }

    /// The same, to change it.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key)?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Keeps this under that key; what was kept there comes back.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(&key) {
            return Some(std::mem::replace(known, value));
        }
        self.0.push((key, value));
        None
    }

    /// Takes out what is kept under this key.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let place = self.place(key)?;
        Some(self.0.swap_remove(place).1)
    }

    /// Keeps only what `wanted` says yes to.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&V) -> bool) {
        self.0.retain(|(_, value)| wanted(value));
    }

    /// All of them, to be changed; in no order that means anything.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }
}

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::Few;

    #[test]
    fn a_key_has_one_value_and_the_others_stay_where_one_goes() {
        let mut few = Few::default();
        assert_eq!(few.insert("a", 1), None);
        assert_eq!(few.insert("b", 2), None);
        assert_eq!(few.insert("c", 3), None);
        assert_eq!(few.insert("a", 4), Some(1));
        assert_eq!(few.remove(&"b"), Some(2));
        assert_eq!(few.remove(&"b"), None);
        assert_eq!((few.get(&"a"), few.get(&"b"), few.get(&"c")), (Some(&4), None, Some(&3)));
        few.retain(|value| *value == 3);
        assert_eq!(few.iter_mut().collect::<Vec<_>>(), [(&"c", &mut 3)]);
    }
}
