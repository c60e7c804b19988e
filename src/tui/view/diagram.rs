//! The TCP state diagram of RFC 9293, with both ends lit and the paths they walked.
//!
//! The picture below is the source of truth: a state stands where its brackets stand. In
//! `[c ESTABLISHED s]` the letters say that the client's and the server's end are there now.

use ratatui::text::{Line, Span};

use super::page::Page;
use super::walk::{Walk, walks};
use crate::model::TcpState;
use crate::tui::glyphs::Glyphs;
use crate::tui::ink::Ink;
use crate::tui::text::{width, wrap};
use crate::tui::theme::Role;

/// The diagram; `close:` is what a process does, `◀` what comes in, `▶` what goes out.
const PICTURE: &str = "                           [  CLOSE        ]
    bind, listen   ┌─────────────┘   └──────────────┐  connect: SYN ▶
                   ▼                                ▼
           [  LISTEN       ]                [  SYN_SENT     ]
 ◀ SYN: SYN,ACK ▶  │           ◀ SYN: SYN,ACK ▶ │        │ ◀ SYN,ACK: ACK ▶
                   ▼                            │        │
           [  SYN_RECV     ]◀───────────────────┘        │
                   │ ◀ ACK                               │
                   └────────────▶[  ESTABLISHED  ]◀──────┘
                    close: FIN ▶     │       │  ◀ FIN: ACK ▶
              ┌──────────────────────┘       └──────────────────┐
      [  FIN_WAIT1    ]─◀ FIN: ACK ▶─▶[  CLOSING      ]  [  CLOSE_WAIT   ]
              │ ◀ ACK └─◀ FIN,ACK: ACK ▶─┐    │ ◀ ACK            │
              ▼                          ▼    ▼     close: FIN ▶ ▼
      [  FIN_WAIT2    ]─◀ FIN: ACK ▶─▶[  TIME_WAIT    ]  [  LAST_ACK     ]
                                              │ 60 s             │ ◀ ACK
                                              └─────▶ CLOSE ◀────┘
";

/// The diagram and, below it, the path of each end.
pub fn lines(page: &Page<'_>, high: usize, ink: &Ink) -> Vec<Line<'static>> {
    let walks = walks(page);
    let mut lines: Vec<Line<'static>> =
        PICTURE.lines().map(|line| picture_line(line, &walks, ink)).collect();
    let paths: Vec<Line<'static>> = walks.iter().flat_map(|walk| path(walk, ink)).collect();
    if lines.len() + 1 + paths.len() <= high {
        lines.push(Line::default());
    }
    lines.extend(paths);
    lines
}

/// One line of the picture, its states lit.
fn picture_line(line: &str, walks: &[Walk; 2], ink: &Ink) -> Line<'static> {
    let mut spans = vec![" ".into()];
    let mut rest = line;
    while let Some((before, (name, behind))) =
        rest.split_once('[').and_then(|(before, cell)| Some((before, cell.split_once(']')?)))
    {
        spans.push(stroke(before, ink));
        spans.extend(state(name, walks, ink));
        rest = behind;
    }
    spans.push(stroke(rest, ink));
    Line::from(spans)
}

/// Lines and labels.
fn stroke(text: &str, ink: &Ink) -> Span<'static> {
    let drawn = match ink.glyphs {
        Glyphs::Unicode => text.to_owned(),
        Glyphs::Ascii => text.chars().map(ascii).collect(),
    };
    ink.span(Role::Dim, drawn)
}

fn ascii(c: char) -> char {
    match c {
        '▼' => 'v',
        '┘' | '└' => '\'',
        '┌' | '┐' => ',',
        other => Glyphs::Ascii.safe(other).unwrap_or(other),
    }
}

/// `[c ESTABLISHED s]`
fn state(cell: &str, walks: &[Walk; 2], ink: &Ink) -> Vec<Span<'static>> {
    let Some(state) = TcpState::from_name(cell.trim()) else {
        return vec![ink.span(Role::Dim, format!("[{cell}]"))];
    };
    let here = |walk: &Walk| walk.now.contains(&state);
    let mark = |walk: &Walk| if here(walk) { walk.letter } else { ' ' };
    let text = format!("{} {:<11} {}", mark(&walks[0]), state.name(), mark(&walks[1]));
    let role = if walks.iter().any(here) {
        Role::Chosen
    } else if walks.iter().any(|walk| walk.path.contains(&state)) {
        Role::Strong
    } else {
        Role::Dim
    };
    vec![ink.span(Role::Dim, "["), ink.span(role, text), ink.span(Role::Dim, "]")]
}

/// ` c SYN_SENT > [ESTABLISHED]`, the last states if not all find room.
pub fn brief(walk: &Walk, wide: usize, ink: &Ink) -> Line<'static> {
    let mut text = match walk.path.last() {
        None => return ink.line(Role::Dim, format!(" {}", walk.letter)),
        Some(_) if walk.gone => ink.words.ui("diagram-gone").to_owned(),
        Some(last) if walk.now.contains(last) => format!("[{last}]"),
        Some(last) => last.to_string(),
    };
    let earlier = walk.path.iter().rev().skip(usize::from(!walk.gone));
    for state in earlier {
        let longer = format!("{state} > {text}");
        if width(&longer) + 4 > wide {
            break;
        }
        text = longer;
    }
    let letter = ink.span(Role::Title, format!(" {} ", walk.letter));
    Line::from(vec![letter, ink.span(Role::Dim, text)])
}

/// `client  CLOSE > SYN_SENT > [ESTABLISHED]`
fn path(walk: &Walk, ink: &Ink) -> Vec<Line<'static>> {
    let mut spans = Vec::new();
    let last = walk.path.len().saturating_sub(1);
    for (index, state) in walk.path.iter().enumerate() {
        let now = index == last && walk.now.contains(state);
        let text = if now { format!("[{state}]") } else { state.to_string() };
        spans.push(ink.span(if now { Role::Strong } else { Role::Plain }, text));
        let arrow = if index == last { "" } else { " > " };
        spans.push(ink.span(Role::Dim, arrow));
    }
    if walk.gone {
        spans.push(ink.span(Role::Dim, format!(" > {}", ink.words.ui("diagram-gone"))));
    }
    let name = format!(" {} {:<8}", walk.letter, walk.host);
    let mut lines = wrap(&spans, 78 - name.len());
    for (index, line) in lines.iter_mut().enumerate() {
        let start = if index == 0 { name.clone() } else { " ".repeat(name.len()) };
        line.spans.insert(0, ink.span(Role::Title, start));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_way_the_last_states_are_told() {
        use TcpState::{Close, Established, FinWait1, SynSent};
        let path = vec![Close, SynSent, Established, FinWait1];
        let mut walk =
            Walk { host: "client".into(), letter: 'c', path, now: vec![FinWait1], gone: false };
        let ink = Ink::new(crate::model::Lang::En);
        let told = |walk: &Walk, wide| brief(walk, wide, &ink).to_string();
        assert_eq!(told(&walk, 20), " c [FIN_WAIT1]");
        assert_eq!(told(&walk, 34), " c ESTABLISHED > [FIN_WAIT1]");
        assert_eq!(told(&walk, 80), " c CLOSE > SYN_SENT > ESTABLISHED > [FIN_WAIT1]");
        (walk.gone, walk.now) = (true, Vec::new());
        assert_eq!(told(&walk, 24), " c FIN_WAIT1 > gone");
    }

    #[test]
    fn every_state_stands_in_the_picture_once_and_it_fits_the_smallest_screen() {
        for state in TcpState::ALL {
            let cell = format!("[  {:<11}  ]", state.name());
            assert_eq!(PICTURE.matches(&cell).count(), 1, "{state}");
        }
        assert!(PICTURE.lines().count() <= 18);
        assert!(PICTURE.lines().all(|line| crate::tui::text::width(line) <= 77));
    }
}
