//! The few calls that the double answers.

use std::sync::Arc;
use std::time::Duration;

use super::kernel::{Kernel, Sock};
use crate::model::{
    Bytes, Call, Errno, Memory as _, Outcome, ProcessState, Signal, Syscall, TcpState,
};

impl Kernel {
    pub(super) fn call(&mut self, at: usize, call: &Arc<Call>) {
        let failing = self.failing.iter().find(|(code, _)| call.code.contains(code));
        if let Some((_, errno)) = failing {
            let outcome = Outcome::Failed(Errno(*errno));
            return self.report(at, call, outcome);
        }
        let fd = i32::try_from(call.args[0]).unwrap_or(-1);
        let inode = self.processes[at].fds.get(&fd).copied();
        let takes_fd = !matches!(
            call.syscall,
            Syscall::Socket
                | Syscall::Getpid
                | Syscall::Fork
                | Syscall::Execve
                | Syscall::ExitGroup
                | Syscall::Poll
                | Syscall::RtSigaction
        );
        let done = |value: i64| Some(Outcome::Returned(value));
        let outcome = match (call.syscall, inode) {
            (_, None) if takes_fd => Some(Outcome::Failed(Errno(9))),
            (Syscall::Socket, _) => {
                let inode = self.new_socket(at);
                done(self.lowest(at, inode))
            }
            (Syscall::RtSigaction, _) => {
                self.install(at, call);
                done(0)
            }
            (Syscall::Getpid, _) => done(i64::from(self.processes[at].pid)),
            (Syscall::Poll, _) => {
                let wait = u64::try_from(call.args[2]).unwrap_or(0);
                self.processes[at].wakes = Some(self.now + Duration::from_millis(wait));
                None
            }
            (Syscall::Fork, _) => {
                let name = call.child.clone().expect("a session names every child");
                let host = self.processes[at].host.clone();
                self.spawn(&name, &host, Some(at));
                done(i64::from(self.processes.last().expect("just born").pid))
            }
            (Syscall::Execve, _) => {
                let (found, process) = (call.args[0] != 0, &mut self.processes[at]);
                if found {
                    process.memory = Bytes::zeroed();
                    process.handlers.clear();
                    process.handling.clear();
                }
                Some(if found { Outcome::Returned(0) } else { Outcome::Failed(Errno(14)) })
            }
            (Syscall::ExitGroup, _) => {
                let status = Outcome::Exited(fd);
                self.report(at, call, status.clone());
                return self.die(at, status);
            }
            (Syscall::Close, Some(inode)) => {
                self.processes[at].fds.remove(&fd);
                self.let_go(inode);
                done(0)
            }
            (Syscall::Bind, Some(inode)) => {
                let address = u64::try_from(call.args[1]).unwrap_or(0);
                let bytes = self.processes[at].memory.read(address, 4).unwrap_or_default();
                let port = bytes.get(2..4).map_or(0, |port| u16::from_be_bytes([port[0], port[1]]));
                let taken = self.sockets.iter().any(|s| s.local == port && s.inode != inode);
                match self.socket(inode) {
                    Some(socket) if !taken => socket.local = port,
                    _ => return self.report(at, call, Outcome::Failed(Errno(98))),
                }
                done(0)
            }
            (Syscall::Listen, Some(inode)) => {
                let socket = self.socket(inode).expect("an fd's socket exists");
                socket.state = TcpState::Listen;
                socket.backlog = u32::try_from(call.args[1]).unwrap_or(0);
                done(0)
            }
            (Syscall::Accept, Some(inode)) => self.take_queued(at, inode),
            (Syscall::Connect, Some(inode)) => {
                let address = u64::try_from(call.args[1]).unwrap_or(0);
                let bytes = self.processes[at].memory.read(address, 4).unwrap_or_default();
                let port = bytes.get(2..4).map_or(0, |port| u16::from_be_bytes([port[0], port[1]]));
                self.connect(inode, port)
            }
            (Syscall::Read | Syscall::Recvfrom, Some(inode)) => self.read(at, inode, call),
            (Syscall::Write | Syscall::Sendto, Some(inode)) => {
                let address = u64::try_from(call.args[1]).unwrap_or(0);
                let length = usize::try_from(call.args[2]).unwrap_or(0);
                let bytes = self.processes[at].memory.read(address, length).unwrap_or_default();
                let peer = self.socket(inode).and_then(|socket| socket.peer);
                match peer.and_then(|peer| self.socket(peer)) {
                    Some(peer) => {
                        peer.received.extend_from_slice(&bytes);
                        done(call.args[2])
                    }
                    None => {
                        self.die(at, Outcome::Killed(Signal(13)));
                        return self.report(at, call, Outcome::Killed(Signal(13)));
                    }
                }
            }
            _ => Some(Outcome::Failed(Errno(38))),
        };
        match outcome {
            Some(outcome) => self.report(at, call, outcome),
            None => self.sleep(at, call),
        }
        self.wake_all();
    }

    fn read(&mut self, at: usize, inode: u64, call: &Call) -> Option<Outcome> {
        let socket = self.socket(inode)?;
        if socket.received.is_empty() {
            return socket.ended.then_some(Outcome::Returned(0));
        }
        let length = usize::try_from(call.args[2]).unwrap_or(0).min(socket.received.len());
        let bytes: Vec<u8> = socket.received.drain(..length).collect();
        let address = u64::try_from(call.args[1]).unwrap_or(0);
        self.processes[at].memory.write(address, &bytes);
        Some(Outcome::Returned(i64::try_from(length).unwrap_or(0)))
    }

    fn new_socket(&mut self, at: usize) -> u64 {
        self.inodes += 1;
        self.sockets.push(Sock {
            host: self.processes[at].host.clone(),
            inode: self.inodes,
            state: TcpState::Close,
            local: 0,
            peer: None,
            peer_port: 0,
            backlog: 0,
            accept_queue: Vec::new(),
            received: Vec::new(),
            ended: false,
        });
        self.inodes
    }

    fn lowest(&mut self, at: usize, inode: u64) -> i64 {
        let fds = &mut self.processes[at].fds;
        let number = (3..).find(|number| !fds.contains_key(number)).expect("few fds");
        fds.insert(number, inode);
        i64::from(number)
    }

    fn take_queued(&mut self, at: usize, listener: u64) -> Option<Outcome> {
        let socket = self.socket(listener)?;
        if socket.state != TcpState::Listen {
            return Some(Outcome::Failed(Errno(22)));
        }
        if socket.accept_queue.is_empty() {
            return None;
        }
        let inode = socket.accept_queue.remove(0);
        Some(Outcome::Returned(self.lowest(at, inode)))
    }

    /// An fd let go of this open socket; with the last one it is closed.
    pub(super) fn let_go(&mut self, inode: u64) {
        if self.processes.iter().any(|process| process.fds.values().any(|i| *i == inode)) {
            return;
        }
        let peer = self.socket(inode).and_then(|socket| socket.peer);
        self.sockets.retain(|socket| socket.inode != inode);
        if let Some(peer) = peer.and_then(|peer| self.socket(peer)) {
            peer.ended = true;
            peer.peer = None;
            peer.state = TcpState::CloseWait;
        }
    }

    /// Calls that sleep and needn't any more.
    pub(super) fn wake_all(&mut self) {
        for at in 0..self.processes.len() {
            let ProcessState::InCall { call, .. } = &self.processes[at].state else { continue };
            let call = call.clone();
            let fd = i32::try_from(call.args[0]).unwrap_or(-1);
            let Some(inode) = self.processes[at].fds.get(&fd).copied() else { continue };
            let outcome = match call.syscall {
                Syscall::Accept => self.take_queued(at, inode),
                Syscall::Read | Syscall::Recvfrom => self.read(at, inode, &call),
                Syscall::Connect => match self.socket(inode).map(|socket| socket.state) {
                    Some(TcpState::Established) => Some(Outcome::Returned(0)),
                    Some(TcpState::Close) => Some(Outcome::Failed(Errno(111))),
                    Some(_) | None => None,
                },
                _ => None,
            };
            if let Some(outcome) = outcome {
                self.wake(at, outcome, Vec::new());
            }
        }
    }
}
