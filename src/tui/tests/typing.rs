//! Typing C.

use super::play::Play;
use crate::model::Lang;
use crate::tui::app::{Msg, Over};
use crate::tui::text::width;

#[test]
fn typed_c_runs_and_an_error_stands_below_its_place() {
    let mut play = Play::menu(Lang::En);
    play.keys("f : type:int~s~=~socket(AF_INET,~SOCK_STREAM,~0); enter");
    let text = play.text((80, 24));
    assert!(text.contains("= 3"), "{text}");
    play.keys("type:bind(s enter");
    let text = play.text((80, 24));
    assert!(text.contains('^'), "{text}");
    assert_eq!(play.app.prompt.text(), "bind(s");
}

#[test]
fn an_address_can_be_written_short_and_a_semicolon_left_out() {
    let mut play = Play::menu(Lang::En);
    play.keys("f : type:int~s~=~socket(AF_INET,~SOCK_STREAM,~0) enter type:bind(s,~*:8080) enter");
    let text = play.text((80, 24));
    assert!(text.contains(":8080 CLOSE"), "{text}");
}

#[test]
fn a_wrong_word_is_said_though_the_semicolon_is_left_out() {
    let mut play = Play::menu(Lang::En);
    let text = play.keys("f : type:lisen(fd,~5) enter").text((80, 24));
    assert!(text.contains("did you mean listen?") && !text.contains("expected ;"), "{text}");
    let caret = text.lines().position(|line| line.contains("^^^^^")).expect("a caret");
    let column = |line: &str, what: &str| line.find(what).map(|at| width(&line[..at]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(column(lines[caret], "^"), column(lines[caret - 1], "lisen"), "{text}");
    assert!(lines[caret + 1].starts_with("│ lisen is no call"), "{text}");
    assert!(lines[caret + 2].starts_with("│ did you mean"), "{text}");
}

#[test]
fn a_refused_line_can_be_cleared_and_is_gone_when_the_prompt_opens_again() {
    let mut play = Play::menu(Lang::En);
    play.keys("f : type:lisen(fd,~5) enter ^u");
    assert!(play.app.prompt.is_empty());
    play.keys("type:nonsense enter esc :");
    assert!(play.app.prompt.is_empty() && play.app.prompt.error.is_none());
    play.keys("up");
    assert_eq!(play.app.prompt.text(), "nonsense");
}

#[test]
fn long_input_is_wrapped_and_the_caret_stands_below_its_place() {
    let mut play = Play::menu(Lang::En);
    let long = format!("f : type:int~s~=~{}nobody; enter", "1~+~".repeat(40));
    let text = play.keys(&long).text((80, 24));
    let lines: Vec<&str> = text.lines().collect();
    let caret = lines.iter().position(|line| line.contains("^^^")).expect("a caret");
    let column = |line: &str, what: &str| line.find(what).map(|at| width(&line[..at]));
    assert_eq!(column(lines[caret], "^"), column(lines[caret - 1], "nobody"), "{text}");
}

#[test]
fn tab_completes_and_on_an_empty_line_picks_the_process() {
    let mut play = Play::menu(Lang::En);
    play.keys("f :");
    let first = play.app.prompt.process.clone();
    play.keys("tab");
    assert_ne!(play.app.prompt.process, first);
    play.keys("type:lis tab");
    assert_eq!(play.app.prompt.text(), "listen(");
    assert!(play.text((80, 24)).contains("[int sockfd]"));
}

#[test]
fn a_paste_opens_the_prompt_and_arrives_whole() {
    let text = "int x = 0123456789;\n".repeat(150);
    let mut play = Play::lesson(Lang::En);
    play.tell(Msg::Paste(text.clone()));
    assert_eq!(play.app.over, Some(Over::Prompt));
    assert_eq!(play.app.prompt.text(), text);
}
