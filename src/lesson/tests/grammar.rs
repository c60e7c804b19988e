//! Every construct of the grammar, as the design describes it.

use std::time::Duration;

use super::*;
use crate::model::{Errno, KernelPart, Need, Preset, Rung, Signal, TcpState};

#[test]
fn only_an_id_is_required_and_the_rest_is_one_server_and_one_client() {
    let lesson = lesson("```lab\nhold\n```\n");
    assert_eq!((lesson.id.as_str(), lesson.title.as_str()), ("x", "X"));
    assert_eq!(lesson.spec, LabSpec::two_hosts());
    assert_eq!((lesson.chapter, lesson.minutes), (None, None));
}

#[test]
fn every_key_of_the_front_matter_is_taken_over() {
    let text = "---\n# a comment\nid: all-keys\nchapter: 2\nminutes: 15\nlab: wire\npreset: quick\n\
        show: backlog, states\nhosts: @left 192.0.2.7, @right 192.0.2.9 2001:db8::42\n\
        processes: a @left, b1..3 @right +cap_net_raw\nmisconceptions: 2, 23\nquickack: off\n\
        needs: ss, Linux 6.10, CONFIG_IP_MROUTE\n---\n\
        # X\n```lab\nhold\n```\n";
    let lesson = parse("x.md", text).expect("a lesson");
    assert_eq!((lesson.chapter, lesson.minutes), (Some(2), Some(15)));
    assert_eq!(lesson.show, [Show::Backlog, Show::States]);
    assert_eq!(lesson.misconceptions.iter().map(|one| one.number).collect::<Vec<_>>(), [2, 23]);
    let part = Need::Part(KernelPart::IpMroute);
    assert_eq!(lesson.needs, [Need::Program("ss".to_owned()), Need::Linux(6, 10), part]);
    let spec = &lesson.spec;
    assert_eq!((spec.rung, spec.preset, spec.quickack), (Rung::Wire, Preset::Quick, false));
    let hosts: Vec<String> = spec
        .hosts
        .iter()
        .map(|host| format!("{} {} {}", host.name, host.v4, host.v6.expect("an address")))
        .collect();
    assert_eq!(hosts, ["@left 192.0.2.7 2001:db8::7", "@right 192.0.2.9 2001:db8::42"]);
    let processes: Vec<String> = spec
        .processes
        .iter()
        .map(|process| format!("{} {} {}", process.name, process.host, process.net_raw))
        .collect();
    assert_eq!(processes, ["a @left false", "b1 @right true", "b2 @right true", "b3 @right true"]);
}

#[test]
fn without_processes_each_host_has_one_of_its_name() {
    let text =
        "---\nid: x\nhosts: @left 192.0.2.7, @right 192.0.2.9\n---\n# X\n```c left\nint n;\n```\n";
    let lesson = parse("x.md", text).expect("a lesson");
    let names: Vec<&str> = lesson.spec.processes.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["left", "right"]);
    assert_eq!(
        constants(&lesson.spec),
        [("SERVER_IP", "192.0.2.7".to_owned()), ("CLIENT_IP", "192.0.2.9".to_owned())]
    );
}

#[test]
fn a_step_ends_at_a_system_call_and_what_stands_before_belongs_to_it() {
    let lesson = lesson(
        "```c server\nint a = 1;\nint b = 2;\nint fd = socket(AF_INET, SOCK_STREAM, 0); // = 3\n\
         int c = 4; /* a word */\n// another\n```\n",
    );
    assert_eq!(codes(&lesson), ["int fd = socket(AF_INET, SOCK_STREAM, 0);", "int c = 4;"]);
    let Does::C(code) = &lesson.steps[0].does else { panic!("C") };
    assert_eq!(code.lines.len(), 3);
    assert_eq!(code.lines[2].expectations, [Expectation::Returned(3)]);
    assert!(code.scope.variable("fd").is_some());
    assert!(code.scope.variable("c").is_none(), "it is declared by the next step");
    let place = &lesson.steps[0].place;
    assert_eq!((place.line, place.column), (7, 1));
}

#[test]
fn a_look_makes_a_pure_statement_a_step_of_its_own() {
    let lesson = lesson(
        "```c server\nint a = 1;\nstruct sockaddr_in addr = {\n    .sin_family = AF_INET,\n};   // look addr\n\
         int fd = socket(AF_INET, SOCK_STREAM, 0); // = 3, look fd\n```\n",
    );
    assert_eq!(lesson.steps.len(), 2);
    let Does::C(code) = &lesson.steps[0].does else { panic!("C") };
    assert_eq!(code.lines[1].expectations, [Expectation::Look("addr".into())]);
    let Does::C(code) = &lesson.steps[1].does else { panic!("C") };
    let both = [Expectation::Returned(3), Expectation::Look("fd".into())];
    assert_eq!(code.lines[0].expectations, both);
}

#[test]
fn every_expectation_of_a_statement_is_read() {
    let call = "close(7);";
    let table: &[(&str, &str, Expectation)] = &[
        (call, "= 5", Expectation::Returned(5)),
        (call, "=   -1   EBADF", Expectation::Failed(Errno(9))),
        (call, "= -1 EWOULDBLOCK", Expectation::Failed(Errno(11))),
        (call, "= ?", Expectation::Any),
        (call, "blocks", Expectation::Blocks),
        (call, "killed SIGPIPE", Expectation::Killed(Signal(13))),
        (call, "killed PIPE", Expectation::Killed(Signal(13))),
        ("int x = 5;", "look x", Expectation::Look("x".into())),
        ("1 - 2;", "= -1", Expectation::Returned(-1)),
    ];
    for (statement, comment, expected) in table {
        let lesson = lesson(&format!("```c server\n{statement} // {comment}\n```\n"));
        let Does::C(code) = &lesson.steps[0].does else { panic!("C") };
        assert_eq!(code.lines[0].expectations, std::slice::from_ref(expected), "{comment}");
    }
}

#[test]
fn a_fence_with_several_names_runs_whole_for_each_in_turn() {
    let text = "---\nid: x\nprocesses: a @server, b @client\n---\n# X\nBoth.\n```c a b\n\
        int fd = socket(AF_INET, SOCK_STREAM, 0);\nclose(fd);\n```\n";
    let lesson = parse("x.md", text).expect("a lesson");
    let who: Vec<String> = lesson
        .steps
        .iter()
        .map(|step| match &step.does {
            Does::C(code) => format!("{} {}", code.process, step.narration.len()),
            Does::Lab(_) | Does::Load(_) => "lab".into(),
        })
        .collect();
    assert_eq!(who, ["a 1", "a 0", "b 0", "b 0"]);
}

#[test]
fn words_belong_to_the_step_behind_them_and_conclusions_to_the_checks_before() {
    let lesson = lesson(
        "Hello.\n\n> Longer hello.\n\n## One\n\nFirst,\n*second*\n`third`.\n\nNext paragraph.\n\n> Longer.\n>\n> Much longer.\n\n\
         <!-- for the teacher:\n\n12345 -->\n```lab\nhold\nmark a\nexpect wire empty\nauto\n\n# a note\nexpect wire empty\n```\n\n> So it is.\n\nOver.\n",
    );
    let text = |all: &[Prose]| all.iter().map(Prose::to_string).collect::<Vec<_>>();
    assert_eq!(text(&lesson.intro), ["Hello."]);
    assert_eq!(text(&lesson.intro_more), ["Longer hello."]);
    let step = &lesson.steps[0];
    assert_eq!(step.scene, Some(0));
    assert_eq!(text(&step.narration), ["First, second `third`.", "Next paragraph."]);
    assert_eq!(text(&step.more), ["Longer.", "Much longer."]);
    assert!(lesson.steps[1].narration.is_empty());
    assert_eq!(lesson.steps[1].checks.len(), 1);
    let conclusion = lesson.steps[2].conclusion.as_ref().expect("a conclusion");
    assert_eq!((conclusion.since, text(&conclusion.words)), (1, vec!["So it is.".to_owned()]));
    assert_eq!(text(&lesson.closing), ["Over."]);
    let styles: Vec<Style> = step.narration[0].pieces.iter().map(|piece| piece.style).collect();
    assert_eq!(styles, [Style::Plain, Style::Emphasis, Style::Plain, Style::Code, Style::Plain]);
}

#[test]
fn steps_before_the_first_scene_are_fine_and_keep_their_words() {
    let lesson = lesson("Words.\n```lab\nhold\n```\n## Later\n```lab\nauto\n```\n");
    assert_eq!((lesson.steps[0].scene, lesson.steps[1].scene), (None, Some(0)));
    assert_eq!(lesson.steps[0].narration.len(), 1);
    assert_eq!(lesson.scenes[0].first, 1);
    assert!(lesson.intro.is_empty());
}

#[test]
fn a_lesson_without_a_title_bears_its_id_and_a_scene_may_be_words_alone() {
    let text =
        "---\nid: x\n---\n## One\n\nWords.\n\n## Two\n```lab\nhold\n```\n## Three\n\nOver.\n";
    let lesson = parse("x.md", text).expect("a lesson");
    assert_eq!(lesson.title, "x");
    let scenes: Vec<usize> = lesson.scenes.iter().map(|scene| scene.first).collect();
    assert_eq!(scenes, [0, 0, 1]);
    assert_eq!(lesson.steps[0].narration.len(), 1);
    assert_eq!(lesson.closing.len(), 1);
}

#[test]
fn chinese_lines_are_joined_without_a_space() {
    let lesson = lesson("服务端\n监听。\n`fd`\n是 3。\n```lab\nhold\n```\n");
    assert_eq!(lesson.steps[0].narration[0].to_string(), "服务端监听。 `fd` 是 3。");
}

#[test]
fn a_list_is_words_too() {
    let lesson = lesson("- one\n- *two*\n\n1. three\n```lab\nhold\n```\n");
    let text: Vec<String> = lesson.steps[0].narration.iter().map(Prose::to_string).collect();
    assert_eq!(text, ["• one", "• two", "1. three"]);
}

#[test]
fn a_question_is_asked_before_its_step_and_judged_at_the_next_expect() {
    let lesson = lesson(&format!(
        "{CONNECTED}Which?\n\n- [ ] `server conn is ESTABLISHED` it *is* there\n- [ ] `client in recv` it sleeps\n\n\
         ```c server\nint conn = accept(fd, NULL, NULL); // = 4\n```\n```lab\nauto\nexpect server fd queue 0/5\n```\n"
    ));
    let asked = lesson.steps.iter().position(|step| step.question.is_some()).expect("a question");
    let question = lesson.steps[asked].question.as_ref().expect("a question");
    assert_eq!(lesson.steps[asked].code, "int conn = accept(fd, NULL, NULL);");
    assert_eq!(question.judged, asked + 1);
    let choices: Vec<String> =
        question.choices.iter().map(|one| format!("{} -> {}", one.fact, one.words)).collect();
    assert_eq!(
        choices,
        ["server conn is ESTABLISHED -> it is there", "client in recv -> it sleeps"]
    );
}

#[test]
fn every_line_of_a_lab_fence_is_read() {
    let text = "---\nid: x\n---\n# X\n```lab\nhold\nhold SYN,ACK of client from @server\nauto\ndeliver any\ndeliver all\n\
        drop FIN from @client of client\nduplicate DATA\nswap\ncut\nmend\nunreachable net\nspawn other @client\n\
        run web @server: curl http://x:80/ # all of it\nkill -9 other\nstop client\ncont client\nreboot @server\n\
        set @server net.ipv4.tcp_rmem = 4096 87380 99999\nmark here\nagain here\nwait 0.5s\nwait 250ms\n\
        wait client in connect\nwait within 5s wire empty\n```\n";
    let lesson =
        parse_with("x.md", text.as_bytes(), Options { allow_run: true, ..Options::default() });
    let lesson = lesson.unwrap_or_else(|all| panic!("{}", render(&all)));
    let seen: Vec<String> = lesson
        .steps
        .iter()
        .map(|step| match &step.does {
            Does::Lab(line) => format!("{line:?}"),
            Does::C(_) | Does::Load(_) => "C".into(),
        })
        .collect();
    insta::assert_snapshot!(seen.join("\n"));
}

#[test]
fn every_fact_is_read_and_says_itself_again() {
    let facts = [
        "server fd is LISTEN",
        "server 3 is CLOSE",
        "server fd is closed",
        "server fd queue 2/1",
        "server conn recv 5",
        "client fd send 0",
        "client in connect",
        "client in recv",
        "server returned 4",
        "client returned -1 ECONNREFUSED",
        "client dead SIGPIPE",
        "client exit 1",
        "server: got[0].data.fd == b && n > -1",
        "@server has 2 SYN_RECV",
        "@server counts ListenOverflows > 0",
        "wire holds SYN,ACK",
        "wire holds 2 DATA of client from @client",
        "wire empty",
        "not wire holds RST",
        "not @client has 0 TIME_WAIT",
    ];
    for text in facts {
        let fact: Fact = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(fact.to_string(), text);
    }
    for (text, canonical) in [
        ("server  fd\tis CLOSED", "server fd is CLOSE"),
        ("client returned -1 EWOULDBLOCK", "client returned -1 EAGAIN"),
        ("client dead 9", "client dead SIGKILL"),
        ("client dead exit 3", "client exit 3"),
        ("client in accept()", "client in accept"),
        ("server:n==1", "server: n==1"),
        ("wire holds ACK from @client of client", "wire holds ACK of client from @client"),
    ] {
        assert_eq!(text.parse::<Fact>().map(|fact| fact.to_string()), Ok(canonical.to_owned()));
    }
}

#[test]
fn in_a_fact_its_words_win_over_a_variable_of_that_name() {
    let lesson = lesson(
        "```c server\nint in = socket(AF_INET, SOCK_STREAM, 0);\n```\n```lab\nexpect server in accept\n```\n",
    );
    assert!(matches!(lesson.steps[0].checks[0].fact, Fact::In { .. }));
}

#[test]
fn an_expectation_says_how_long_it_waits() {
    let lesson = lesson(
        "```lab\nhold\nexpect wire empty\nexpect within 10s wire empty\nexpect for 1500ms wire empty\n```\n",
    );
    let shown: Vec<String> =
        lesson.steps[0].checks.iter().map(|check| check.patience.to_string()).collect();
    assert_eq!(shown, ["within 1s", "within 10s", "for 1500ms"]);
    assert_eq!(lesson.steps[0].checks[0].patience, Patience::Within(Duration::from_secs(1)));
}

#[test]
fn again_brings_back_what_each_process_knew_at_the_mark() {
    let lesson = lesson(
        "```c server\nint a;\n```\n```lab\nmark one\n```\n```c server\nint b;\n```\n```lab\nmark two\nagain one\n```\n\
         ```c server\nint b = 7; // look b\n```\n```lab\nagain two\nexpect server: b == 0\n```\n",
    );
    let at = |code: &str| lesson.steps.iter().position(|step| step.code == code).expect("a step");
    assert_eq!(lesson.path_to(at("mark two")), [0, 1, 2]);
    assert_eq!(lesson.path_to(at("int b = 7;")), [0, 1]);
    assert_eq!(lesson.path_to(at("again two")), [0, 1, 5]);
    assert_eq!(lesson.path_to(lesson.steps.len()), [0, 1, 2, 3]);
    let Does::Lab(LabLine::Again { step, .. }) = &lesson.steps[at("again two")].does else {
        panic!("again")
    };
    assert_eq!(*step, 3);
}

#[test]
fn a_child_knows_what_its_parent_knew() {
    let lesson = lesson(
        "```c server\nint n = 5;\npid_t pid = fork(); // child worker\nint later;\nfork();\n```\n\
         ```c worker\nn = 6;\npid == 0; // = 1\n```\n```lab\nexpect server.1: later == 0\nexpect not worker exit 0\n```\n",
    );
    let who = lesson.steps.iter().filter_map(|step| match &step.does {
        Does::C(code) => Some(code.process.as_str()),
        Does::Lab(_) | Does::Load(_) => None,
    });
    assert_eq!(who.collect::<Vec<_>>(), ["server", "server", "worker"]);
}

#[test]
fn a_process_that_died_can_be_spawned_anew_and_has_forgotten() {
    let lesson = lesson(
        "```c client\nint n;\n```\n```lab\nkill -KILL client\nexpect client dead SIGKILL\nspawn client @client\n```\n\
         ```c client\nint n = 3;\n```\n",
    );
    assert_eq!(lesson.steps.len(), 4);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let unix = format!(
        "{HEAD}Words,\nmore.\n\n{CONNECTED}```lab\nexpect server fd queue 1/5\n```\n\n> Good.\n"
    );
    let windows = format!("\u{feff}{}", unix.replace('\n', "\r\n"));
    let (unix, windows) =
        (parse("x.md", &unix).expect("unix"), parse("x.md", &windows).expect("windows"));
    assert_eq!(codes(&unix), codes(&windows));
    let places = |lesson: &Lesson| -> Vec<(usize, usize)> {
        lesson.steps.iter().map(|step| (step.place.line, step.place.column)).collect()
    };
    assert_eq!(places(&unix), places(&windows));
    assert_eq!(unix.steps[0].narration, windows.steps[0].narration);
    assert!(windows.steps.iter().any(|step| step.conclusion.is_some()));
}

#[test]
fn words_for_the_reader_stand_in_c_where_they_can_be_no_expectation() {
    let lesson = lesson(
        "```c server\n#include <sys/socket.h>\n#define PORT 8080 // the port\n// on its own\nint fd /* here */ = 3;\n\
         struct sockaddr_in a = {\n    .sin_port = htons(PORT), // network order\n};\nchar *s = \"// no comment\";\n```\n",
    );
    assert_eq!(lesson.steps.len(), 1);
}

#[test]
fn a_summary_says_what_a_lesson_shows() {
    let lesson = lesson(&format!(
        "{CONNECTED}```lab\nexpect client fd is ESTABLISHED\nexpect @server has 0 SYN_RECV\nexpect not @client has 0 TIME_WAIT\n```\n\
         ```c client\nsend(fd, \"listen(\", 7, MSG_NOSIGNAL); // = -1 EPIPE\n```\n"
    ));
    let summary = lesson.summary();
    let calls: Vec<&str> = summary.calls.into_iter().collect();
    assert_eq!(calls, ["bind", "connect", "listen", "send", "socket"]);
    let states: Vec<TcpState> = summary.states.into_iter().collect();
    assert_eq!(states, [TcpState::Established, TcpState::TimeWait]);
    assert_eq!(summary.errnos.into_iter().collect::<Vec<_>>(), [Errno(32)]);
    assert_eq!((summary.steps, summary.scenes, summary.expectations), (6, 0, 8));
}

#[test]
fn fences_together_are_one_step_as_long_as_nothing_stands_between_them() {
    let lesson = lesson(
        "```lab together\nhold SYN\nhold FIN\n```\n```c server together\n\
         int a = socket(AF_INET, SOCK_STREAM, 0);\nint b = socket(AF_INET, SOCK_STREAM, 0);\n```\n\n\
         Words.\n\n```c server together\nclose(a = 7);\n```\n```lab\nmark here\nauto\n```\n",
    );
    let joined: Vec<bool> = lesson.steps.iter().map(|step| step.joined).collect();
    assert_eq!(joined, [true, true, true, false, false, true, false]);
    assert_eq!(lesson.count(), 3);
    let numbers: Vec<usize> = (0..=7).map(|index| lesson.number_of(index)).collect();
    assert_eq!(numbers, [0, 0, 0, 0, 1, 2, 2, 3]);
    let indices: Vec<Option<usize>> = (0..5).map(|number| lesson.index_of(number)).collect();
    assert_eq!(indices, [Some(0), Some(4), Some(5), Some(7), None]);
    assert_eq!(
        lesson.code_from(0),
        "hold SYN; hold FIN; int a = socket(AF_INET, SOCK_STREAM, 0); \
         int b = socket(AF_INET, SOCK_STREAM, 0);"
    );
    assert_eq!(lesson.code_from(5), "auto");
}

#[test]
fn a_program_may_begin_with_a_byte_order_mark_and_an_empty_file_is_none() {
    let source = program_text("p.c", b"\xef\xbb\xbfint main(void) { }").expect("it is a text");
    assert_eq!(&*source.text, "int main(void) { }");
    for empty in [&b""[..], b"\xef\xbb\xbf\n"] {
        let wrong = program_text("p.c", empty).expect_err("it is empty");
        assert!(render(&wrong).contains("expected a C program with main()"));
    }
}
