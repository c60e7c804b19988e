//! The lessons to choose from.

use std::sync::Arc;

use crate::lesson::Lesson;
use crate::model::Lang;

/// A lesson in every language it is written in; there is at least one.
#[derive(Debug, Clone)]
pub struct MenuItem {
    /// The lesson in the languages it has.
    pub texts: Vec<(Lang, Arc<Lesson>)>,
    /// How far the learner got in it.
    pub reached: Reached,
    /// It needs a wire, and this machine gives none.
    pub out_of_reach: bool,
}

/// How far a lesson was gone through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// How many steps were done when it was left.
    pub step: usize,
    /// It was gone through to its end once.
    pub finished: bool,
}

impl MenuItem {
    /// A lesson that nobody has begun.
    pub fn new(texts: Vec<(Lang, Arc<Lesson>)>) -> Self {
        Self { texts, reached: Reached::default(), out_of_reach: false }
    }

    /// The same, to be read about and not to be opened: this machine gives no wire.
    pub fn out_of_reach(self) -> Self {
        Self { out_of_reach: true, ..self }
    }

    /// The lesson in this language, or in the one it has.
    pub fn lesson(&self, lang: Lang) -> Option<&Arc<Lesson>> {
        let own = self.texts.iter().find(|(known, _)| *known == lang);
        own.or(self.texts.first()).map(|(_, lesson)| lesson)
    }
}

/// All lessons, and which one is pointed at.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    /// In the order of their chapters.
    pub items: Vec<MenuItem>,
    /// The one that is pointed at.
    pub chosen: usize,
}

impl Menu {
    /// A menu of these lessons.
    pub fn new(items: Vec<MenuItem>) -> Self {
        Self { items, chosen: 0 }
    }

    /// Points one up, or `by` many; it stops at the ends.
    pub fn move_by(&mut self, by: isize) {
        let last = self.items.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    /// The lesson that is pointed at.
    pub fn lesson(&self, lang: Lang) -> Option<&Arc<Lesson>> {
        self.items.get(self.chosen)?.lesson(lang)
    }

    /// Takes note of how far the running lesson has come. `proved`: the kernel agrees with all that
    /// the lesson says; one that it contradicts is never finished.
    pub fn note(&mut self, lesson: &Arc<Lesson>, done: usize, proved: impl FnOnce() -> bool) {
        if let Some(item) = self.items.iter_mut().find(|item| item.has(lesson)) {
            item.reached.step = done;
            let over = done > 0 && done == lesson.count();
            item.reached.finished = item.reached.finished || (over && proved());
        }
    }

    /// The same lesson in the other language.
    pub fn twin_of(&self, lesson: &Arc<Lesson>) -> Option<Arc<Lesson>> {
        let item = self.items.iter().find(|item| item.has(lesson))?;
        let other = item.texts.iter().find(|(_, text)| !Arc::ptr_eq(text, lesson));
        // A twin has the same steps; whoever made the menu has seen to it, and it is cheap to ask.
        let twin = other.map(|(_, text)| text.clone());
        twin.filter(|twin| twin.steps.len() == lesson.steps.len())
    }

    /// Whether `lesson` is written in this language.
    pub fn speaks(&self, lesson: &Lesson, lang: Lang) -> bool {
        let texts = self.items.iter().flat_map(|item| &item.texts);
        texts.into_iter().any(|(known, text)| *known == lang && std::ptr::eq(&**text, lesson))
    }

    /// Adds a lesson that is not built in, so that its twin is found.
    pub fn add(&mut self, item: MenuItem) {
        self.items.push(item);
    }
}

impl MenuItem {
    fn has(&self, lesson: &Arc<Lesson>) -> bool {
        self.texts.iter().any(|(_, text)| Arc::ptr_eq(text, lesson))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_that_the_kernel_contradicts_is_not_finished() {
        let text = "---\nid: a\n---\n\n# A\n\nOne.\n\n```lab\nhold\n```\n";
        let lesson = Arc::new(crate::lesson::parse("a.md", text).expect("a lesson"));
        let mut menu = Menu::new(vec![MenuItem::new(vec![(Lang::En, lesson.clone())])]);
        menu.note(&lesson, 1, || false);
        assert!(!menu.items[0].reached.finished);
        menu.note(&lesson, 1, || true);
        menu.note(&lesson, 1, || false);
        assert!(menu.items[0].reached.finished, "once finished is finished");
    }
}
