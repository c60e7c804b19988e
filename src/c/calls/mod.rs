//! The table of functions that can be called: signatures with parameter names, one-line help, and
//! what a call does. It drives checking, completion, argument help and the way to the kernel.

mod library;
mod system;

use std::fmt;

use super::builtins::Builtin;
use crate::model::{Errno, Syscall};

/// What the kernel answered: a value of 0 or more, or an error.
pub type CallResult = Result<i64, Errno>;

/// A function that C knows here.
#[derive(Debug, Clone, Copy)]
pub struct CallHelp {
    /// Its name.
    pub name: &'static str,
    /// The type of what it returns.
    pub returns: &'static str,
    /// Its parameters, in order.
    pub parameters: &'static [Parameter],
    /// More arguments may follow the parameters.
    pub variadic: bool,
    /// What it does, in one line.
    pub help: &'static str,
    pub(super) does: Does,
}

/// One parameter of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its type.
    pub ty: &'static str,
    /// Its name in the manual.
    pub name: &'static str,
}

/// What a call does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Does {
    /// It goes to the kernel.
    Ask(Syscall, Lowering),
    /// It is answered here, like a function of the C library.
    Here(Builtin),
}

/// How the arguments that were typed become the kernel's six.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lowering {
    /// As they are; zeros behind them.
    Plain,
    /// `send`, `recv`: two zeros for the address that isn't given. `waitpid`: no resource usage.
    Zeros(usize),
    /// `wait(&status)` is `wait4(-1, &status, 0, NULL)`.
    Wait,
    /// `sigaction`: the C library's struct is not the kernel's.
    Sigaction,
    /// `signal`: a struct for the kernel is made up.
    Signal,
    /// `execv` and its kin: the environment as it is; where `list`, the arguments as an array;
    /// where `search`, a name without a slash is one of `/bin`.
    Exec { list: bool, search: bool },
    /// `sleep`, `usleep`: seconds or microseconds become a struct.
    Sleep { nanoseconds: i64 },
}

/// Every function, system calls first.
pub fn calls() -> impl Iterator<Item = &'static CallHelp> {
    system::CALLS.iter().chain(library::CALLS)
}

/// The function of this name.
pub fn call_named(name: &str) -> Option<&'static CallHelp> {
    calls().find(|call| call.name == name)
}

impl CallHelp {
    /// Whether it goes to the kernel.
    pub fn is_system_call(&self) -> bool {
        matches!(self.does, Does::Ask(..))
    }

    /// The kernel's call that it becomes, if it goes to the kernel.
    pub fn syscall(&self) -> Option<Syscall> {
        match self.does {
            Does::Ask(syscall, _) => Some(syscall),
            Does::Here(_) => None,
        }
    }

    /// How many arguments it may get.
    pub(super) fn accepts(&self, arguments: usize) -> bool {
        match (self.parameters.len(), self.does) {
            (needed, Does::Here(_) | Does::Ask(_, Lowering::Exec { list: true, .. }))
                if self.variadic =>
            {
                arguments >= needed
            }
            // fcntl(fd, F_GETFL), open(path, O_RDONLY): the last one is optional in C as well.
            (needed, Does::Ask(..)) if self.variadic => (needed..=needed + 1).contains(&arguments),
            (needed, _) => arguments == needed,
        }
    }
}

impl fmt::Display for CallHelp {
    /// The signature: `int listen(int sockfd, int backlog)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters: Vec<String> = self.parameters.iter().map(Parameter::to_string).collect();
        let mut parameters = parameters.join(", ");
        if self.variadic {
            parameters.push_str(", ...");
        }
        if parameters.is_empty() {
            parameters.push_str("void");
        }
        let space = if self.returns.ends_with('*') { "" } else { " " };
        write!(f, "{}{space}{}({parameters})", self.returns, self.name)
    }
}

impl fmt::Display for Parameter {
    /// As it stands in a signature: `const void *buf`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let array = |size: &str| self.ty.strip_suffix(size).map(str::trim_end);
        match (array("[2]"), array("[]")) {
            (Some(element), _) => write!(f, "{element} {}[2]", self.name),
            (_, Some(element)) => write!(f, "{element} {}[]", self.name),
            (None, None) if self.ty.ends_with('*') => write!(f, "{}{}", self.ty, self.name),
            (None, None) => write!(f, "{} {}", self.ty, self.name),
        }
    }
}

/// One row of a table: `row!(help, returns name(type name, …), what it does)`.
macro_rules! row {
    ($returns:literal $name:literal ($($ty:literal $parameter:literal),*) $help:literal, $does:expr) => {
        CallHelp {
            name: $name, returns: $returns,
            parameters: &[$(Parameter { ty: $ty, name: $parameter }),*],
            variadic: false, help: $help, does: $does,
        }
    };
    ($returns:literal $name:literal ($($ty:literal $parameter:literal),* ; ...) $help:literal, $does:expr) => {
        CallHelp {
            name: $name, returns: $returns,
            parameters: &[$(Parameter { ty: $ty, name: $parameter }),*],
            variadic: true, help: $help, does: $does,
        }
    };
}
use row;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_function_stands_in_the_table_twice() {
        let mut names: Vec<_> = calls().map(|call| call.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn every_system_call_of_the_model_can_be_made() {
        // The way back from a handler is nobody's to call.
        for syscall in Syscall::ALL.iter().filter(|call| **call != Syscall::RtSigreturn) {
            let made = calls().any(|call| matches!(call.does, Does::Ask(s, _) if s == *syscall));
            assert!(made, "{syscall}");
        }
    }

    #[test]
    fn a_signature_is_written_as_in_the_manual() {
        let text = |name| call_named(name).expect("a known call").to_string();
        assert_eq!(text("listen"), "int listen(int sockfd, int backlog)");
        assert_eq!(text("read"), "ssize_t read(int fd, void *buf, size_t count)");
        assert_eq!(text("fork"), "pid_t fork(void)");
        let execve = "int execve(const char *pathname, char *const argv[], char *const envp[])";
        assert_eq!(text("execve"), execve);
        assert_eq!(text("execl"), "int execl(const char *pathname, const char *arg, ...)");
        assert_eq!(text("pipe"), "int pipe(int pipefd[2])");
        assert_eq!(text("fcntl"), "int fcntl(int fd, int op, ...)");
    }
}
