//! The list of moments, and which of them is looked at.

use std::sync::Arc;

use super::entry::{Entry, Origin};

/// Every entry so far. What was written stays; only the newest entry may still be judged, and
/// undo goes back to a shorter list. Rows are shared between entries, so a thousand moments of
/// four thousand sockets cost what changed in them.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    entries: Vec<Arc<Entry>>,
    cursor: usize,
}

impl Timeline {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at `index`, counted from 0.
    pub fn get(&self, index: usize) -> Option<&Arc<Entry>> {
        self.entries.get(index)
    }

    /// The newest entry.
    pub fn last(&self) -> Option<&Arc<Entry>> {
        self.entries.last()
    }

    /// All entries, oldest first.
    pub fn iter(&self) -> std::slice::Iter<'_, Arc<Entry>> {
        self.entries.iter()
    }

    /// Which entry is looked at.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// How many entries timers have brought since the entry at `index`: for the badge.
    pub fn new_since(&self, index: usize) -> usize {
        let later = self.entries.iter().skip(index.saturating_add(1));
        later.filter(|entry| entry.origin == Origin::FollowUp).count()
    }

    /// Whether nothing but timers came after the entry at `index`.
    pub fn is_newest_page(&self, index: usize) -> bool {
        let mut later = self.entries.iter().skip(index.saturating_add(1));
        later.all(|entry| entry.origin == Origin::FollowUp)
    }

    /// Looks at the entry at `index`, or at the newest if there are not so many.
    pub(super) fn look_at(&mut self, index: usize) {
        self.cursor = index.min(self.entries.len().saturating_sub(1));
    }

    /// Adds an entry. The cursor goes along if it looked at the newest entry and `follow` is set.
    pub(super) fn push(&mut self, entry: Entry, follow: bool) {
        let at_end = self.cursor + 1 >= self.entries.len();
        self.entries.push(Arc::new(entry));
        if at_end && follow {
            self.cursor = self.entries.len() - 1;
        }
    }

    /// Changes the newest entry; whoever holds the old one keeps it as it was.
    pub(super) fn amend(&mut self, change: impl FnOnce(&mut Entry)) {
        if let Some(last) = self.entries.last_mut() {
            change(Arc::make_mut(last));
        }
    }

    /// Takes away the entries from `length` on, and gives them back.
    pub(super) fn cut(&mut self, length: usize) -> Vec<Arc<Entry>> {
        let gone = self.entries.split_off(length.min(self.entries.len()));
        self.look_at(self.cursor);
        gone
    }
}

impl<'a> IntoIterator for &'a Timeline {
    type Item = &'a Arc<Entry>;
    type IntoIter = std::slice::Iter<'a, Arc<Entry>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<E: Into<Arc<Entry>>> FromIterator<E> for Timeline {
    fn from_iter<I: IntoIterator<Item = E>>(entries: I) -> Self {
        Self { entries: entries.into_iter().map(Into::into).collect(), cursor: 0 }
    }
}
