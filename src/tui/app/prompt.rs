//! The prompt for C: what is typed, for whom, and what was typed before.

use crossterm::event::KeyEvent;
use tui_textarea::{CursorMove, TextArea};

use super::refused::{Submitted, TypedError};
use crate::model::ProcessName;
use crate::session::SessionError;

/// How many earlier texts are kept.
const HISTORY: usize = 200;

/// The prompt.
#[derive(Debug, Clone, Default)]
pub struct Prompt {
    area: TextArea<'static>,
    /// For whom; `None` until it is opened.
    pub process: Option<ProcessName>,
    history: Vec<String>,
    /// Which earlier text is shown, counted from the newest.
    recalled: Option<usize>,
    /// How the word before the cursor could go on, if that was asked and is not certain.
    pub candidates: Vec<String>,
    /// What was handed to the session and may come back refused.
    pub submitted: Option<Submitted>,
    /// What was wrong with the text, until it is edited.
    pub error: Option<TypedError>,
}

impl Prompt {
    /// The text, lines parted by line feeds.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Its lines; there is at least one.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// The cursor as line and character, from 0.
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// The cursor as an offset into [`Prompt::text`].
    pub fn offset(&self) -> usize {
        let (row, column) = self.cursor();
        let before: usize = self.lines().iter().take(row).map(|line| line.len() + 1).sum();
        let line = self.lines().get(row).map_or("", String::as_str);
        before + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.lines().iter().all(|line| line.trim().is_empty())
    }

    /// One key.
    pub fn input(&mut self, key: KeyEvent) {
        self.edited();
        self.area.input(key);
    }

    /// Text that was pasted, whole; tabs become spaces, and every kind of line end one.
    pub fn paste(&mut self, text: &str) {
        self.edited();
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
        self.area.insert_str(text);
    }

    /// A new line at the cursor.
    pub fn new_line(&mut self) {
        self.edited();
        self.area.insert_newline();
    }

    /// Replaces the `count` characters before the cursor.
    pub fn replace_before(&mut self, count: usize, text: &str) {
        self.edited();
        for _ in 0..count {
            self.area.delete_char();
        }
        self.area.insert_str(text);
    }

    fn edited(&mut self) {
        self.error = None;
        self.candidates.clear();
        self.recalled = None;
    }

    /// Takes the text for running it.
    pub fn take(&mut self) -> String {
        let text = self.text();
        if self.history.last() != Some(&text) {
            self.history.push(text.clone());
        }
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        self.set("");
        text
    }

    /// An empty prompt; the text can be had back as an earlier one.
    pub fn put_away(&mut self) {
        if !self.is_empty() {
            self.take();
        }
        self.set("");
    }

    /// Puts a text back that could not be run, with what is wrong about it.
    pub fn refuse(&mut self, submitted: &Submitted, error: &SessionError) {
        self.set(&submitted.text);
        self.error = submitted.wrong(error);
    }

    fn set(&mut self, text: &str) {
        self.area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        self.area.move_cursor(CursorMove::Bottom);
        self.area.move_cursor(CursorMove::End);
        self.edited();
    }

    /// A line up in text of several lines; from the first, the text typed before.
    pub fn earlier(&mut self) {
        if self.cursor().0 > 0 {
            return self.area.move_cursor(CursorMove::Up);
        }
        let next = self.recalled.map_or(0, |index| index + 1);
        self.recall(next);
    }

    /// A line down in text of several lines; from the last, the text typed after.
    pub fn later(&mut self) {
        if self.cursor().0 + 1 < self.lines().len() {
            return self.area.move_cursor(CursorMove::Down);
        }
        match self.recalled {
            Some(0) => self.set(""),
            Some(index) => self.recall(index - 1),
            None => {}
        }
    }

    fn recall(&mut self, index: usize) {
        let text = self.history.iter().rev().nth(index).cloned();
        if let Some(text) = text {
            self.set(&text);
            self.recalled = Some(index);
        }
    }

    /// Another lab has other processes; the history stays.
    pub fn leave_lab(&mut self) {
        self.process = None;
        self.set("");
    }

    /// Picks the next of these processes, or the first.
    pub fn next_process(&mut self, all: &[ProcessName]) {
        let now = all.iter().position(|name| Some(name) == self.process.as_ref());
        let next = now.map_or(0, |index| (index + 1) % all.len());
        self.process = all.get(next).cloned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_thousand_bytes_arrive_whole() {
        let text = "write(fd, \"0123456789\", 10);\n".repeat(104);
        assert!(text.len() > 3000);
        let mut prompt = Prompt::default();
        prompt.paste(&text);
        assert_eq!(prompt.text(), text);
    }

    #[test]
    fn line_ends_and_tabs_of_every_kind_are_taken() {
        let mut prompt = Prompt::default();
        prompt.paste("a\r\n\tb\rc");
        assert_eq!(prompt.text(), "a\n    b\nc");
    }

    #[test]
    fn earlier_texts_come_back() {
        let mut prompt = Prompt::default();
        for text in ["one;", "two;"] {
            prompt.paste(text);
            prompt.take();
        }
        prompt.earlier();
        assert_eq!(prompt.text(), "two;");
        prompt.earlier();
        prompt.earlier();
        assert_eq!(prompt.text(), "one;");
        prompt.later();
        prompt.later();
        assert_eq!(prompt.text(), "");
    }

    #[test]
    fn what_is_put_away_can_be_had_back() {
        let mut prompt = Prompt::default();
        prompt.paste("one;");
        prompt.put_away();
        assert!(prompt.is_empty());
        prompt.put_away();
        prompt.earlier();
        assert_eq!(prompt.text(), "one;");
    }

    #[test]
    fn the_cursor_counts_bytes_over_lines_and_wide_characters() {
        let mut prompt = Prompt::default();
        prompt.paste("套a\n接b");
        assert_eq!(prompt.offset(), "套a\n接b".len());
    }
}
