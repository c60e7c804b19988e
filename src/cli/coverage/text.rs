//! The tables as Markdown, which is what `docs/coverage.md` holds.

use std::fmt::{Display, Write as _};
use std::io::Write as _;

use super::Sums;
use crate::c;
use crate::explain::Words;
use crate::model::{Errno, Syscall, TcpState};
use crate::session::coverage::data::{Entry, Errnos, Page};
use crate::session::coverage::{Coverage, Place, data};

/// Prints all tables.
pub(super) fn print(sums: &Sums, words: &Words) -> anyhow::Result<()> {
    let seen = &sums.coverage;
    let tables = [
        states(seen, words),
        calls(seen, words),
        errnos(seen, words),
        misconceptions(seen, words),
        functions(seen, words),
    ];
    let mut out = std::io::stdout().lock();
    writeln!(out, "# {}\n", words.ui("coverage-title"))?;
    writeln!(out, "{}\n", words.ui_with("coverage-intro", &[("lessons", &sums.lessons)]))?;
    for table in &tables {
        writeln!(out, "- {}", table.sum)?;
    }
    for (id, why) in &sums.skipped {
        let values: [(&str, &dyn Display); 2] = [("lesson", id), ("why", &why)];
        writeln!(out, "- {}", words.ui_with("coverage-skipped", &values))?;
    }
    for table in &tables {
        writeln!(out, "\n{}", table.text.trim_end())?;
    }
    Ok(())
}

/// A table with its heading, and what it comes to in one sentence.
struct Table {
    sum: String,
    text: String,
}

/// Rows of a table as they are written, and how many of those that can be shown were.
struct Rows<'a> {
    words: &'a Words,
    text: String,
    shown: usize,
    all: usize,
}

impl<'a> Rows<'a> {
    fn new(heading: &str, words: &'a Words) -> Self {
        let text = format!("## {}\n\n", words.ui(heading));
        Self { words, text, shown: 0, all: 0 }
    }

    fn row(&mut self, cells: &[&str]) {
        let _ = writeln!(self.text, "| {} |", cells.join(" | "));
    }

    /// Heads the columns, by their keys in the catalogue.
    fn heads(&mut self, keys: &[&str]) {
        let heads: Vec<&str> = keys.iter().map(|key| self.words.ui(key)).collect();
        self.row(&heads);
        let _ = writeln!(self.text, "|{}", "---|".repeat(keys.len()));
    }

    /// Counts one thing that can be shown.
    fn count(&mut self, shown: bool) {
        self.all += 1;
        self.shown += usize::from(shown);
    }

    fn end(self, sum: &str) -> Table {
        let values: [(&str, &dyn Display); 2] = [("shown", &self.shown), ("all", &self.all)];
        Table { sum: self.words.ui_with(sum, &values), text: self.text }
    }
}

/// `handshake 4, backlog 2`
fn places<'a>(places: impl IntoIterator<Item = &'a Place>) -> String {
    let texts = places.into_iter().map(|place| format!("{} {}", place.lesson, place.step));
    texts.collect::<Vec<_>>().join(", ")
}

fn states(seen: &Coverage, words: &Words) -> Table {
    let mut rows = Rows::new("coverage-states", words);
    rows.heads(&["coverage-state", "coverage-read-in"]);
    for state in TcpState::ALL {
        let found = seen.states.get(&state);
        rows.count(found.is_some());
        let found = found.map_or(words.ui("coverage-nowhere").to_owned(), places);
        rows.row(&[state.name(), &found]);
    }
    rows.end("coverage-states-sum")
}

/// The calls that can be typed, each with the kernel's.
pub(super) fn typed_calls() -> impl Iterator<Item = (&'static str, Syscall)> {
    c::calls().filter_map(|call| Some((call.name, call.syscall()?)))
}

fn calls(seen: &Coverage, words: &Words) -> Table {
    let mut rows = Rows::new("coverage-calls", words);
    rows.heads(&["coverage-call", "coverage-kernel-call", "coverage-used-by"]);
    for (typed, syscall) in typed_calls() {
        let found = seen.calls.get(&(syscall, typed.to_owned()));
        rows.count(found.is_some());
        let lessons = found.map(|places| {
            places.iter().map(|place| place.lesson.as_str()).collect::<Vec<_>>().join(", ")
        });
        let lessons = lessons.unwrap_or_else(|| words.ui("coverage-unused").to_owned());
        rows.row(&[&format!("`{typed}`"), &format!("`{syscall}`"), &lessons]);
    }
    rows.end("coverage-calls-sum")
}

fn errnos(seen: &Coverage, words: &Words) -> Table {
    let mut rows = Rows::new("coverage-errnos", words);
    let _ = writeln!(rows.text, "{}", words.ui("coverage-errnos-intro"));
    let errnos = data::errnos();
    for page in errnos.pages() {
        let _ = writeln!(rows.text, "\n### {}\n", page.name);
        rows.heads(&["coverage-errno", "coverage-how"]);
        for entry in errnos.of(page) {
            let found = entry.errno().map(|errno| seen.provoked(&page.calls(), errno));
            let found = found.unwrap_or_default();
            let how = match (found.is_empty(), entry.cannot) {
                (false, _) => {
                    words.ui_with("coverage-provoked", &[("places", &places(found.clone()))])
                }
                (true, Some(why)) => {
                    words.ui_with("coverage-cannot", &[("why", &why.in_lang(words.lang()))])
                }
                (true, None) => words.ui("coverage-explained").to_owned(),
            };
            if entry.cannot.is_none() {
                rows.count(!found.is_empty());
            }
            let besides = if entry.listed { "" } else { " +" };
            rows.row(&[&format!("{}{besides}", entry.name), &how]);
        }
        for (errno, found) in besides(seen, &errnos, page) {
            rows.count(true);
            let how = words.ui_with("coverage-provoked", &[("places", &places(found))]);
            rows.row(&[&format!("{errno} +"), &how]);
        }
    }
    let _ = writeln!(rows.text, "\n### {}\n", words.ui("coverage-other-calls"));
    rows.heads(&["coverage-call", "coverage-errno", "coverage-how"]);
    for (call, errno, found) in elsewhere(seen, &errnos) {
        let how = words.ui_with("coverage-provoked", &[("places", &places(found))]);
        rows.row(&[&format!("`{call}`"), &errno.to_string(), &how]);
    }
    rows.end("coverage-errnos-sum")
}

/// Errors that lessons provoke of a page's calls, and that the page's list does not have.
pub(super) fn besides<'a>(
    seen: &'a Coverage,
    errnos: &Errnos,
    page: &Page,
) -> Vec<(Errno, Vec<&'a Place>)> {
    let calls = page.calls();
    let known: Vec<Option<Errno>> = errnos.of(page).iter().map(Entry::errno).collect();
    let found = seen.besides(&calls, &known).into_iter();
    found.map(|errno| (errno, seen.provoked(&calls, errno))).collect()
}

/// Errors that lessons provoke of calls that stand on no page of the list.
pub(super) fn elsewhere<'a>(
    seen: &'a Coverage,
    errnos: &Errnos,
) -> impl Iterator<Item = (Syscall, Errno, &'a Vec<Place>)> {
    let listed: Vec<Syscall> = errnos.pages().iter().flat_map(Page::calls).collect();
    let others = seen.errnos.iter().filter(move |((call, _), _)| !listed.contains(call));
    others.map(|((call, errno), places)| (*call, *errno, places))
}

fn misconceptions(seen: &Coverage, words: &Words) -> Table {
    let mut rows = Rows::new("coverage-misconceptions", words);
    rows.heads(&["coverage-number", "coverage-misconception", "coverage-answered"]);
    for (number, text) in data::misconceptions() {
        let found = seen.answers.get(&number);
        rows.count(found.is_some());
        let found = found.map_or(words.ui("coverage-nowhere").to_owned(), places);
        rows.row(&[&number.to_string(), text.in_lang(words.lang()), &found]);
    }
    rows.end("coverage-misconceptions-sum")
}

fn functions(seen: &Coverage, words: &Words) -> Table {
    let mut rows = Rows::new("coverage-functions", words);
    let _ = writeln!(rows.text, "{}\n", words.ui("coverage-functions-intro"));
    let dispatch = data::dispatch();
    let kinds: Vec<&str> = dispatch.kinds.iter().map(String::as_str).collect();
    rows.row(&[&["proto_ops"], &kinds[..]].concat());
    let _ = writeln!(rows.text, "|{}", "---|".repeat(kinds.len() + 1));
    for (row, op) in dispatch.op.iter().enumerate() {
        let mut cells = vec![op.name.clone()];
        for (column, cell) in op.cells().enumerate() {
            let found = seen.cells.get(&(row, column)).map(|(place, _)| place);
            if cell.can_be_shown() {
                rows.count(found.is_some());
            }
            let function = cell.function.map(|name| format!("`{name}`"));
            let errno = cell.errno.map(|errno| errno.to_string());
            let shown = found.map(|place| places([place]));
            let parts: Vec<String> = [function, errno, shown].into_iter().flatten().collect();
            cells.push(if parts.is_empty() { "–".to_owned() } else { parts.join(" ") });
        }
        rows.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
    rows.end("coverage-functions-sum")
}
