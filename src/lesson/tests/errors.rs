//! Every error, as it is shown.

use super::*;

/// Snapshots one long text of what is wrong with each of these bodies.
macro_rules! refused {
    ($($name:ident: $($body:expr),+ $(,)?;)+) => {
        $(#[test]
        fn $name() {
            let texts: Vec<String> = [$($body),+].iter().map(|body| wrong(body)).collect();
            insta::assert_snapshot!(texts.join("\n"));
        })+
    };
}

refused! {
    c_that_does_not_compile:
        "```c server\nint fd = socket(AF_INET, SOCK_STREAM, 0)\n```\n",
        "```c server\nchar s[] = \"监听\"; bund(s, 1);\n```\n";
    an_expectation_that_is_none:
        "```c server\nclose(3); // works\n```\n",
        "```c server\nclose(3); // = \n```\n",
        "```c server\nclose(3); // = three\n```\n",
        "```c server\nclose(3); // = -1 EBADFD2\n```\n",
        "```c server\nclose(3); // block\n```\n",
        "```c server\nclose(3); // killed SIGPIP\n```\n",
        "```c server\nclose(3); // = 3, blocks\n```\n",
        "```c server\nclose(3); // = 3 4\n```\n",
        "```c server\nclose(3); // look nothing\n```\n";
    an_expectation_in_the_wrong_place:
        "```c server\nint a = 3; // blocks\n```\n",
        "```c server\nclose(3); // child worker\n```\n",
        "```c server\nstruct sockaddr_in a = { 0 }; // = 0\n```\n",
        "```c server\n// = 3 is fine on its own line\n/* but */ // = 3\nint a;\n```\n",
        "```c server\nwhile (1) {\n    close(3); // = 0\n}\n```\n";
    something_behind_a_call_that_blocks:
        "```c server\naccept(3, NULL, NULL); // blocks\nclose(3);\n```\n",
        "```c server\nwrite(3, \"x\", 1); // killed SIGPIPE\nclose(3);\n```\n";
    a_dead_process_that_is_to_go_on:
        "```lab\nkill -KILL client\n```\n```c client\nclose(3);\n```\n",
        "```lab\nreboot @client\n```\n```c client\nclose(3);\n```\n";
    a_fence_of_the_wrong_kind:
        "```python server\nx\n```\n",
        "```\nx\n```\n",
        "```c\nint a;\n```\n",
        "```C server\nint a;\n```\n",
        "```c sever\nint a;\n```\n",
        "```c server server\nint a;\n```\n",
        "```lab here\nhold\n```\n",
        "```lab\nhold\n",
        "    int a;\n\n```lab\nhold\n```\n",
        "- ```c server\n  int a;\n  ```\n\n```lab\nhold\n```\n",
        "> ```lab\n> hold\n> ```\n\n```lab\nhold\n```\n";
    a_line_of_a_lab_fence_that_is_none:
        "```lab\nholds\n```\n",
        "```lab\ndeliver\n```\n",
        "```lab\ndeliver syn\n```\n",
        "```lab\ndeliver SYN form @client\n```\n",
        "```lab\ndrop all\n```\n",
        "```lab\nhold SYN of cleint\n```\n",
        "```lab\nhold SYN from client\n```\n",
        "```lab\nhold SYN from @clinet\n```\n",
        "```lab\nunreachable moon\n```\n",
        "```lab\nspawn\n```\n",
        "```lab\nspawn 9 @client\n```\n",
        "```lab\nkill KILL client\n```\n",
        "```lab\nkill -KIL client\n```\n",
        "```lab\nstop nobody\n```\n",
        "```lab\nauto now\n```\n",
        "```lab\nwait\n```\n",
        "```lab\nwait 3\n```\n",
        "```lab\nwait 3h\n```\n",
        "```lab\nwait 0s\n```\n",
        "```lab\nreboot server\n```\n";
    set_outside_of_net:
        "```lab\nset @server kernel.hostname = x\n```\n",
        "```lab\nset @server net.ipv4/../../kernel/x = 1\n```\n",
        "```lab\nset @server net.ipv4..tcp_rmem = 1\n```\n",
        "```lab\nset @server tcp_rmem = 1\n```\n",
        "```lab\nset @server net.ipv4.tcp_rmem 1\n```\n",
        "```lab\nset @server net.ipv4.tcp_rmem =\n```\n";
    a_command_of_this_machine: "```lab\nrun web @server: curl http://x/\n```\n";
    marks_that_are_not_there:
        "```lab\nagain ready\n```\n",
        "```lab\nmark ready\nagain redy\n```\n",
        "```lab\nmark ready\nmark ready\n```\n";
    an_expect_before_any_step: "```lab\nexpect wire empty\nhold\n```\n";
    a_fact_that_is_none:
        "```lab\nhold\nexpect\n```\n",
        "```lab\nhold\nexpect within wire empty\n```\n",
        "```lab\nhold\nexpect within 10s\n```\n",
        "```lab\nhold\nexpect server\n```\n",
        "```lab\nhold\nexpect server 3 is ESTABLISED\n```\n",
        "```lab\nhold\nexpect server 3 is FIN-WAIT-1\n```\n",
        "```lab\nhold\nexpect server 3 has 5\n```\n",
        "```lab\nhold\nexpect server 3 queue 2 / 1\n```\n",
        "```lab\nhold\nexpect server 3 recv many\n```\n",
        "```lab\nhold\nexpect server 3 recv -1\n```\n",
        "```lab\nhold\nexpect server returns 4\n```\n",
        "```lab\nhold\nexpect server returned -2\n```\n",
        "```lab\nhold\nexpect server has 1 LISTEN\n```\n",
        "```lab\nhold\nexpect server returned -1\n```\n",
        "```lab\nhold\nexpect server returned -1 EREFUSED\n```\n",
        "```lab\nhold\nexpect server in acept\n```\n",
        "```lab\nhold\nexpect server in printf\n```\n",
        "```lab\nhold\nexpect server dead SIGFOO\n```\n",
        "```lab\nhold\nexpect server exit 256\n```\n",
        "```lab\nhold\nexpect server:\n```\n",
        "```lab\nhold\nexpect server: 1 +\n```\n",
        "```lab\nhold\nexpect server: close(3)\n```\n",
        "```c server\nint n;\n```\n```lab\nexpect server: n = 5\n```\n",
        "```c server\nint n;\n```\n```lab\nexpect server: (n += 1) == 1 || n-- > 2\n```\n",
        "```lab\nhold\nexpect @server has LISTEN\n```\n",
        "```lab\nhold\nexpect @server counts ListenOverflows >0\n```\n",
        "```lab\nhold\nexpect @server counts Listen/Over > 0\n```\n",
        "```lab\nhold\nexpect @server counts RcvbufErrors > 0\n```\n",
        "```lab\nhold\nexpect @serve has 1 LISTEN\n```\n",
        "```lab\nhold\nexpect wire hold SYN\n```\n",
        "```lab\nhold\nexpect wire holds 2\n```\n",
        "```lab\nhold\nexpect wire empty now\n```\n",
        "```lab\nhold\nexpect not not wire empty\n```\n";
    a_descriptor_that_is_no_variable:
        "```c server\nint conn;\n```\n```lab\nexpect server con is ESTABLISHED\n```\n",
        "```c server\nint conn;\n```\n```lab\nexpect client conn is ESTABLISHED\n```\n",
        "```lab\nhold\nexpect server x->y is ESTABLISHED\n```\n";
    a_question_that_can_not_be_judged:
        "- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\n```lab\nhold\n```\n",
        "```lab\nhold\n```\n- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n",
        "```lab\nhold\n```\n- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\n```lab\nexpect wire empty\n```\n",
        "- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\n```lab\nhold\n```\n\
         - [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\n```lab\nauto\nexpect wire empty\n```\n",
        "- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\nWords.\n\n- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\n\
         ```lab\nauto\nexpect wire empty\n```\n";
    a_choice_that_is_none:
        "- [ ] only words\n- [ ] `wire empty` yes\n\n```lab\nhold\nexpect wire empty\n```\n",
        "- [ ] `wire empty`\n- [ ] `not wire empty` no\n\n```lab\nhold\nexpect wire empty\n```\n",
        "- [x] `wire empty` yes\n- [ ] `not wire empty` no\n\n```lab\nhold\nexpect wire empty\n```\n",
        "- [ ] `wire empty` yes\n\n```lab\nhold\nexpect wire empty\n```\n",
        "- [ ] `wire empty` yes\n- [ ] `wire empty` no\n\n```lab\nhold\nexpect wire empty\n```\n",
        "- [ ] `wire  emty` yes\n- [ ] `server conn recv 1` no\n\n```lab\nhold\nexpect wire empty\n```\n",
        "- [ ] `wire empty` yes\n- an item\n\n```lab\nhold\nexpect wire empty\n```\n";
    a_quote_that_belongs_to_nothing:
        "```lab\nhold\n```\n> So it is.\n",
        "```c server\nclose(3); // = -1 EBADF\n```\n> So it is.\n",
        "```lab\nexpect wire empty\n```\n",
        "## Scene\n\n> So it is.\n\n```lab\nhold\n```\n",
        "```lab\nhold\nexpect wire empty\nauto\n```\n> So it is.\n";
    a_number_that_the_kernel_chose:
        "The port is 40001.\n```lab\nhold\n```\n",
        "The port is `40001`, not **４０００１**.\n```lab\nhold\n```\n",
        "Words.\n> Process 10234 sleeps.\n```lab\nhold\n```\n",
        "```lab\nhold\nexpect wire empty\n```\n> 40002 is next.\n",
        "## 99999 bytes\n```lab\nhold\n```\n",
        "4&#48;001\n```lab\nhold\n```\n";
    a_heading_too_wide:
        "## Of connections that nobody wanted and of everything that became of them in the end\n```lab\nhold\n```\n";
    an_expectation_in_a_program:
        "```c server program\nint main(void)\n{\n    int fd = socket(AF_INET, SOCK_STREAM, 0);   // = 99\n    return 0; // fine\n}\n```\n";
    a_main_that_nobody_calls:
        "```c server\nint main(void)\n{\n    return 0;\n}\n```\n";
    markdown_that_means_nothing_here:
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```lab\nhold\n```\n",
        "### Too deep\n```lab\nhold\n```\n",
        "# A second title\n```lab\nhold\n```\n",
        "![a picture](x.png)\n```lab\nhold\n```\n",
        "<div>x</div>\n\n```lab\nhold\n```\n",
        "A <b>bold</b> word.\n```lab\nhold\n```\n",
        "<!-- a note --> and words\n```lab\nhold\n```\n",
        "<!-- a note\n```lab\nhold\n```\n",
        "- one\n  - two\n\n```lab\nhold\n```\n";
    a_lesson_without_a_step: "Only words.\n";
    several_errors_at_once:
        "```c server\nint fd = ;\n```\n```c client\nclose(3) // = 0\n```\n```lab\nholt\nexpect server fd is LISTNE\nexpect clinet 3 is LISTEN\n```\n> Words 12345.\n";
}

#[test]
fn front_matters_that_are_none() {
    let cases = [
        "",
        "   \n\n",
        "# A title\n",
        "---\nid: x\n# A title\n",
        "---\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: X Y\nchapter: zero\nminutes: 9999\nlab: moon\npreset: clam\nshow: bytes, byte\nquickack: yes\nmisconceptions: 1; 2\ntitle: x\nid:\nwords\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nid: y\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nhosts: server 198.51.100.1\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nhosts: @server 8.8.8.8\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nhosts: @server 198.51.100.1, @client 198.51.100.1\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nhosts: @server 198.51.100.1, @client 192.0.2.1\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nhosts: @server 198.51.100.1 fe80::1\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nhosts: @alpha 192.0.2.1, @beta 8.8.8.8\nprocesses: a @alpha, b @beta\n---\n# X\n```c a\nint n;\n```\n",
        "---\nid: x\nprocesses: a @mars\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nprocesses: a @server, a @client\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nprocesses: c4..1 @server\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nprocesses: c1..999 @server\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nprocesses: wire @server\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nprocesses: a @server +cap_sys_admin\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nneeds: CONFIG_IP_MROUT\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nneeds: Linux six\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nneeds: ss; rm -rf /\n---\n# X\n```lab\nhold\n```\n",
        "---\nid: x\nprocesses: überserver @server\n---\n# X\n```lab\nhold\n```\n",
    ];
    let texts: Vec<String> = cases.iter().map(|text| errors(text)).collect();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_loopback_lab_has_no_wire() {
    let text = "---\nid: x\nlab: loopback\n---\n# X\n```lab\nhold\nexpect wire empty\nreboot @server\nwait not wire empty\n```\n";
    insta::assert_snapshot!(errors(text));
}

#[test]
fn bytes_that_are_no_text() {
    let cases: [&[u8]; 6] = [
        b"---\nid: x\n---\n# \xe5\xa5\xbd\xff\n",
        b"\xff\xfe-\0-\0-\0",
        b"---\nid: x\n---\n# X\n\x1b[2J\n",
        b"---\nid: x\n---\n# X\n\0\n",
        "---\nid: x\n---\n# X\nleft \u{202e} right\n".as_bytes(),
        b"---\rid: x\r---\r# X\r",
    ];
    let read = |bytes: &[u8]| match parse_with("x.md", bytes, Options::default()) {
        Ok(_) => panic!("it is read as a lesson"),
        Err(all) => render(&all),
    };
    let texts: Vec<String> = cases.into_iter().map(read).collect();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn absurd_sizes_are_refused() {
    let fence = |body: &str| format!("{HEAD}```c server\n{body}\n```\n");
    let cases = [
        "x".repeat(600_000),
        format!("{HEAD}{}", "x".repeat(20_000)),
        format!("{HEAD}{} x\n", ">".repeat(1_000)),
        format!("{HEAD}{} x\n", "> ".repeat(1_000)),
        format!("{HEAD}```lab\n{}```\n", "hold\n".repeat(5_000)),
        fence(&format!("int a = {}1;", "(".repeat(8_000))),
        fence(&"close(3);\n".repeat(1_500)),
        format!("{HEAD}```lab\nhold\n{}```\n", "expect wire empty\n".repeat(5_000)),
        format!("{HEAD}{}", "- [ ] `wire empty` a\n".repeat(5_000)),
    ];
    for text in cases {
        let start = std::time::Instant::now();
        let all = parse("x.md", &text).expect_err("it is refused");
        assert!(start.elapsed().as_secs() < 20, "{}", all[0].message);
        assert!(render(&all).len() < 4_000);
        assert!(all.len() < 5, "{}", all.len());
    }
}

#[test]
fn a_step_that_does_not_compile_is_the_only_error_of_its_question() {
    let text = wrong(
        "```c client\nint fd = socket(AF_INET, SOCK_DGRAM, 0);\n```\n\
         - [ ] `client returned 0` a\n- [ ] `client returned 1` b\n\n\
         ```c client\nclose(elsewhere);\n```\n```lab\nexpect client returned 0\n```\n\
         - [ ] `client returned 3` a\n- [ ] `client returned 4` b\n\n\
         ```c client\nclose(fd);\n```\n```lab\nexpect client returned 0\n```\n",
    );
    assert!(text.contains("elsewhere is not declared"), "{text}");
    assert_eq!(text.matches("x.md:").count(), 1, "{text}");
}
