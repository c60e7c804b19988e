//! Whatever a moment holds, it is explained without panic, in sentences, without raw bytes.

use std::sync::Arc;

use proptest::prelude::*;

use crate::explain::testing::*;
use crate::explain::{Words, notes};
use crate::model::{
    Action, Address, Body, Call, Cause, Fate, Fd, File, Flags, Kind, Lang, Moment, Outcome,
    Ownerless, Packet, Passage, ProcessState, Report, Signal, Snapshot, Socket, Syscall, TcpInfo,
    TcpState, Timer, TimerKind, WireAction, changes,
};

/// Numbers to build from; 0 when they are used up.
struct Dice(std::vec::IntoIter<u32>);

impl Dice {
    fn roll(&mut self) -> u32 {
        self.0.next().unwrap_or(0)
    }

    fn below(&mut self, sides: usize) -> usize {
        self.roll() as usize % sides.max(1)
    }

    fn pick<T: Clone>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())].clone()
    }

    fn one_in(&mut self, times: u32) -> bool {
        self.roll().is_multiple_of(times)
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (!self.one_in(3)).then(|| make(self))
    }

    fn text(&mut self) -> String {
        let texts = [
            "",
            "3",
            "NULL",
            "[1]",
            "\x1b[2J",
            "套接字\u{202e}",
            "{a}",
            "{",
            "}",
            "sun_path=\"",
            "\"",
            "htons(",
            "htons(99999)",
            SHOWN_ANY,
            SHOWN_SERVER,
            "F_SETFL",
            "F_GETFL",
            "SO_ERROR",
            "sun_path=@\"\x07\"",
            "(flags ",
            "sa_family=",
        ];
        self.pick(&texts).to_owned()
    }

    fn address(&mut self) -> String {
        let addresses =
            [SERVER, CLIENT, "0.0.0.0:0", "0.0.0.0:8080", "[2001:db8::1]:80", "[::ffff:1.2.3.4]:5"];
        self.pick(&addresses).to_owned()
    }

    fn name(&mut self) -> Address {
        match self.below(6) {
            0 => Address::Path(b"/tmp/\xff\x1b".to_vec()),
            1 => Address::Abstract(b"\0\n".to_vec()),
            2 => Address::Unnamed,
            3 => Address::Interface(self.roll()),
            _ => Address::Inet(address(&self.address())),
        }
    }

    fn kind(&mut self) -> Kind {
        self.pick(&[TCP, TCP, TCP, UDP, UNIX])
    }

    fn socket(&mut self) -> Socket {
        let timers = [
            TimerKind::Retransmit,
            TimerKind::Keepalive,
            TimerKind::TimeWait,
            TimerKind::ZeroWindowProbe,
            TimerKind::Other(9),
        ];
        let whys =
            [Ownerless::SynQueue, Ownerless::AcceptQueue, Ownerless::Orphan, Ownerless::TimeWait];
        Socket {
            state: self.maybe(|dice| dice.pick(&TcpState::ALL)),
            local: self.maybe(Self::name),
            peer: self.maybe(Self::name),
            recv_q: self.maybe(Self::roll),
            send_q: self.maybe(Self::roll),
            timer: self.maybe(|dice| Timer {
                kind: dice.pick(&timers),
                left_ms: dice.roll(),
                retransmits: dice.below(256) as u8,
            }),
            ownerless: self.maybe(|dice| dice.pick(&whys)),
            shutdown: self.maybe(|dice| dice.below(256) as u8),
            tcp: self.maybe(|dice| TcpInfo {
                snd_wnd: Some(dice.roll() % 2),
                notsent_bytes: dice.maybe(Self::roll),
                ..TcpInfo::default()
            }),
            inode: u64::from(self.roll() % 4),
            ..plain(self.kind())
        }
    }

    fn lab(&mut self) -> Lab {
        let mut lab = Lab::new();
        for _ in 0..self.below(6) {
            let (socket, on) = (self.socket(), self.pick(&["server", "client"]));
            lab = if self.one_in(2) {
                lab.row(on, socket)
            } else {
                lab.fd(on, self.below(5) as i32, socket)
            };
        }
        for _ in 0..self.below(3) {
            let name = self.text();
            let fd = Fd {
                number: 3,
                file: File::Other(name),
                cloexec: true,
                nonblock: true,
                watches: Vec::new(),
            };
            lab = lab.file("client", fd);
        }
        let counters = ["ListenOverflows", "ListenDrops", "SyncookiesRecv", "TCPReqQFullDrop"];
        for _ in 0..self.below(3) {
            let counter = self.pick(&counters);
            lab = lab.counter("server", counter, u64::from(self.roll()));
        }
        if self.one_in(3) {
            let call = self.call();
            lab = lab.asleep("client", &call);
        }
        if self.one_in(5) {
            let outcome = self.outcome();
            lab = lab.state("server", ProcessState::Dead(outcome));
        }
        let packet = self.packet();
        if self.one_in(2) { lab.held(&packet, self.roll()) } else { lab }
    }

    fn call(&mut self) -> Call {
        let shown: Vec<String> = (0..self.below(7)).map(|_| self.text()).collect();
        let mut args = [0; 6];
        for arg in &mut args {
            let roll = i64::from(self.roll());
            *arg = if roll % 3 == 0 { i64::MIN + roll } else { roll % 9 };
        }
        Call {
            process: process(self.pick(&["server", "client", "nobody"])),
            code: self.text(),
            typed: self.text(),
            syscall: self.pick(Syscall::ALL),
            args,
            shown,
            child: None,
            overrun: None,
        }
    }

    fn outcome(&mut self) -> Outcome {
        match self.below(6) {
            0 => Outcome::Failed(crate::model::Errno(self.below(140) as i32 - 2)),
            1 => Outcome::Blocked,
            2 => Outcome::Killed(Signal(self.below(70) as i32 - 2)),
            3 => Outcome::Exited(self.roll() as i32),
            _ => Outcome::Returned(i64::from(self.roll()) - 3),
        }
    }

    fn packet(&mut self) -> Arc<Packet> {
        let number = u64::from(self.roll() % 5);
        let (from, to) = (self.address(), self.address());
        let segment = segment(number, &from, &to, Flags(self.roll() as u8), self.below(9));
        let mut packet = (*segment).clone();
        match self.below(5) {
            0 => packet.body = Body::Other { protocol: self.maybe(|dice| dice.roll() as u8) },
            1 => packet = (*icmp(number, self.roll() as u8, self.roll() as u8)).clone(),
            2 => {
                let (source, destination) = (address(&from), address(&to));
                packet.body = Body::Udp { source, destination, length: self.below(9) };
            }
            _ => {}
        }
        Arc::new(packet)
    }

    fn passage(&mut self) -> Passage {
        let fates = [
            Fate::Held,
            Fate::Folded,
            Fate::Delivered,
            Fate::Delivered,
            Fate::Duplicated,
            Fate::Dropped,
            Fate::Cut,
            Fate::Unreachable,
            Fate::Overflow,
            Fate::NoReceiver,
            Fate::Refused,
        ];
        Passage { packet: self.packet(), fate: self.pick(&fates) }
    }

    fn cause(&mut self) -> Cause {
        let any = crate::model::Filter::any;
        let actions = [
            Action::Wire(WireAction::Auto),
            Action::Wire(WireAction::Deliver(any())),
            Action::Wire(WireAction::Duplicate(any())),
            Action::Wire(WireAction::Drop(any())),
            Action::Wire(WireAction::Unreachable(crate::model::Unreachable::Host)),
            Action::Wire(WireAction::DeliverAll),
            Action::Reboot(host("server")),
            Action::Kill { signal: Signal(99), process: process("client") },
            Action::Set { host: host("server"), key: self.text(), value: self.text() },
            Action::Run { process: process("x"), host: host("client"), command: self.text() },
            Action::Wait(std::time::Duration::MAX),
            Action::Call(Arc::new(self.call())),
        ];
        match self.below(4) {
            0 => Cause::Kernel,
            1 => Cause::Statement {
                process: process("client"),
                code: self.text(),
                changed: self.one_in(2),
                value: self.maybe(|dice| i64::from(dice.roll())),
            },
            _ => Cause::Action(self.pick(&actions)),
        }
    }

    fn moment(&mut self, before: &Snapshot) -> Moment {
        let after = self.lab().snapshot();
        // Changes that do not even belong to the snapshots must do no harm.
        let changes = if self.one_in(4) {
            changes(&self.lab().snapshot(), &self.lab().snapshot())
        } else {
            changes(before, &after)
        };
        let reports = (0..self.below(3)).map(|_| Report {
            call: Arc::new(self.call()),
            outcome: self.outcome(),
            pid: 0,
            written: (0..self.below(4)).map(|_| (self.below(8), self.text())).collect(),
        });
        let reports = reports.collect();
        Moment {
            cause: self.cause(),
            at: std::time::Duration::ZERO,
            reports,
            passages: (0..self.below(5)).map(|_| self.passage()).collect(),
            untold: u64::from(self.roll() % 2),
            snapshot: Arc::new(after),
            changes,
            printed: Vec::new(),
            signals: Vec::new(),
            unprinted: u64::from(self.roll() % 2),
            unsettled: self.one_in(5),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_moment_is_explained_harmlessly(rolls in prop::collection::vec(any::<u32>(), 0..400)) {
        let mut dice = Dice(rolls.into_iter());
        let before = dice.lab().snapshot();
        let moment = dice.moment(&before);
        let english: &Words = &WORDS;
        for words in Lang::ALL.map(|lang| english.in_lang(lang)) {
            let told = notes(&before, &moment);
            let lines = told.iter().flat_map(|note| {
                let long = words.long(note).unwrap_or_default();
                [words.short(note), long.replace('\n', " ")]
            });
            let changed = moment.changes.iter().map(|change| words.change(change, &moment.snapshot));
            for line in lines.chain(changed) {
                let harmless = crate::model::escape(line.as_bytes()).replace("\\\\", "\\");
                prop_assert_eq!(&harmless, &line);
                prop_assert!(line.chars().count() < 1500, "{}", line);
            }
        }
    }
}
