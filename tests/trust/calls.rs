//! The calls of the lab's processes as strace records them.

use std::collections::BTreeMap;
use std::process::Command;

use sockstep::model::{Outcome, Report};

use crate::tool::Tool;

/// How a process comes back with a request from its talk with sockstep: eight integers.
const REQUEST: &str = " = 64";

/// What a process does besides for its talk with sockstep; no C of a lesson comes to these.
const OWN: [&str; 2] = ["rt_sigprocmask(", "pselect6("];

/// The first byte of the message by which a process says that a handler runs.
const CAUGHT: &str = "iov_base=\"\\3\\0";

/// What strace writes behind a call that sleeps when another process makes one.
const UNFINISHED: &str = " <unfinished ...>";

/// strace beside one process of a lab and all that it forks.
pub struct Tracer {
    tool: Tool,
    read: usize,
    hands: BTreeMap<i32, Hand>,
    /// What sockstep printed of calls that fell asleep or were interrupted, the innermost last.
    asleep: BTreeMap<i32, Vec<String>>,
}

/// What strace has seen of one process.
#[derive(Debug, Default)]
struct Hand {
    /// What it did for each request, in order: one call, unless the request was fork().
    done: Vec<Vec<String>>,
    /// It works on a request: the last of `done`.
    busy: bool,
    /// The call that it has not come back from, as far as strace has written it.
    pending: Option<String>,
    /// How it ended, in strace's words.
    end: Option<String>,
    /// Signals it got, in order.
    signals: Vec<String>,
    /// What handlers of signals have interrupted: the request that it worked on, if it did.
    outer: Vec<Option<Vec<String>>>,
    /// How many of `done` were compared already.
    compared: usize,
}

impl Tracer {
    /// Attaches to a process that waits for requests. From then on no call of it is missed.
    pub fn attach(pid: i32) -> Self {
        let mut command = Command::new("strace");
        command.args(["-f", "-q", "-a", "1", "-o", "/dev/stdout", "-p", &pid.to_string()]);
        let mut tracer = Self {
            tool: Tool::start(command),
            read: 0,
            hands: BTreeMap::new(),
            asleep: BTreeMap::new(),
        };
        tracer.wait_for("that the process waits for a request", |hands| {
            hands.get(&pid).is_some_and(Hand::waits).then_some(())
        });
        tracer
    }

    /// Whether it has seen this process.
    pub fn knows(&self, pid: i32) -> bool {
        self.hands.contains_key(&pid)
    }

    /// Waits until strace has written what the lab says of this process's call, and compares with
    /// `ours`, the line that sockstep prints of it. `Err` says what differs.
    pub fn compare(&mut self, pid: i32, report: &Report, ours: &str) -> Result<(), String> {
        let call = &report.call;
        let what = format!("of {pid} what became of {}", call.code);
        // A call that slept is told in two halves.
        let whole = match ours.split_once(" resumed>") {
            Some((_, rest)) if ours.starts_with("<... ") => {
                let begun = self.asleep.get_mut(&pid).and_then(Vec::pop);
                begun.unwrap_or_default() + rest
            }
            Some(_) | None => ours.to_owned(),
        };
        match &report.outcome {
            Outcome::Blocked => {
                let written = format!("{}(", call.syscall);
                let theirs = self.wait_for(&what, |hands| {
                    let hand = hands.get(&pid)?;
                    let pending = hand.pending.as_ref()?;
                    (hand.busy && pending.starts_with(&written)).then(|| pending.clone())
                });
                let begun = ours.strip_suffix(UNFINISHED).unwrap_or(ours).to_owned();
                let result = same_if(begun == theirs, ours, &theirs);
                self.begins(pid, begun);
                result
            }
            Outcome::Returned(_) | Outcome::Failed(_) => self.finished(pid, &what, &whole),
            Outcome::Killed(signal) => self.ended(
                pid,
                &what,
                &format!("{}(", call.syscall),
                &format!("killed by {signal}"),
            ),
            Outcome::Exited(status) => {
                self.ended(pid, &what, &whole, &format!("exited with {status}"))
            }
        }
    }

    /// A handler began before this call was back; sockstep has printed its beginning.
    pub fn interrupted(&mut self, pid: i32, ours: &str) {
        let begun = ours.strip_suffix(UNFINISHED).unwrap_or(ours).to_owned();
        self.begins(pid, begun);
    }

    fn begins(&mut self, pid: i32, begun: String) {
        let open = self.asleep.entry(pid).or_default();
        // A call that is taken up again is the same call.
        if open.last() != Some(&begun) {
            open.push(begun);
        }
    }

    fn finished(&mut self, pid: i32, what: &str, ours: &str) -> Result<(), String> {
        let theirs = self.wait_for(what, |hands| {
            let hand = hands.get_mut(&pid)?;
            let over = hand.done.len() - usize::from(hand.busy);
            let request = hand.done[..over].get(hand.compared)?.clone();
            hand.compared += 1;
            Some(request)
        });
        let theirs: Vec<String> =
            restarts_left_out(theirs).iter().map(|line| scopes_by_number(line)).collect();
        if ours.starts_with("fork()") {
            // The process hands its child's channel up, too.
            let agrees = theirs.iter().any(|line| line == ours);
            return same_if(agrees, ours, &theirs.join("\n"));
        }
        if ours.starts_with("execve(") {
            // It prepares its channel for the next program, which begins with memory of its own.
            if ours.ends_with(" = 0") {
                self.asleep.remove(&pid);
            }
            let agrees = theirs.iter().any(|line| line == ours);
            return same_if(agrees, ours, &theirs.join("\n"));
        }
        if ours.starts_with("rt_sigaction(") {
            let theirs = theirs.join("\n");
            return same_if(less_handler(&theirs) == less_handler(ours), ours, &theirs);
        }
        same_if(theirs.len() == 1 && theirs[0] == ours, ours, &theirs.join("\n"))
    }

    /// The process has ended in this call.
    fn ended(&mut self, pid: i32, what: &str, call: &str, end: &str) -> Result<(), String> {
        let theirs = self.wait_for(what, |hands| {
            let hand = hands.get_mut(&pid)?;
            let end = hand.end.clone()?;
            let request = hand.done.get(hand.compared)?.clone();
            hand.compared += 1;
            // Killed while it was stopped, it has not made its call again.
            let interrupted = request.last().cloned();
            let mut calls = restarts_left_out(request);
            calls.extend(hand.pending.clone());
            if calls.is_empty() {
                calls.extend(interrupted);
            }
            Some((calls, end))
        });
        let (mut calls, theirs) = theirs;
        let agrees = calls.len() == 1 && calls[0].starts_with(call) && theirs.starts_with(end);
        calls.push(theirs);
        same_if(agrees, &format!("{call} {end}"), &calls.join("\n"))
    }

    /// The process waits for a request: whether it has made no call that the lab has not told of.
    /// `Err` says which.
    pub fn idle(&mut self, pid: i32) -> Result<(), String> {
        self.wait_for("that the process waits for a request", |hands| {
            hands.get(&pid).is_some_and(Hand::waits).then_some(())
        });
        self.nothing_more(pid)
    }

    /// The lab has ended: whether its processes have made no call that it has not told of. `Err`
    /// says which.
    pub fn over(&mut self) -> Result<(), String> {
        self.tool.wait();
        self.wait_for("its end", |_| Some(()));
        let pids: Vec<i32> = self.hands.keys().copied().collect();
        pids.into_iter().try_for_each(|pid| self.nothing_more(pid))
    }

    fn nothing_more(&self, pid: i32) -> Result<(), String> {
        let hand = &self.hands[&pid];
        let rest = hand.done.get(hand.compared..).unwrap_or_default().iter().flatten();
        // The end of the lab has ended the calls that slept, without a result: strace has a word
        // for it where it looked before the process was gone.
        let no_result = |line: &str| line.ends_with(" = ?") || line.contains(" = ? ERESTART");
        let more: Vec<_> = rest
            .filter(|line| line.starts_with("exit_group(") || !no_result(line))
            // So does that of a child, which its parent may sleep for.
            .filter(|line| !(self.asleep.contains_key(&pid) && line.starts_with("wait4(")))
            .collect();
        if more.is_empty() {
            Ok(())
        } else {
            Err(format!("strace has seen more of {pid}: {more:?}"))
        }
    }

    fn wait_for<T>(
        &mut self,
        what: &str,
        mut fact: impl FnMut(&mut BTreeMap<i32, Hand>) -> Option<T>,
    ) -> T {
        let (read, hands) = (&mut self.read, &mut self.hands);
        self.tool.wait_for(what, |output| {
            while let Some(length) = output[*read..].iter().position(|byte| *byte == b'\n') {
                let line = String::from_utf8_lossy(&output[*read..*read + length]).into_owned();
                *read += length + 1;
                take_line(hands, &line);
            }
            // A call that sleeps is a line without an end.
            let tail = String::from_utf8_lossy(&output[*read..]).into_owned();
            if let Some((pid, text)) = split_pid(&tail) {
                hands.entry(pid).or_default().begins(text);
            }
            fact(hands)
        })
    }
}

impl Hand {
    fn waits(&self) -> bool {
        !self.busy && self.pending.as_ref().is_some_and(|text| text.starts_with("pselect6("))
    }

    /// It has entered a call.
    fn begins(&mut self, text: &str) {
        if text.starts_with("pselect6(") {
            self.busy = false;
        }
        self.pending = Some(text.to_owned());
    }

    /// It has come back from a call.
    fn ends(&mut self, text: &str) {
        self.pending = None;
        if is_control("sendmsg(", text) && text.contains(CAUGHT) {
            self.outer.push(if self.busy { self.done.pop() } else { None });
            self.busy = false;
        } else if text.starts_with("rt_sigreturn(") {
            self.goes_back(text);
        } else if text.starts_with("execve(") && text.ends_with(" = 0") {
            // No handler is left, nor what one has interrupted.
            self.outer.clear();
            if let Some(request) = self.done.last_mut() {
                request.push(text.to_owned());
            }
        } else if is_control("recvmsg(", text) {
            // Else it was interrupted, by a signal or by strace when it attached, and will be made
            // again; or the lab has ended.
            self.busy = text.ends_with(REQUEST);
            if self.busy {
                self.done.push(Vec::new());
            }
        } else if self.busy
            && !is_control("sendmsg(", text)
            && !OWN.iter().any(|own| text.starts_with(own))
            && let Some(request) = self.done.last_mut()
        {
            request.push(text.to_owned());
        }
    }
}

impl Hand {
    /// A handler of a signal is over: what it interrupted goes on, or fails.
    fn goes_back(&mut self, text: &str) {
        self.done.pop(); // the request to go back
        let outer = self.outer.pop().flatten();
        self.busy = outer.is_some();
        let Some(mut lines) = outer else { return };
        let result = text.split_once(" = ").map_or("", |(_, result)| result);
        if let Some(last) = lines.last_mut()
            && let Some((call, _)) = last.split_once(" = ? ERESTART")
            && result.starts_with("-1 ")
        {
            *last = format!("{call} = {result}");
        }
        self.done.push(lines);
    }
}

/// Whether this is the process's talk with sockstep: its channel is above the soft limit of open
/// files, where no fd of the learner's is.
fn is_control(call: &str, text: &str) -> bool {
    let number = text.strip_prefix(call).and_then(|rest| rest.split(',').next());
    number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number >= 1024)
}

fn take_line(hands: &mut BTreeMap<i32, Hand>, line: &str) {
    let Some((pid, text)) = split_pid(line) else { return };
    let hand = hands.entry(pid).or_default();
    if let Some(begun) = text.strip_suffix(UNFINISHED) {
        hand.begins(begun);
    } else if let Some(rest) = text.strip_prefix("<... ") {
        let rest = rest.split_once(" resumed>").map_or("", |(_, rest)| rest);
        let whole = hand.pending.take().unwrap_or_default() + rest;
        hand.ends(&whole);
    } else if let Some(end) = text.strip_prefix("+++ ") {
        hand.end = Some(end.trim_end_matches(" +++").to_owned());
        hand.busy = false;
    } else if text.starts_with("--- ") {
        hand.signals.push(text.to_owned());
    } else {
        hand.ends(text);
    }
}

/// `4711 accept(3, NULL, NULL) = 4` → the number and the rest.
fn split_pid(line: &str) -> Option<(i32, &str)> {
    let (pid, text) = line.split_once(' ')?;
    Some((pid.parse().ok()?, text.trim_start()))
}

/// A line of rt_sigaction() without what a process of the lab puts in the place of the learner's
/// handler, so that it hears of the signal.
fn less_handler(line: &str) -> String {
    let mut text = line.replace("SA_RESTORER|SA_SIGINFO", "SA_RESTORER");
    text = text.replace("SA_RESTORER|SA_RESTART|SA_SIGINFO", "SA_RESTORER|SA_RESTART");
    for field in ["sa_handler=0x", "sa_restorer=0x", "sa_restorer=NULL"] {
        let name = field.split('=').next().unwrap_or_default();
        let mut from = 0;
        while let Some(at) = text[from..].find(field) {
            let start = from + at + name.len() + 1;
            let length = text[start..].find([',', '}']).unwrap_or(0);
            text.replace_range(start..start + length, "...");
            from = start;
        }
    }
    text
}

/// A call that a stop interrupted and the kernel made again is one call.
fn restarts_left_out(mut lines: Vec<String>) -> Vec<String> {
    lines.retain(|line| !line.contains("= ? ERESTART"));
    lines
}

/// strace names the interface of a scope id, as it is called where strace runs; the kernel was
/// given its number.
fn scopes_by_number(text: &str) -> String {
    const NAMED: &str = "if_nametoindex(\"";
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, behind)) = rest.split_once(NAMED) {
        let (name, behind) = behind.split_once("\")").unwrap_or((behind, ""));
        plain.push_str(before);
        match nix::net::if_::if_nametoindex(name) {
            Ok(number) => plain.push_str(&number.to_string()),
            Err(_) => plain.push_str(name),
        }
        rest = behind;
    }
    plain + rest
}

fn same_if(agrees: bool, ours: &str, theirs: &str) -> Result<(), String> {
    if agrees { Ok(()) } else { Err(format!("sockstep: {ours}\nstrace:   {theirs}")) }
}
