//! The lab's first process: pid 1 of its namespace. It alone has the lab's privileges; it makes
//! hosts, starts processes on them and tells how they ended.
//!
//! *Must not know*: lessons, the screen, what a call is, what is on the wire.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::process::Stdio;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, setns};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::setsid;

use super::failure::{Attempt as _, Failure};
use super::kernel::diag_socket;
use super::make_host::{Made, make_host, write_setting};
use super::order::{Answer, End, LONGEST, Order, Told};
use super::place::Place;
use super::registry;
use super::sys::{
    Channel, Forked, Reply, close_all_but, drop_for_good, fork, keep_for_commands, leave, run_hand,
};
use crate::model::{HostName, ProcessName};

/// What the first process is born with.
pub(super) struct Init {
    /// To sockstep.
    pub sockstep: Channel,
    /// To the keeper, for the hosts' fds.
    pub keeper: Channel,
    /// Where the lab lives.
    pub place: Place,
}

/// The life of the first process.
pub(super) fn run_init(init: Init) -> ! {
    match serve(init) {
        Ok(()) => leave(0),
        Err(failure) => leave(failure.errno as i32),
    }
}

struct Lab {
    init: Init,
    /// The namespace between hosts, with nothing in it.
    home: File,
    hosts: BTreeMap<HostName, File>,
    /// The root of the learner's processes.
    root: OwnedFd,
    /// Only for `sockstep exec`: which fd is which host's namespace.
    index: OwnedFd,
}

fn serve(init: Init) -> Result<(), Failure> {
    prctl::set_pdeathsig(Signal::SIGKILL).attempt("ask for a death signal")?;
    let _ = prctl::set_name(&std::ffi::CString::new(registry::COMM).unwrap_or_default());
    let children = SignalFd::with_flags(
        &SigSet::from(Signal::SIGCHLD),
        SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK,
    )
    .attempt("watch for dead processes")?;
    let root = init.place.furnish()?;
    let mut lab = Lab {
        init,
        home: File::open("/proc/self/ns/net").attempt("open /proc/self/ns/net")?,
        hosts: BTreeMap::new(),
        root,
        index: registry::new_index().attempt("make the list of hosts")?,
    };
    loop {
        let mut fds = [
            PollFd::new(lab.init.sockstep.as_fd(), PollFlags::POLLIN),
            PollFd::new(children.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut fds, PollTimeout::NONE) {
            Err(Errno::EINTR) => continue,
            other => other.attempt("wait for an order")?,
        };
        let ready = |fd: &PollFd<'_>| fd.revents().is_some_and(|events| !events.is_empty());
        let (order, death) = (ready(&fds[0]), ready(&fds[1]));
        if death {
            while let Ok(Some(_)) = children.read_signal() {}
            lab.reap()?;
        }
        if order && !lab.take_order()? {
            return Ok(());
        }
    }
}

impl Lab {
    /// Reads one order and answers it; `false` if sockstep is gone.
    fn take_order(&mut self) -> Result<bool, Failure> {
        let mut bytes = vec![0; LONGEST];
        let received = self.init.sockstep.receive(&mut bytes).attempt("read an order")?;
        if received.length == 0 {
            return Ok(false);
        }
        let order = serde_json::from_slice(&bytes[..received.length])
            .map_err(|_| Failure { attempt: "read an order".into(), errno: Errno::EBADMSG })?;
        match self.carry_out(order, received.fds) {
            Ok((answer, fds)) => {
                let fds: Vec<BorrowedFd<'_>> = fds.iter().map(|fd| fd.as_fd()).collect();
                self.answer(&answer, &fds)?;
            }
            Err(failure) => {
                let (attempt, errno) = (failure.attempt, failure.errno as i32);
                self.answer(&Answer::Failed { attempt, errno }, &[])?;
            }
        }
        Ok(true)
    }

    fn answer(&self, answer: &Answer, fds: &[BorrowedFd<'_>]) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(answer)
            .map_err(|_| Failure { attempt: "write an answer".into(), errno: Errno::EMSGSIZE })?;
        self.init.sockstep.send(&bytes, fds).attempt("answer sockstep")
    }

    fn carry_out(
        &mut self,
        order: Order,
        fds: Vec<OwnedFd>,
    ) -> Result<(Answer, Vec<OwnedFd>), Failure> {
        let mut fds = fds.into_iter();
        let mut fd = |what: &str| {
            fds.next().ok_or_else(|| Failure {
                attempt: format!("take the {what} that comes with an order"),
                errno: Errno::EBADF,
            })
        };
        match order {
            Order::MakeHost(_) if matches!(self.init.place, Place::Machine { .. }) => {
                let diag = diag_socket().attempt("open a sock_diag socket")?;
                Ok((Answer::Host { refused: Vec::new() }, vec![diag]))
            }
            Order::MakeHost(plan) => {
                let made = make_host(&plan, self.home.as_fd())?;
                let Made { namespace, tun, diag, keepers, refused, .. } = made;
                let told = Told::Made(plan.name.clone());
                self.tell_keeper(&told, &[tun.as_fd(), keepers.as_fd()])?;
                self.hosts.insert(plan.name, namespace);
                self.list_hosts()?;
                let texts = [made.netstat, made.snmp, made.snmp6, made.raw, made.raw6, made.ports];
                let fds = [tun, diag].into_iter().chain(texts.map(OwnedFd::from)).collect();
                Ok((Answer::Host { refused }, fds))
            }
            Order::DropHost(host) => {
                self.hosts.remove(&host);
                self.tell_keeper(&Told::Dropped(host), &[])?;
                self.list_hosts()?;
                Ok((Answer::Done, Vec::new()))
            }
            Order::Set { host, key, value } => {
                self.inside(&host, |_| write_setting(&key, &value))?;
                Ok((Answer::Done, Vec::new()))
            }
            Order::Spawn { process, host, net_raw } => {
                let (control, arena) = (Channel::from_fd(fd("channel")?), fd("arena")?);
                let pid = self.inside(&host, |lab| match fork().attempt("fork")? {
                    Forked::Child => lab.become_hand(&process, net_raw, control, arena),
                    Forked::Parent(pid) => Ok(pid.as_raw()),
                })?;
                Ok((Answer::Started { pid }, Vec::new()))
            }
            Order::Run { host, command } => {
                let (hello, output) = (Channel::from_fd(fd("channel")?), fd("output")?);
                let pid = self.inside(&host, |lab| lab.start_command(&command, hello, output))?;
                Ok((Answer::Started { pid }, Vec::new()))
            }
        }
    }

    /// Does something in a host's namespace, and comes home.
    fn inside<T>(
        &self,
        host: &HostName,
        act: impl FnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if let Place::Machine { .. } = self.init.place {
            return act(self);
        }
        let namespace = self
            .hosts
            .get(host)
            .ok_or_else(|| Failure { attempt: format!("enter {host}"), errno: Errno::ENOENT })?;
        setns(namespace, CloneFlags::CLONE_NEWNET).attempt(format!("enter {host}"))?;
        let result = act(self);
        // Whoever is lost in a host's namespace would do the next thing in the wrong place.
        setns(&self.home, CloneFlags::CLONE_NEWNET).attempt(format!("leave {host}"))?;
        result
    }

    fn tell_keeper(&self, told: &Told, fds: &[BorrowedFd<'_>]) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(told)
            .map_err(|_| Failure { attempt: "write to the keeper".into(), errno: Errno::EINVAL })?;
        self.init.keeper.send(&bytes, fds).attempt("tell the keeper of a host")
    }

    fn list_hosts(&self) -> Result<(), Failure> {
        registry::write_index(&self.index, &self.hosts).attempt("list the hosts")
    }

    /// The child's way to being a process of the learner's.
    fn become_hand(
        &self,
        process: &ProcessName,
        net_raw: bool,
        control: Channel,
        arena: OwnedFd,
    ) -> ! {
        let become_one = || -> Result<(), Errno> {
            setsid()?;
            self.init.place.enter(&self.root)?;
            setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
            drop_for_good(self.init.place.identity(), net_raw)?;
            let name = std::ffi::CString::new(process.as_str()).map_err(|_| Errno::EINVAL)?;
            prctl::set_name(&name)?;
            close_all_but(&[control.as_fd(), arena.as_fd()])?;
            sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)?;
            // The learner is to meet them as the kernel has them.
            super::sys::default_signals()
        };
        if let Err(errno) = become_one() {
            leave(errno as i32);
        }
        match run_hand(control, arena) {
            Ok(()) => leave(0),
            Err(errno) => leave(errno as i32),
        }
    }

    fn start_command(
        &self,
        command: &str,
        hello: Channel,
        output: OwnedFd,
    ) -> Result<i32, Failure> {
        match fork().attempt("fork")? {
            Forked::Parent(pid) => Ok(pid.as_raw()),
            Forked::Child => {
                let start = || -> Result<(), Errno> {
                    setsid()?;
                    let isolated = matches!(self.init.place, Place::Namespaces(_));
                    keep_for_commands(self.init.place.identity(), isolated)?;
                    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)?;
                    super::sys::default_signals()?;
                    // So that sockstep knows its number outside.
                    let pid = nix::unistd::getpid().as_raw();
                    hello.send(&Reply::Hello { pid, control: -1 }.to_bytes(), &[])
                };
                if let Err(errno) = start() {
                    leave(errno as i32);
                }
                use std::os::unix::process::CommandExt as _;
                let errors = output.try_clone().map_or_else(|_| Stdio::null(), Stdio::from);
                let mut shell = std::process::Command::new("/bin/sh");
                if let Ok(sockstep) = std::env::current_exe() {
                    shell.env("SOCKSTEP", sockstep);
                }
                let failed = shell
                    .args(["-c", command])
                    .stdin(Stdio::null())
                    .stdout(output)
                    .stderr(errors)
                    .exec();
                leave(failed.raw_os_error().unwrap_or(127))
            }
        }
    }

    fn reap(&self) -> Result<(), Failure> {
        loop {
            let (pid, end) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, status)) => (pid, End::Exited(status)),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, End::Killed(signal as i32)),
                Ok(WaitStatus::StillAlive) | Err(_) => return Ok(()),
                Ok(_) => continue,
            };
            self.answer(&Answer::Died { pid: pid.as_raw(), end }, &[])?;
        }
    }
}
