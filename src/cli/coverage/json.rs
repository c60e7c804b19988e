//! The tables as json lines, one object a row; docs/formats.md tells what each field means.

use std::io::Write as _;

use serde_json::{Value, json};

use super::Sums;
use super::text::{besides, elsewhere, typed_calls};
use crate::explain::Words;
use crate::model::{Errno, TcpState};
use crate::session::coverage::{Place, data};

/// Prints all rows.
pub(super) fn print(sums: &Sums, words: &Words) -> anyhow::Result<()> {
    let seen = &sums.coverage;
    let lang = words.lang();
    let mut rows: Vec<Value> = Vec::new();
    for state in TcpState::ALL {
        let shown = places(seen.states.get(&state));
        rows.push(json!({"kind": "state", "state": state.name(), "shown": shown}));
    }
    for (typed, syscall) in typed_calls() {
        let shown = places(seen.calls.get(&(syscall, typed.to_owned())));
        let syscall = syscall.name();
        rows.push(json!({"kind": "call", "call": typed, "syscall": syscall, "shown": shown}));
    }
    let errnos = data::errnos();
    for page in errnos.pages() {
        for entry in errnos.of(page) {
            let found = entry.errno().map(|errno| seen.provoked(&page.calls(), errno));
            let shown: Vec<Value> = found.unwrap_or_default().into_iter().map(place).collect();
            let cannot = entry.cannot.map(|why| why.in_lang(lang));
            rows.push(json!({
                "kind": "errno", "page": page.name, "errno": entry.name, "listed": entry.listed,
                "shown": shown, "cannot": cannot,
            }));
        }
        for (errno, found) in besides(seen, &errnos, page) {
            let shown: Vec<Value> = found.into_iter().map(place).collect();
            rows.push(not_listed(&page.name, errno, &shown));
        }
    }
    for (call, errno, found) in elsewhere(seen, &errnos) {
        let shown: Vec<Value> = found.iter().map(place).collect();
        rows.push(not_listed(call.name(), errno, &shown));
    }
    for (number, text) in data::misconceptions() {
        let shown = places(seen.answers.get(&number));
        let text = text.in_lang(lang);
        rows.push(json!({
            "kind": "misconception", "number": number, "text": text, "shown": shown,
        }));
    }
    let dispatch = data::dispatch();
    for (row, op) in dispatch.op.iter().enumerate() {
        for (column, cell) in op.cells().enumerate().filter(|(_, cell)| cell.can_be_shown()) {
            let shown = seen.cells.get(&(row, column)).map(|(at, _)| place(at));
            rows.push(json!({
                "kind": "function", "op": op.name, "socket": dispatch.kinds[column],
                "function": cell.function, "errno": cell.errno.map(|errno| errno.to_string()),
                "shown": shown.into_iter().collect::<Vec<_>>(),
            }));
        }
    }
    let names = |list: &[(String, String)]| -> Vec<String> {
        list.iter().map(|(id, _)| id.clone()).collect()
    };
    rows.push(json!({
        "kind": "end", "lessons": sums.lessons,
        "skipped": names(&sums.skipped), "failed": names(&sums.failed),
    }));
    let mut out = std::io::stdout().lock();
    for row in rows {
        writeln!(out, "{row}")?;
    }
    Ok(())
}

fn not_listed(page: &str, errno: Errno, shown: &[Value]) -> Value {
    json!({
        "kind": "errno", "page": page, "errno": errno.to_string(), "listed": false,
        "shown": shown, "cannot": null,
    })
}

fn place(place: &Place) -> Value {
    json!({"lesson": place.lesson, "step": place.step})
}

fn places(places: Option<&Vec<Place>>) -> Vec<Value> {
    places.into_iter().flatten().map(place).collect()
}
