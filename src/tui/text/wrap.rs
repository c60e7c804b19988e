//! Styled text in lines of a width, broken where UAX 14 allows it.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_linebreak::{BreakOpportunity, linebreaks};

use super::{head, width};

/// Breaks styled text into lines of at most `room` cells. Chinese breaks between characters but
/// never before 。or after 「; spaces at a break vanish; a word that is wider than a line is cut.
/// A line feed in the text ends a line. Empty text is one empty line.
pub fn wrap(spans: &[Span<'_>], room: usize) -> Vec<Line<'static>> {
    let text: String = spans.iter().map(|span| span.content.as_ref()).collect();
    let styles = Styles::of(spans);
    ranges(&text, room.max(1))
        .into_iter()
        .map(|(start, end)| styles.line(&text, start, end))
        .collect()
}

/// The byte ranges of the lines.
fn ranges(text: &str, room: usize) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let (mut start, mut end, mut used) = (0, 0, 0);
    for (at, opportunity) in linebreaks(text) {
        let piece = &text[end..at];
        let visible = piece.trim_end_matches([' ', '\n', '\r']);
        if used + width(visible) > room && used > 0 {
            lines.push((start, start + text[start..end].trim_end().len()));
            (start, used) = (end, 0);
        }
        // What stands before the piece on an empty line has no width.
        let mut rest = if used == 0 { &text[start..end + visible.len()] } else { visible };
        while used == 0 && width(rest) > room {
            let cut = head(rest, room).len().max(rest.chars().next().map_or(1, char::len_utf8));
            lines.push((start, start + cut));
            start += cut;
            rest = &rest[cut..];
        }
        used = if start > end { width(&text[start..at]) } else { used + width(piece) };
        end = at;
        if opportunity == BreakOpportunity::Mandatory && at < text.len() {
            lines.push((start, start + text[start..end].trim_end().len()));
            (start, used) = (end, 0);
        }
    }
    lines.push((start, start + text[start..].trim_end().len()));
    lines
}

/// Which style each byte has.
struct Styles {
    runs: Vec<(usize, Style)>,
}

impl Styles {
    fn of(spans: &[Span<'_>]) -> Self {
        let mut end = 0;
        let runs = spans.iter().map(|span| {
            end += span.content.len();
            (end, span.style)
        });
        Self { runs: runs.collect() }
    }

    fn line(&self, text: &str, start: usize, end: usize) -> Line<'static> {
        let mut spans = Vec::new();
        let mut from = start;
        for (until, style) in &self.runs {
            let to = (*until).min(end);
            if to > from {
                spans.push(Span::styled(text[from..to].to_owned(), *style));
                from = to;
            }
        }
        Line::from(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str, room: usize) -> Vec<String> {
        let wrapped = wrap(&[Span::raw(text)], room);
        wrapped.iter().map(|line| line.spans.iter().map(|s| s.content.as_ref()).collect()).collect()
    }

    #[test]
    fn words_stay_whole_and_spaces_at_the_break_vanish() {
        assert_eq!(lines("the quick brown fox", 9), ["the quick", "brown fox"]);
        assert_eq!(lines("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(lines("", 5), [""]);
        assert_eq!(lines("a\nb", 5), ["a", "b"]);
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_full_stop() {
        assert_eq!(lines("全连接队列已满。", 14), ["全连接队列已", "满。"]);
        assert_eq!(lines("见「队列」。", 6), ["见「队", "列」。"]);
        assert_eq!(lines("服务端 accept 了", 8), ["服务端", "accept", "了"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut() {
        assert_eq!(lines("a 0123456789 b", 4), ["a", "0123", "4567", "89 b"]);
    }

    #[test]
    fn styles_go_along() {
        let bold = Style::new().bold();
        let wrapped = wrap(&[Span::raw("ab "), Span::styled("cd ef", bold)], 5);
        assert_eq!(wrapped[0].spans[1], Span::styled("cd", bold));
        assert_eq!(wrapped[1].spans[0], Span::styled("ef", bold));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_room_and_nothing_but_spaces_is_lost(
            text in "[ a-z,.(「」。套接字é]{0,60}", room in 2usize..30,
        ) {
            let wrapped = lines(&text, room);
            for line in &wrapped {
                prop_assert!(width(line) <= room, "{line:?}");
            }
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&wrapped.concat()), bare(&text));
        }

        #[test]
        fn any_text_at_any_width_is_wrapped_without_a_panic(text in ".*", room in 0usize..9) {
            prop_assert!(!wrap(&[Span::raw(text)], room).is_empty());
        }
    }
}
