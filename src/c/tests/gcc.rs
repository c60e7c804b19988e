//! What gcc says about the same C: sizes, constants, arithmetic, whole programs.

use std::fmt::Write as _;
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::running::Process;
use crate::c::*;
use crate::model::Bytes;

const HEADERS: &str = "
#define _GNU_SOURCE
#include <stdio.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <ctype.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sys/mman.h>
#include <linux/sockios.h>
#include <linux/if_packet.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <linux/limits.h>
#include <linux/kcmp.h>
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef SO_RESERVE_MEM
#define SO_RESERVE_MEM 73
#endif
#ifndef SSIZE_MAX
#define SSIZE_MAX LONG_MAX
#endif
#define true 1
#define false 0
";

/// What a program prints when gcc has compiled it; `None`, with the reason printed, without gcc.
fn gcc(name: &str, source: &str) -> Option<String> {
    if Command::new("gcc").arg("--version").output().is_err() {
        println!("skipped: this machine has no gcc to compare with");
        return None;
    }
    let place = std::env::temp_dir().join(format!("sockstep-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&place).expect("a directory of our own");
    let (file, program) = (place.join("a.c"), place.join("a.out"));
    std::fs::write(&file, source).expect("a file of our own");
    let built = Command::new("gcc")
        .args(["-w", "-O0", "-fwrapv", "-std=gnu11", "-o"])
        .args([&program, &file])
        .output()
        .expect("gcc was there a moment ago");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let output = Command::new(&program).output().expect("it was built");
    std::fs::remove_dir_all(&place).expect("it was made above");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn structs_lie_in_memory_as_gcc_lays_them_out() {
    let scope = Scope::new(&[]);
    let (mut ours, mut source) = (String::new(), format!("{HEADERS}int main(void) {{\n"));
    let mut types: Vec<_> = scope.types.iter().collect();
    types.sort_by(|a, b| a.0.cmp(b.0));
    for (name, ty) in types {
        let Some(layout) = ty.layout().filter(|_| &**name != "union epoll_data") else { continue };
        writeln!(ours, "{name} {} {}", ty.size(), ty.align()).expect("a String");
        writeln!(source, "printf(\"{name} %zu %zu\\n\", sizeof({name}), _Alignof({name}));")
            .expect("a String");
        for field in layout.fields.iter().filter(|field| !field.name.starts_with("__")) {
            let (field, offset, size) = (&field.name, field.offset, field.ty.size());
            writeln!(ours, "{name}.{field} {offset} {size}").expect("a String");
            let path = format!("offsetof({name}, {field}), sizeof((({name} *)0)->{field})");
            writeln!(source, "printf(\"{name}.{field} %zu %zu\\n\", {path});").expect("a String");
        }
    }
    source.push('}');
    let Some(theirs) = gcc("layout", &source) else { return };
    assert_eq!(ours, theirs);
    assert!(ours.lines().count() > 100);
}

#[test]
fn constants_have_gccs_values_and_types() {
    let (mut ours, mut source) = (String::new(), format!("{HEADERS}int main(void) {{\n"));
    let scope = Scope::new(&[]);
    for name in constant_names().filter(|name| !matches!(*name, "stdin" | "stdout" | "stderr")) {
        let value = compile_expression(&format!("(long){name}"), &scope).expect("a constant");
        let value = value.value(&Bytes::zeroed()).expect("a constant");
        writeln!(ours, "{name} {value}").expect("a String");
        writeln!(source, "printf(\"{name} %lld\\n\", (long long)({name}));").expect("a String");
    }
    source.push('}');
    let Some(theirs) = gcc("constants", &source) else { return };
    let differ: Vec<_> = ours.lines().zip(theirs.lines()).filter(|(a, b)| a != b).collect();
    assert!(differ.is_empty(), "{differ:?}");
    assert_eq!(ours.lines().count(), theirs.lines().count());
}

#[test]
fn the_headers_define_what_gccs_headers_define() {
    let mut program = String::new();
    let more =
        ["__linux__", "unix", "__GLIBC__", "FD_SET", "errno", "sa_handler", "htons", "socket"];
    for name in constant_names().chain(more).filter(|name| !matches!(*name, "true" | "false")) {
        writeln!(program, "#ifdef {name}\nputs(\"{name}\");\n#endif").expect("a String");
    }
    same("defined", &format!("int main(void) {{\n{program}return 0; }}"));
}

#[test]
fn errors_have_glibcs_words() {
    let mut source = format!("{HEADERS}int main(void) {{\n");
    source.push_str("for (int i = 0; i < 140; i++) puts(strerror(i)); }");
    let Some(theirs) = gcc("strerror", &source) else { return };
    let ours: String = (0..140).map(|errno| strerror(errno) + "\n").collect();
    assert_eq!(ours, theirs);
}

/// Variables for random expressions.
const VARIABLES: &str = "char c = -56; unsigned char uc = 200; short s = -30000; \
    unsigned short us = 60000; int i = -2000000000; unsigned int u = 4000000000u; \
    long l = -9000000000000000000; unsigned long ul = 18000000000000000000u; int z = 0; \
    int a[5] = { 10, 20, 30, 40, 50 }; int *p = &a[2];";

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "c",
            "uc",
            "s",
            "us",
            "i",
            "u",
            "l",
            "ul",
            "z",
            "a[1]",
            "*p",
            "p[1]",
            "p[-2]",
            "(p - a)",
            "(p > a)",
            "sizeof a",
            "sizeof(int)",
            "'x'",
            "'\\377'",
            "-1",
            "0",
            "1",
            "2147483647",
            "2147483648",
            "0x80000000",
            "0xffffffff",
            "4294967296",
            "1u",
            "1L",
            "3UL",
            "EPOLLET",
            "INADDR_NONE",
            "*(p + 1)",
            "(&a[4] - p)",
            "(long)(p == &a[2])",
        ])
        .prop_map(str::to_owned),
        any::<i32>().prop_map(|value| format!("({value})")),
        any::<u32>().prop_map(|value| format!("{value}u")),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let binary = prop::sample::select(vec![
            "+", "-", "*", "&", "|", "^", "<", ">", "<=", ">=", "==", "!=", "&&", "||", ",",
        ]);
        let cast = prop::sample::select(vec![
            "char",
            "unsigned char",
            "short",
            "unsigned short",
            "int",
            "unsigned",
            "long",
            "unsigned long",
            "uint16_t",
            "socklen_t",
            "ssize_t",
            "long long",
        ]);
        let assign = prop::sample::select(vec!["=", "+=", "-=", "*=", "&=", "|=", "^=", "<<= 3 +"]);
        prop_oneof![
            (inner.clone(), binary, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), prop::sample::select(vec!["/", "%"]), 1..1000)
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), prop::sample::select(vec!["<<", ">>"]), 0..31)
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (prop::sample::select(vec!["-", "~", "!", "+"]), inner.clone())
                .prop_map(|(op, a)| format!("({op} {a})")),
            (cast, inner.clone()).prop_map(|(ty, a)| format!("(({ty}) {a})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (prop::sample::select(vec!["c", "uc", "s", "us", "i", "u", "l", "ul"]), assign, 0..9)
                .prop_map(|(name, op, b)| format!("({name} {op} {b})")),
            prop::sample::select(vec!["c++", "--us", "i--", "++ul", "s++", "(p++, p--, 3)"])
                .prop_map(|text| format!("({text})")),
        ]
    })
}

#[test]
fn arithmetic_agrees_with_gcc() {
    let mut runner = TestRunner::deterministic();
    let strategy = expression();
    let texts: Vec<String> =
        (0..600).map(|_| strategy.new_tree(&mut runner).expect("a tree").current()).collect();
    let mut source = format!("{HEADERS}int main(void) {{\n");
    for text in &texts {
        writeln!(source, "{{ {VARIABLES} printf(\"%lld\\n\", (long long)({text})); }}")
            .expect("a String");
    }
    source.push('}');
    let Some(theirs) = gcc("arithmetic", &source) else { return };
    for (text, theirs) in texts.iter().zip(theirs.lines()) {
        let mut process = Process::new();
        process.run(VARIABLES, &[]).expect("it runs");
        process.run(&format!("(long)({text});"), &[]).expect(text);
        let ours = process.value.map(|value| value.to_string());
        assert_eq!(ours.as_deref(), Some(theirs), "{text}");
    }
    assert_eq!(texts.len(), theirs.lines().count());
}

/// A program prints the same when gcc compiles it and when it runs here.
fn same(name: &str, program: &str) {
    let Some(theirs) = gcc(name, &format!("{HEADERS}\n{program}")) else { return };
    let mut process = Process::new();
    process.run(program, &[]).expect("it runs");
    let main = run_main(&mut process.scope, &["program", "8080"]).expect("it has a main");
    let answers = [super::running::ok(0)];
    process.finish(&main, &mut answers.iter()).expect("it runs");
    assert_eq!(process.printed, theirs);
}

#[test]
fn control_flow_is_gccs() {
    same("control", include_str!("programs/control.c"));
}

#[test]
fn memory_and_structs_are_gccs() {
    same("memory", include_str!("programs/memory.c"));
}

#[test]
fn more_of_the_library_is_glibcs() {
    same("more", include_str!("programs/more.c"));
}

#[test]
fn pragma_pack_lays_structs_out_as_gcc_does() {
    same("packing", include_str!("programs/packing.c"));
}

#[test]
fn jumps_are_gccs() {
    same("jumps", include_str!("programs/jumps.c"));
}

#[test]
fn the_library_is_glibcs() {
    same("library", include_str!("programs/library.c"));
}
