//! Making hosts and processes, by orders to the lab's first process.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::failure::{Attempt as _, Failure};
use super::host::Files;
use super::life::{Lab, process_channel};
use super::order::{Answer, HostPlan, Order};
use super::output::Output;
use super::preset::settings;
use super::process::Process;
use super::sys::Arena;
use super::world::refused;
use crate::model::{
    Errno as CallErrno, HostName, HostSpec, ProcessName, ProcessSpec, RefusedSetting, WorldError,
    said,
};

impl Lab {
    /// Why an order was not carried out: as a refusal, if the lab lives on and is as before.
    pub fn why_not(&self, failure: Failure) -> WorldError {
        let lost = self.lineage.as_ref().is_none_or(|lineage| lineage.first.is_lost());
        if lost {
            return failure.into();
        }
        let reason = failure.reason();
        refused(said!("can't {attempt}: {reason}", attempt = failure.attempt, reason))
    }

    /// Gives an order to the lab's first process.
    ///
    /// # Errors
    /// What the order's failure was, or EPIPE if the lab is gone.
    pub fn order(
        &mut self,
        order: &Order,
        fds: &[BorrowedFd<'_>],
    ) -> Result<(Answer, Vec<OwnedFd>), Failure> {
        let Some(lineage) = &mut self.lineage else {
            let attempt = "give an order to the lab".into();
            return Err(Failure { attempt, errno: Errno::EPIPE });
        };
        lineage.first.order(order, fds)
    }

    /// Starts a process on a host; it says hello while the lab settles.
    ///
    /// # Errors
    /// What the order's failure was.
    pub fn spawn(&mut self, spec: &ProcessSpec) -> Result<(), Failure> {
        let (ours, theirs) = process_channel().attempt("make a channel")?;
        let (arena, fd) = Arena::create().attempt("make the memory of a process")?;
        let order = Order::Spawn {
            process: spec.name.clone(),
            host: spec.host.clone(),
            net_raw: spec.net_raw,
        };
        let pid = self.start(&order, &[theirs.as_fd(), fd.as_fd()])?;
        let (name, host) = (spec.name.clone(), spec.host.clone());
        self.take_in(Process::new(name, host, Some(pid), ours, arena))
    }

    /// Starts a command of the machine on a host.
    ///
    /// # Errors
    /// What the order's failure was.
    pub fn run(
        &mut self,
        name: &ProcessName,
        host: &HostName,
        command: &str,
    ) -> Result<(), Failure> {
        let (ours, theirs) = process_channel().attempt("make a channel")?;
        let (output, printed_to) = Output::pipe().attempt("make a pipe for what it prints")?;
        let order = Order::Run { host: host.clone(), command: command.to_owned() };
        let pid = self.start(&order, &[theirs.as_fd(), printed_to.as_fd()])?;
        let (name, host) = (name.clone(), host.clone());
        self.take_in(Process::command(name, host, Some(pid), ours, Some(output)))
    }

    /// Gives an order that starts a process; its number in the lab.
    fn start(&mut self, order: &Order, fds: &[BorrowedFd<'_>]) -> Result<i32, Failure> {
        match self.order(order, fds)? {
            (Answer::Started { pid }, _) => Ok(pid),
            (
                Answer::Host { .. } | Answer::Done | Answer::Failed { .. } | Answer::Died { .. },
                _,
            ) => Err(Failure { attempt: "start a process".into(), errno: Errno::EBADMSG }),
        }
    }

    /// Makes a host by the plan.
    ///
    /// # Errors
    /// What the order's failure was.
    pub fn make_host(&mut self, spec: &HostSpec) -> Result<Files, Failure> {
        let plan = HostPlan {
            name: spec.name.clone(),
            v4: spec.v4,
            v6: spec.v6,
            quickack: self.spec.quickack,
            settings: settings(self.spec.preset),
        };
        let (answer, fds) = self.order(&Order::MakeHost(plan), &[])?;
        if let Answer::Host { refused } = answer {
            let refused = refused.into_iter();
            let refused =
                refused.map(|(key, errno)| RefusedSetting { key, errno: CallErrno(errno) });
            self.refused_settings.extend(refused);
            self.refused_settings.sort();
            self.refused_settings.dedup();
        }
        let files = Files::from_answer(fds)?;
        if let Some(tun) = files.tun() {
            self.watch(tun)?;
        }
        Ok(files)
    }

    /// Starts a host anew. Its processes die and its sockets vanish; not one packet says so.
    ///
    /// # Errors
    /// There is no such host, or the lab is lost.
    pub fn reboot(&mut self, name: &HostName) -> Result<(), WorldError> {
        let place = self.hosts.iter().position(|host| host.name == *name);
        let spec = self.spec.hosts.iter().find(|host| host.name == *name).cloned();
        let (Some(place), Some(spec)) = (place, spec) else {
            return Err(refused(said!("there is no host {host}", host = name)));
        };
        self.hosts[place].unplug();
        for process in self.processes.iter().filter(|p| p.host == *name && p.is_alive()) {
            if let Some(known) = &process.known {
                // One that is gone already needs no signal.
                let _ = known.handle.signal(Signal::SIGKILL as i32);
            }
        }
        self.settle()?;
        self.order(&Order::DropHost(name.clone()), &[])?;
        if let Some(tun) = self.hosts[place].tun() {
            self.unwatch(tun);
        }
        let files = self.make_host(&spec)?;
        self.hosts[place].reboot(files);
        Ok(())
    }
}
