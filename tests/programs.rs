//! C programs of lecture notes, run as they are: a C compiler takes each of them without a warning,
//! and so does sockstep, where they come to the end that they are written for.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sockstep::model::LabSpec;
use support::lab_or_skip;

/// What is run together, and what must be said about it.
struct Play {
    files: &'static [&'static str],
    options: &'static [&'static str],
    /// Parts of lines that must be there, in this order.
    says: &'static [&'static str],
}

const ECHO: [&str; 4] = ["--args", "echo_server.c:9190", "--args", "echo_client.c:SERVER_IP 9190"];

const PLAYS: &[Play] = &[
    Play {
        files: &["echo_client", "echo_server"],
        options: &ECHO,
        says: &[
            "echo_server: Connected client 1",
            "Message from server: hello",
            "Message from server: bye",
            "echo_server  asleep in accept",
            "echo_client  +++ exited with 0 +++",
        ],
    },
    Play {
        files: &["time_server", "time_client"],
        options: &["--args", "time_client.c:SERVER_IP"],
        says: &["time(NULL) = ", "time_server  asleep in accept", "exited with 0"],
    },
    Play {
        files: &["fork_server", "upper_client", "upper_client"],
        options: &[
            "--args",
            "upper_client:SERVER_IP hello",
            "--args",
            "upper_client2:SERVER_IP good bye",
        ],
        says: &[
            "upper_client: hello -> HELLO",
            "upper_client2: good -> GOOD",
            "upper_client2: bye -> BYE",
            "fork_server  asleep in accept",
            "fork_server.1  +++ exited with 0 +++",
            "fork_server.2  +++ exited with 0 +++",
        ],
    },
    Play {
        files: &["select_server", "talk_client"],
        options: &[],
        says: &["talk_client: round 1", "talk_client: round 2", "select_server  asleep in select"],
    },
    Play {
        files: &["poll_server", "talk_client", "talk_client"],
        options: &[],
        says: &["is gone", "poll_server  asleep in poll", "talk_client2  +++ exited with 0"],
    },
    Play {
        files: &["epoll_server", "talk_client"],
        options: &[],
        says: &[
            "got 7 bytes of content: round 1",
            "read later",
            "epoll_server  asleep in epoll_wait",
            "talk_client  +++ exited with 0",
        ],
    },
    Play {
        files: &["udp_client", "udp_server"],
        options: &[],
        says: &[
            "udp_server: Data: This is packet 0",
            "udp_client: Answer: This is packet 1",
            "udp_server  +++ exited with 0",
            "udp_client  +++ exited with 0",
        ],
    },
    Play {
        files: &["unix_client", "unix_server"],
        options: &["--input", "unix_client.c:hello\\nbye"],
        says: &[
            "echo> hello",
            "echo> bye",
            "unix_server  asleep in accept",
            "unix_client  +++ exited with 0",
        ],
    },
    Play {
        files: &["echo_server", "select_client"],
        options: &[
            "--args",
            "echo_server.c:9190",
            "--args",
            "select_client.c:SERVER_IP 9190",
            "--input",
            "select_client.c:hello\\nbye",
        ],
        says: &[
            "select(4, [0 3], NULL, NULL, NULL)",
            "= 1 (in [0])",
            "read(0, \"hello\\n\", 6) = 6",
            "select_client: echo: hello",
            "the server is done",
            "select_client  +++ exited with 0",
        ],
    },
    Play {
        files: &["dgram_server", "dgram_client"],
        options: &[],
        says: &["/tmp/dgram.client says: message 2", "dgram_client  +++ exited with 0"],
    },
    Play {
        files: &["file_server", "file_client"],
        options: &["--args", "file_client.c:SERVER_IP"],
        says: &["sent 45 of 45 bytes, offset 45", "file_client: 45 bytes, 2 lines"],
    },
    Play {
        files: &["sum_server", "half_close_client"],
        options: &["--args", "half_close_client.c:SERVER_IP"],
        says: &["shutdown(3, SHUT_WR) = 0", "sum: 42", "sum_server  +++ exited with 0"],
    },
    Play {
        files: &["reuse_server", "short_client"],
        options: &[],
        says: &[
            "bind: Address already in use",
            "without SO_REUSEADDR: refused",
            "with SO_REUSEADDR: fine",
        ],
    },
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs")
}

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("programs-{name}"))
}

fn sockstep(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sockstep"))
        .args(arguments)
        .current_dir(folder())
        .env("XDG_STATE_HOME", scratch("state"))
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("sockstep runs")
}

fn text(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn run(play: &Play, more: &[&str]) -> Output {
    let files: Vec<String> = play.files.iter().map(|file| format!("{file}.c")).collect();
    let mut arguments = vec!["run"];
    arguments.extend(files.iter().map(String::as_str));
    arguments.extend(play.options);
    arguments.extend(more);
    sockstep(&arguments)
}

#[test]
fn every_program_comes_to_its_end_on_a_real_kernel() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    for play in PLAYS {
        let output = run(play, &[]);
        let said = text(&output);
        assert!(output.status.success(), "{:?}:\n{said}", play.files);
        let mut rest = &*said;
        for part in play.says {
            let at = rest.find(part);
            let at = at.unwrap_or_else(|| panic!("{:?} never says {part}:\n{said}", play.files));
            rest = &rest[at..];
        }
    }
}

#[test]
fn every_program_is_in_a_play_and_a_c_compiler_has_nothing_to_say() {
    let entries = fs::read_dir(folder()).expect("the programs are there");
    for entry in entries {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        assert!(PLAYS.iter().any(|play| play.files.contains(&&*stem)), "{stem} is in no play");
        let out = scratch(&stem);
        let cc = Command::new("cc").args(["-Wall", "-o"]).arg(&out).arg(&path).output();
        // Where there is no C compiler, there is nobody to ask.
        let Ok(cc) = cc else { return };
        assert!(cc.status.success() && cc.stderr.is_empty(), "{stem}: {}", text(&cc));
        let _ = fs::remove_file(out);
    }
}

#[test]
fn a_play_is_told_in_json_and_recorded_too() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let file = scratch("play.sockstep");
    let path = file.to_str().expect("a path");
    let output = run(&PLAYS[0], &["--format", "json", "--save", path]);
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    let calls = lines.iter().filter(|line| line["kind"] == "call").count();
    assert!(calls > 20, "{said}");
    let recording = fs::read_to_string(&file).expect("a recording");
    let read = sockstep::session::recording::read(&recording).expect("a recording of sockstep");
    let session = sockstep::session::Session::replay(read);
    assert!(session.lesson().is_some_and(|lesson| lesson.is_play()));
    let stands = session.timeline().iter().filter_map(|entry| {
        entry.variables.iter().find(|of| of.process.as_str() == "echo_client")?.spot.clone()
    });
    let text = session.lesson().and_then(|l| l.programs().last().cloned()).expect("a program");
    let stands: Vec<String> =
        stands.filter_map(|spot| text.text().get(spot).map(str::to_owned)).collect();
    assert!(stands.iter().any(|code| code.starts_with("recv_cnt = read(")), "{stands:?}");
}

#[test]
fn what_is_wrong_with_a_program_is_shown_at_its_place() {
    let folder = scratch("wrong");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, program, said) in [
        ("call.c", "int main(void)\n{\n    acept(3, 0, 0);\n}\n", ":3:5: acept is no call"),
        ("stray.c", "listen(3, 5);\nint main(void) { return 0; }\n", ":1:1: a statement outside"),
        ("main.c", "int f(void) { return 1; }\n", "there is no main() to run"),
        (
            "in.c",
            "char b[9];\nint main(void) {\n  fgets(b, 9, stdin);\n  return 0; }\n",
            ":3:15: this reads standard input, and none is given",
        ),
        ("float.c", "int main(void) { double x = 1; return 0; }\n", "float.c:1:18"),
    ] {
        let path = folder.join(name);
        fs::write(&path, program).expect("the program can be written");
        for command in ["run", "check", "open"] {
            let output = sockstep(&[command, path.to_str().expect("a path")]);
            let text = text(&output);
            assert_eq!(output.status.code(), Some(2), "{command} {name}: {text}");
            assert!(text.contains(said), "{command} {name}: {text}");
        }
    }
}

#[test]
fn a_fault_while_it_runs_names_file_and_line() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let path = scratch("fault.c");
    fs::write(&path, "#include <stdio.h>\nint main(void)\n{\n    int *p = NULL;\n    *p = 1;\n}\n")
        .expect("the program can be written");
    let output = sockstep(&["run", path.to_str().expect("a path")]);
    let text = text(&output);
    // It dies as a real one would; that is no error of sockstep's.
    assert_eq!(output.status.code(), Some(0), "{text}");
    let said = "programs-fault: programs-fault.c:5:5: this reads or writes through NULL";
    assert!(text.contains(said) && text.contains("+++ killed by SIGSEGV +++"), "{text}");
}

#[test]
fn programs_that_mean_one_machine_share_one_host() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let files = ["run", "echo_server.c", "echo_client.c", "--args", "echo_server.c:9190"];
    let local: Vec<&str> =
        files.into_iter().chain(["--args", "echo_client.c:127.0.0.1 9190"]).collect();
    let said = text(&sockstep(&local));
    assert!(said.contains("Message from server: bye") && !said.contains("\nwire "), "{said}");
    // Two hosts have no such address in common.
    let apart: Vec<&str> = local.into_iter().chain(["--on", "echo_client.c:@client"]).collect();
    let said = text(&sockstep(&apart));
    assert!(said.contains("ECONNREFUSED") && said.contains("connect() error!"), "{said}");
}

/// The server and the client of a lesson, as files, compiled and run without sockstep on a
/// loopback interface of their own.
const OUTSIDE: &str = "ip link set lo up && { \"$0\"/server & } && for i in $(seq 100); do \
    ss -tln | grep -q :8080 && break; sleep 0.05; done; \"$0\"/client; kill $!";

#[test]
fn what_a_lesson_exports_compiles_and_runs_outside() {
    let directory = scratch("export");
    fs::create_dir_all(&directory).expect("a folder");
    for process in ["server", "client", "local", "guest"] {
        let exported = sockstep(&["--lang", "zh", "export", "whole-program", process]);
        assert!(exported.status.success(), "{process}: {exported:?}");
        let source = directory.join(format!("{process}.c"));
        fs::write(&source, &exported.stdout).expect("written");
        let here = "-DSERVER_IP=\"127.0.0.1\"";
        let mut cc = Command::new("cc");
        cc.args(["-Wall", "-Wno-unused-result", here, "-o"]).arg(directory.join(process));
        let Ok(cc) = cc.arg(&source).output() else { return };
        assert!(cc.status.success() && cc.stderr.is_empty(), "{process}: {}", text(&cc));
    }
    let refused = sockstep(&["export", "whole-program"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("server|client|local|guest"));
    assert!(!sockstep(&["export", "tour", "server"]).status.success());
    if !nix::unistd::geteuid().is_root() {
        return println!("skipped: only root makes a network namespace with unshare(1)");
    }
    let mut outside = Command::new("unshare");
    let said = outside.args(["--net", "sh", "-c", OUTSIDE]).arg(&directory).output();
    let said = said.expect("unshare is there");
    assert_eq!(String::from_utf8_lossy(&said.stdout), "hello\n", "{said:?}");
}

#[test]
fn check_fails_where_a_program_dies_of_its_own_fault_or_is_cut_off() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    for (name, program, status, said) in [
        ("dies.c", "int main(void) { int zero = 0; return 1 / zero; }\n", 2, "killed by SIGFPE"),
        ("assert.c", "int main(void) { int n = 0; assert(n == 1); }\n", 2, "killed by SIGABRT"),
        ("cut.c", "int main(void) { for (;;) getpid(); }\n", 2, "cut off"),
        ("loop.c", "int main(void) { for (;;) ; }\n", 2, "20000000 operations"),
        (
            "long.c",
            "static char buf[65536];\nint main(void) { int i; for (i = 0; i < 65536; i++) buf[i] = i; }\n",
            0,
            "ok",
        ),
    ] {
        let path = scratch(name);
        fs::write(&path, program).expect("the program can be written");
        let output = sockstep(&["check", path.to_str().expect("a path")]);
        let text = text(&output);
        assert_eq!(output.status.code(), Some(status), "{name}: {text}");
        assert!(text.contains(said), "{name}: {text}");
    }
}

#[test]
fn what_is_printed_stands_before_the_call_behind_it_and_the_first_program_gets_ready_alone() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let server = scratch("slow_server.c");
    let client = scratch("quick.c");
    let source = "#include <stdio.h>\nint main(void) {\n for (int i = 0; i < 100; i++) getppid();\n \
        printf(\"ready\\n\");\n int fd = socket(AF_INET, SOCK_STREAM, 0);\n close(fd);\n return 0; }\n";
    fs::write(&server, source).expect("the program can be written");
    fs::write(&client, "int main(void) { getpid(); return 0; }\n").expect("it can be written");
    let path = |path: &Path| path.to_str().expect("a path").to_owned();
    let said = text(&sockstep(&["run", &path(&server), &path(&client)]));
    let at = |part: &str| said.find(part).unwrap_or_else(|| panic!("no {part}: {said}"));
    assert!(at("ready") < at("socket(AF_INET"), "{said}");
    assert!(at("close(3)") < at("getpid()"), "{said}");
}
