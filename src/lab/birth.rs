//! The birth of a lab: the keeper is started, its namespaces get their user, and its first
//! process takes orders.

use std::fs;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{getegid, geteuid};

use super::failure::{Attempt as _, Failure};
use super::keeper::{NOBODY, word};
use super::order::{Answer, End, LONGEST, Order};
use super::sys::{Channel, Received};
use crate::model::Rung;

/// The rung on the keeper's command line.
fn rung_word(rung: Rung) -> &'static str {
    match rung {
        Rung::Wire => "wire",
        Rung::Loopback => "loopback",
    }
}

/// How long the keeper or the first process may take to answer, in milliseconds. Both do nothing
/// but answer; whoever takes longer was stopped or killed.
const PATIENCE_MS: u16 = 10_000;

/// More deaths are left for the next time they are asked for.
const DEATHS_AT_ONCE: usize = 256;

/// The word on the command line that makes sockstep a keeper.
pub(crate) const KEEPER: &str = "__lab";

/// Keepers whose labs were closed; they are still at work.
pub(super) type Ended = Arc<Mutex<Vec<Child>>>;

/// A lab's processes as sockstep holds them. Letting go of the channel is what ends the lab.
#[derive(Debug)]
pub(super) struct Lineage {
    /// The keeper, to be waited for after the channel is closed.
    pub keeper: Child,
    /// Its channel; nothing is said on it after the birth.
    pub life: Channel,
    /// The first process.
    pub first: First,
}

/// The lab's first process as sockstep talks to it.
#[derive(Debug)]
pub(super) struct First {
    channel: Channel,
    died: Vec<(i32, End)>,
    lost: bool,
}

/// Makes a lab by running `program` as its keeper; on the rung with a wire, that makes namespaces.
///
/// # Errors
/// The first thing that failed, with its errno; EPERM for a user namespace where the machine
/// forbids those.
pub(super) fn give_birth(program: &Path, rung: Rung) -> Result<Lineage, Failure> {
    let (life, theirs) = Channel::pair().attempt("make a channel")?;
    let keeper = Command::new(program)
        .args([KEEPER, rung_word(rung)])
        .env_clear()
        .stdin(Stdio::from(theirs.into_fd()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .attempt(format!("start {}", program.display()))?;
    let mut lineage = Newborn { keeper: Some(keeper), life };
    let first = lineage.grow(rung)?;
    let Newborn { keeper, life } = lineage;
    let keeper = keeper.expect("the keeper is taken here only");
    Ok(Lineage { keeper, life, first: First { channel: first, died: Vec::new(), lost: false } })
}

struct Newborn {
    keeper: Option<Child>,
    life: Channel,
}

impl Newborn {
    fn grow(&mut self, rung: Rung) -> Result<Channel, Failure> {
        let result = self.try_to_grow(rung);
        if result.is_err()
            && let Some(mut keeper) = self.keeper.take()
        {
            // It has said what failed and is leaving; a keeper that is stuck is ended.
            let _ = keeper.kill();
            let _ = keeper.wait();
        }
        result
    }

    fn try_to_grow(&self, rung: Rung) -> Result<Channel, Failure> {
        if rung == Rung::Wire {
            let pid = self.keeper.as_ref().map_or(0, Child::id);
            self.hear(word::UNSHARED)?;
            let mapped = write_maps(pid)?;
            self.life.send(mapped, &[]).attempt("talk to the keeper")?;
        }
        let mut fds = self.hear(word::READY)?.into_iter();
        fds.next().map(Channel::from_fd).ok_or_else(|| Failure {
            attempt: "take the channel to the lab".into(),
            errno: Errno::EBADF,
        })
    }

    fn hear(&self, expected: &[u8]) -> Result<Vec<OwnedFd>, Failure> {
        let mut bytes = vec![0; LONGEST];
        let received = receive_in_time(&self.life, &mut bytes)?;
        let said = &bytes[..received.length];
        if said == expected {
            return Ok(received.fds);
        }
        // Anything else is the keeper's last word: an attempt and an errno.
        let text = String::from_utf8_lossy(said);
        let (attempt, errno) = text.split_once('\n').unwrap_or(("start a lab", ""));
        let errno = errno.parse().map_or(Errno::EPIPE, Errno::from_raw);
        Err(Failure { attempt: attempt.to_owned(), errno })
    }
}

/// Gives the new user namespace its users. Root's lab has two, root and nobody, so that the
/// learner's processes need not be root's; any other lab has its owner alone.
fn write_maps(pid: u32) -> Result<&'static [u8], Failure> {
    let write = |file: &str, text: &str| {
        fs::write(format!("/proc/{pid}/{file}"), text).attempt(format!("write {file} of the lab"))
    };
    if geteuid().is_root() {
        let both = format!("0 0 1\n{NOBODY} {NOBODY} 1\n");
        if write("uid_map", &both).is_ok() {
            write("gid_map", &both)?;
            return Ok(word::MAPPED_ROOT);
        }
    }
    write("setgroups", "deny")?;
    write("uid_map", &format!("{0} {0} 1\n", geteuid()))?;
    write("gid_map", &format!("{0} {0} 1\n", getegid()))?;
    Ok(word::MAPPED_SELF)
}

fn receive_in_time(channel: &Channel, bytes: &mut [u8]) -> Result<Received, Failure> {
    loop {
        let mut fds = [PollFd::new(channel.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::from(PATIENCE_MS)) {
            Err(Errno::EINTR) => continue,
            Ok(0) => {
                let attempt = "wait for the lab".into();
                return Err(Failure { attempt, errno: Errno::ETIMEDOUT });
            }
            other => other.attempt("wait for the lab")?,
        };
        return channel.receive(bytes).attempt("listen to the lab");
    }
}

impl First {
    /// Gives an order and waits for its answer.
    ///
    /// # Errors
    /// What the order's failure was, or EPIPE if the lab is gone.
    pub fn order(
        &mut self,
        order: &Order,
        fds: &[BorrowedFd<'_>],
    ) -> Result<(Answer, Vec<OwnedFd>), Failure> {
        let bytes = serde_json::to_vec(order)
            .map_err(|_| Failure { attempt: "write an order".into(), errno: Errno::EINVAL })?;
        if bytes.len() > LONGEST {
            return Err(Failure { attempt: "give an order".into(), errno: Errno::EMSGSIZE });
        }
        let answered = self.exchange(&bytes, fds);
        self.lost |= answered.is_err();
        match answered? {
            (Answer::Failed { attempt, errno }, _) => {
                Err(Failure { attempt, errno: Errno::from_raw(errno) })
            }
            answer => Ok(answer),
        }
    }

    fn exchange(
        &mut self,
        order: &[u8],
        fds: &[BorrowedFd<'_>],
    ) -> Result<(Answer, Vec<OwnedFd>), Failure> {
        self.channel.send(order, fds).attempt("give an order to the lab")?;
        loop {
            let mut bytes = vec![0; LONGEST];
            let received = receive_in_time(&self.channel, &mut bytes)?;
            match read_answer(&bytes[..received.length])? {
                Answer::Died { pid, end } => self.died.push((pid, end)),
                answer => return Ok((answer, received.fds)),
            }
        }
    }

    /// Whether an order was not answered: the first process is gone.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// The processes whose end was told since this was asked last, by their number in the lab.
    ///
    /// # Errors
    /// EPIPE if the lab is gone.
    pub fn take_died(&mut self) -> Result<Vec<(i32, End)>, Failure> {
        let mut bytes = vec![0; 4096];
        for _ in 0..DEATHS_AT_ONCE {
            match self.channel.try_receive(&mut bytes) {
                Ok(received) => {
                    if let Answer::Died { pid, end } = read_answer(&bytes[..received.length])? {
                        self.died.push((pid, end));
                    }
                }
                Err(Errno::EAGAIN) => break,
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno).attempt("listen to the lab"),
            }
        }
        Ok(std::mem::take(&mut self.died))
    }

    /// To wait for news.
    pub fn as_fd(&self) -> BorrowedFd<'_> {
        self.channel.as_fd()
    }
}

fn read_answer(bytes: &[u8]) -> Result<Answer, Failure> {
    if bytes.is_empty() {
        let attempt = "listen to the lab: its first process is gone".into();
        return Err(Failure { attempt, errno: Errno::EPIPE });
    }
    serde_json::from_slice(bytes)
        .map_err(|_| Failure { attempt: "read an answer".into(), errno: Errno::EBADMSG })
}
