//! Every fact of the grammar, true and false, and what the kernel is said to say.

use super::*;

/// Each fact is checked on the same lab: a connection, a client that sleeps in poll, another that
/// was killed, a third that has ended.
fn verdict(fact: &str) -> (bool, String) {
    let body = format!(
        "{READY}
```c client
{CONNECT}    // = 0
```
```c server
int conn = accept(fd, NULL, NULL);    // = 4
write(conn, \"hello\", 5);    // = 5
write(99, \"hello\", 5);    // = -1 EBADF
```
```lab
spawn gone @client
spawn done @client
kill -KILL gone
hold SYN from @client
```
```c done
exit(3);
```
```c client
int more = socket(AF_INET, SOCK_STREAM, 0);    // = 4
connect(more, (struct sockaddr *)&to, sizeof to);    // blocks
```
```lab
expect within 1ms {fact}
```
"
    );
    let session = run(&body);
    let verdict = session.timeline().last().and_then(|entry| entry.verdicts.last().cloned());
    let verdict = verdict.expect("a verdict");
    assert_eq!(verdict.what, fact);
    (verdict.held, verdict.kernel.to_string())
}

#[test]
fn facts_that_hold() {
    for fact in [
        "server fd is LISTEN",
        "client 3 is ESTABLISHED",
        "server 9 is closed",
        "server fd queue 0/5",
        "client fd recv 5",
        "client fd send 0",
        "client in connect",
        "server returned -1 EBADF",
        "gone dead SIGKILL",
        "done exit 3",
        "server: conn == 4 && fd == 3",
        "@server has 1 LISTEN",
        "@client has 1 SYN_SENT",
        "wire holds SYN",
        "wire holds 1 SYN of client from @client",
        "wire holds 0 FIN",
        "not wire empty",
        "not server fd is closed",
        "not @server counts ListenOverflows > 0",
    ] {
        assert!(verdict(fact).0, "{fact}: {}", verdict(fact).1);
    }
}

#[test]
fn facts_that_do_not_hold_say_what_the_kernel_says() {
    for (fact, kernel) in [
        ("server fd is ESTABLISHED", "server fd (3) is LISTEN"),
        ("server 9 is LISTEN", "server 9 is closed"),
        ("server fd is closed", "server fd (3) is open"),
        ("server 1 is closed", "server 1 is open"),
        ("server fd queue 1/5", "server fd (3) queue 0/5"),
        ("client fd queue 0/5", "client fd (3) is ESTABLISHED and has no queue"),
        ("client fd recv 0", "client fd (3) recv 5"),
        ("client in accept", "client in connect"),
        ("server in accept", "server is in no call"),
        ("server returned 5", "server's write = -1 EBADF"),
        ("client returned 0", "client's socket = 4; now client in connect"),
        ("server returned -1 EPIPE", "server's write = -1 EBADF"),
        ("server dead SIGKILL", "server is in no call"),
        ("gone exit 0", "gone dead SIGKILL"),
        ("gone 3 is ESTABLISHED", "gone dead SIGKILL"),
        ("server: conn == 5", "server: (conn == 5) is 0"),
        ("@server has 0 LISTEN", "@server has 1 LISTEN"),
        ("@server counts ListenOverflows > 0", "@server counts ListenOverflows = 0"),
        ("wire holds 2 SYN", "wire holds SYN from @client"),
        ("wire holds SYN of done", "wire holds SYN from @client"),
        ("wire empty", "wire holds SYN from @client"),
    ] {
        assert_eq!(verdict(fact), (false, kernel.to_owned()), "{fact}");
    }
}
