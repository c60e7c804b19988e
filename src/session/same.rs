//! Whether something done by hand brings about what the next step of the script would.

use std::sync::Arc;

use crate::model::{Action, Filter, Held, ProcessName, Wire, WireAction};

/// Whether two actions do the very same to a lab in this state. `deliver any` is the same as
/// `deliver SYN` if both take the same packet.
pub fn same_effect(
    a: &Action,
    b: &Action,
    wire: &Wire,
    ports: &dyn Fn(&ProcessName) -> Vec<u16>,
) -> bool {
    let (Action::Wire(first), Action::Wire(second)) = (a, b) else { return a == b };
    let oldest = |filter: &Filter| -> Option<&Arc<Held>> {
        wire.held.iter().find(|held| filter.matches(&held.packet, ports))
    };
    let same_packet = |x: &Filter, y: &Filter| match (oldest(x), oldest(y)) {
        (Some(x), Some(y)) => Arc::ptr_eq(x, y),
        (None, _) | (_, None) => x == y,
    };
    match (first, second) {
        (WireAction::Deliver(x), WireAction::Deliver(y))
        | (WireAction::Drop(x), WireAction::Drop(y))
        | (WireAction::Duplicate(x), WireAction::Duplicate(y)) => same_packet(x, y),
        (WireAction::Deliver(_), WireAction::DeliverAll)
        | (WireAction::DeliverAll, WireAction::Deliver(_)) => {
            wire.held.len() == 1 && delivers(first, wire, ports) && delivers(second, wire, ports)
        }
        _ => first == second,
    }
}

fn delivers(action: &WireAction, wire: &Wire, ports: &dyn Fn(&ProcessName) -> Vec<u16>) -> bool {
    match action {
        WireAction::Deliver(filter) => wire.held.iter().any(|h| filter.matches(&h.packet, ports)),
        WireAction::DeliverAll => !wire.held.is_empty(),
        _ => false,
    }
}

/// Whether two pieces of C are the same but for spaces: `close(fd);` and `close( fd ) ;`.
pub fn same_code(a: &str, b: &str) -> bool {
    words(a) == words(b)
}

/// The text with single spaces, and only between two characters of names; inside quotes as it is.
fn words(code: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut escaped = false;
    let mut gap = false;
    for c in code.trim().trim_end_matches(';').chars() {
        if let Some(end) = quote {
            text.push(c);
            if !escaped && c == end {
                quote = None;
            }
            escaped = !escaped && c == '\\';
            continue;
        }
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        let name = |c: char| c.is_alphanumeric() || c == '_';
        // `a - -b` and `a--b` differ: a space between two equal signs counts too.
        let joins = text.chars().last().is_some_and(|last| (name(last) && name(c)) || last == c);
        if gap && joins {
            text.push(' ');
        }
        gap = false;
        if c == '"' || c == '\'' {
            quote = Some(c);
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_make_no_other_code_but_inside_quotes_they_do() {
        assert!(same_code("close(fd);", " close ( fd ) ;"));
        assert!(same_code(
            "int fd = socket(AF_INET, SOCK_STREAM, 0);",
            "int  fd=socket(AF_INET,SOCK_STREAM,0)"
        ));
        assert!(!same_code("int fd;", "intfd;"));
        assert!(!same_code("a - -b", "a--b"));
        assert!(!same_code("write(fd, \"a b\", 3)", "write(fd, \"ab\", 3)"));
        assert!(!same_code("write(fd, \"a\\\" b\", 3)", "write(fd, \"a\\\"b\", 3)"));
    }
}
