//! The forms of execve() that the C library has.

use super::running::{Answer, Process};
use crate::c::*;
use crate::model::*;

#[test]
fn the_arguments_of_a_program_come_as_an_array_or_as_a_list() {
    let mut process = Process::new();
    let fails: Answer = (Vec::new(), Err(Errno(2)));
    let source = "char *argv[] = { \"program\", \"3\", NULL };\n\
        char *envp[] = { \"A=b\", NULL };\n\
        execve(\"/bin/p\", argv, envp);\n\
        execv(\"/bin/p\", argv);\n\
        execvp(\"p\", argv);\n\
        execvp(\"./p\", argv);\n\
        execl(\"/bin/p\", \"p\", \"-v\", (char *) NULL);\n\
        execlp(\"p\", \"p\", NULL);\n\
        execlp(\"\", NULL);\n";
    process.run(source, &vec![fails; 7]).expect("it runs");
    let shown: Vec<String> = process
        .lines
        .iter()
        .map(|line| line.rsplit_once(", ").expect("an environment").0.to_owned())
        .collect();
    assert_eq!(
        shown,
        [
            r#"execve("/bin/p", ["program", "3"]"#,
            r#"execve("/bin/p", ["program", "3"]"#,
            r#"execve("/bin/p", ["program", "3"]"#,
            r#"execve("./p", ["program", "3"]"#,
            r#"execve("/bin/p", ["p", "-v"]"#,
            r#"execve("/bin/p", ["p"]"#,
            r#"execve("", []"#,
        ]
    );
    assert!(process.lines[0].contains("/* 1 var */"), "{}", process.lines[0]);
    assert!(process.lines[1].contains("/* 0 vars */"), "{}", process.lines[1]);
}

#[test]
fn a_list_of_arguments_ends_with_null_and_has_room() {
    let wrong = |source: &str| compile(source, &mut Scope::new(&[])).map(drop);
    assert_eq!(wrong("execl(\"/p\", \"p\", NULL);"), Ok(()));
    assert_eq!(wrong("execlp(\"p\", \"p\", (char *) 0);"), Ok(()));
    let error = wrong("execl(\"/p\", \"p\");").expect_err("it does not end");
    assert!(error.message.to_string().contains("ends with (char *) NULL"), "{error}");
    let many = format!("execl(\"/p\", {} NULL);", "\"x\", ".repeat(64));
    let error = wrong(&many).expect_err("there is no room");
    assert!(error.message.to_string().contains("room for 64 arguments"), "{error}");
    assert!(wrong("execve(\"/p\", 3, NULL);").is_err());
}
