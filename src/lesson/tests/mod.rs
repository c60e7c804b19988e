//! The reader as a whole.

mod builtin;
mod claims;
mod documentation;
mod errors;
mod grammar;
mod pairs;
mod properties;

use super::*;

/// What a lesson begins with when only its body is of interest.
const HEAD: &str = "---\nid: x\n---\n# X\n\n";

/// A listening server and a connected client, before the text in question.
const CONNECTED: &str = "\
```c server
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(8080) };
bind(fd, (struct sockaddr *)&addr, sizeof addr);    // = 0
listen(fd, 5);                               // = 0
```
```c client
int fd = socket(AF_INET, SOCK_STREAM, 0);
struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(8080),
                          .sin_addr.s_addr = inet_addr(SERVER_IP) };
connect(fd, (struct sockaddr *)&to, sizeof to);    // = 0
```

";

/// The lesson with this body, which has to be one.
fn lesson(body: &str) -> Lesson {
    match parse("x.md", &format!("{HEAD}{body}")) {
        Ok(lesson) => lesson,
        Err(all) => panic!("{}", render(&all)),
    }
}

/// What is wrong with this body.
fn wrong(body: &str) -> String {
    errors(&format!("{HEAD}{body}"))
}

/// What is wrong with this document.
fn errors(text: &str) -> String {
    match parse("x.md", text) {
        Ok(lesson) => panic!("this is read as a lesson of {} steps:\n{text}", lesson.steps.len()),
        Err(all) => render(&all),
    }
}

/// The C or the line of each step.
fn codes(lesson: &Lesson) -> Vec<&str> {
    lesson.steps.iter().map(|step| step.code.as_str()).collect()
}
