//! Lab lines, facts and what is awaited: no kind is left in the lesson's notation.

use crate::lesson::Does;
use crate::model::Lang;
use crate::tui::ink::Ink;
use crate::tui::view::told::lab_line;

/// Every lab line there is, with facts of every kind.
const LINES: &str = "
hold
hold SYN,ACK of client from @client
auto
deliver SYN
deliver all
drop ACK of client
duplicate DATA from @server
swap
cut
mend
unreachable host
unreachable net
unreachable port
spawn extra @client
run other @client: echo hello
kill -SIGKILL client
stop client
cont client
reboot @client
set @server net.ipv4.tcp_syncookies = 0
mark here
again here
wait 500ms
wait server fd is LISTEN
wait server fd is closed
wait server fd queue 1/2
wait server fd recv 3
wait server fd send 4
wait server in accept
wait server returned 0
wait server returned -1 ECONNREFUSED
wait server dead SIGPIPE
wait server exit 1
wait server: fd == 3
wait @server has 2 SYN_RECV
wait @server counts ListenOverflows > 3
wait wire holds SYN
wait wire holds 1 any
wait wire holds 2 FIN from @server
wait wire empty
wait not wire empty
";

#[test]
fn every_lab_line_and_every_fact_has_words_in_both_languages() {
    let lines: String =
        LINES.trim().lines().map(|line| format!("```lab\n{line}\n```\n\n")).collect();
    let text = format!("---\nid: told\n---\n\n# Told\n\n```c server\nint fd = 3;\n```\n\n{lines}");
    let options = crate::lesson::Options { allow_run: true, ..Default::default() };
    let lesson = crate::lesson::parse_with("told.md", text.as_bytes(), options);
    let lesson = lesson.unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    let mut shown = String::new();
    for step in &lesson.steps {
        let Does::Lab(line) = &step.does else { continue };
        shown.push_str(&format!("{}\n", step.code));
        for lang in Lang::ALL {
            shown.push_str(&format!("    {}\n", lab_line(line, &Ink::new(lang).words)));
        }
    }
    insta::assert_snapshot!(shown);
}
