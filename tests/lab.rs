//! The lab against the kernel.

mod support;

use std::time::Duration;

use sockstep::model::{
    Action, Filter, LabSpec, Moment, Outcome, PacketKind, Syscall, TcpState, WireAction, World,
};
use support::{ARENA, call, lab_or_skip, name, sockaddr};

#[test]
fn the_first_socket_is_fd_3() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let moment = call(&mut *world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(3));
    let process = moment.snapshot.process(&name("server")).expect("it lives");
    assert_eq!(process.pid, 2);
    assert_eq!(process.fds.len(), 1);
    let socket = moment.snapshot.socket_of(&name("server"), 3).expect("a socket");
    assert!(socket.kind.is_tcp());
    assert_eq!(socket.state, Some(TcpState::Close));
}

#[test]
fn a_handshake_packet_by_packet() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    listen(world);
    let blocked = call(world, "server", Syscall::Accept, [3, 0, 0, 0, 0, 0]);
    assert_eq!(blocked.reports[0].outcome, Outcome::Blocked);
    call(world, "client", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("client")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([198, 51, 100, 1], 8080)));
    act(world, WireAction::Hold(Filter::any()));
    let moment = call(world, "client", Syscall::Connect, [3, ARENA as i64, 16, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome, Outcome::Blocked);
    assert_eq!(moment.snapshot.wire.held.len(), 1);
    assert_eq!(moment.snapshot.wire.held[0].packet.label(), "SYN");
    assert_eq!(state(&moment, "client", 3), Some(TcpState::SynSent));
    let moment = act(world, deliver(PacketKind::Syn));
    let half: Vec<_> = moment.snapshot.hosts[0].sockets.iter().collect();
    assert!(half.iter().any(|s| s.state == Some(TcpState::SynRecv)), "{half:?}");
    let moment = act(world, deliver(PacketKind::SynAck));
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(0));
    assert_eq!(state(&moment, "client", 3), Some(TcpState::Established));
    let moment = act(world, deliver(PacketKind::Ack));
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(4));
    assert_eq!(state(&moment, "server", 4), Some(TcpState::Established));
    let client = moment.snapshot.socket_of(&name("client"), 3).expect("a socket");
    assert_eq!(client.local.as_ref().and_then(|local| local.port()), Some(40_001));
}

#[test]
fn a_forked_process_says_hello_and_shares_the_socket() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let moment = call(world, "server", Syscall::Fork, [0; 6]);
    let Outcome::Returned(pid) = moment.reports[0].outcome else { panic!("{:?}", moment.reports) };
    let child = moment.snapshot.process(&name("server.1")).expect("the child");
    assert_eq!(i64::from(child.pid), pid);
    let inode = child.fds[0].file.socket().expect("a socket");
    assert_eq!(moment.snapshot.owners(inode).count(), 2);
    let moment = call(world, "server.1", Syscall::ExitGroup, [7, 0, 0, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome, Outcome::Exited(7));
}

#[test]
fn a_retransmission_comes_by_itself_and_is_folded() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    call(world, "client", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("client")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([198, 51, 100, 1], 8080)));
    act(world, WireAction::Hold(Filter::any()));
    call(world, "client", Syscall::Connect, [3, ARENA as i64, 16, 0, 0, 0]);
    let moment = world.next(Duration::from_secs(3)).expect("a world").expect("a moment");
    assert_eq!(moment.snapshot.wire.held[0].copies, 2);
}

#[test]
fn a_rebooted_host_forgets_without_a_word() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    listen(world);
    let host = sockstep::model::HostName::parse("server").expect("a name");
    let moment = world.act(&Action::Reboot(host.clone())).expect("a reboot");
    assert!(moment.passages.is_empty(), "{:?}", moment.passages);
    assert!(moment.snapshot.host(&host).expect("the host").sockets.is_empty());
    assert!(!moment.snapshot.process(&name("server")).expect("known").is_alive());
    let moment =
        world.act(&Action::Spawn { process: name("server"), host }).expect("a new process");
    assert!(moment.snapshot.process(&name("server")).expect("known").is_alive());
    let moment = call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(3));
}

fn listen(world: &mut dyn World) {
    call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("server")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([0, 0, 0, 0], 8080)));
    call(world, "server", Syscall::Bind, [3, ARENA as i64, 16, 0, 0, 0]);
    let moment = call(world, "server", Syscall::Listen, [3, 5, 0, 0, 0, 0]);
    assert_eq!(state(&moment, "server", 3), Some(TcpState::Listen));
}

fn act(world: &mut dyn World, action: WireAction) -> Moment {
    world.act(&Action::Wire(action)).expect("an action that makes sense")
}

fn deliver(kind: PacketKind) -> WireAction {
    WireAction::Deliver(Filter { kind, of: None, from: None })
}

fn state(moment: &Moment, process: &str, fd: i32) -> Option<TcpState> {
    moment.snapshot.socket_of(&name(process), fd)?.state
}

#[test]
fn on_the_loopback_rung_states_are_real_and_nothing_else_is_seen() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts().on_loopback(201)) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("server")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([127, 77, 201, 1], 8080)));
    call(world, "server", Syscall::Bind, [3, ARENA as i64, 16, 0, 0, 0]);
    let moment = call(world, "server", Syscall::Listen, [3, 5, 0, 0, 0, 0]);
    assert_eq!(state(&moment, "server", 3), Some(TcpState::Listen));
    assert_eq!(moment.snapshot.hosts[0].sockets.len(), 1);
    call(world, "client", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("client")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([127, 77, 201, 1], 8080)));
    let moment = call(world, "client", Syscall::Connect, [3, ARENA as i64, 16, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(0));
    let listener = moment.snapshot.socket_of(&name("server"), 3).expect("a listener");
    assert_eq!(moment.snapshot.hosts[0].accept_queue(listener).count(), 1);
    let memory = world.memory(&name("client")).expect("memory");
    assert!(memory.write(ARENA, b"/etc/passwd\0"));
    let call = sockstep::model::Call {
        process: name("client"),
        code: "unlink(…)".into(),
        typed: "unlink".into(),
        syscall: Syscall::Unlink,
        args: [ARENA as i64, 0, 0, 0, 0, 0],
        shown: Vec::new(),
        child: None,
        overrun: None,
    };
    let refused = world.act(&Action::Call(call.into())).expect_err("a path outside");
    assert!(refused.to_string().contains("relative"), "{refused}");
}

#[test]
fn the_accept_queue_is_listed_in_the_order_of_arrival() {
    let mut spec = LabSpec::two_hosts();
    let client = spec.processes[1].clone();
    spec.processes.pop();
    for index in 1..=12 {
        let name = name(&format!("client{index}"));
        spec.processes.push(sockstep::model::ProcessSpec { name, ..client.clone() });
    }
    let Some(mut world) = lab_or_skip(&spec) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("server")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([0, 0, 0, 0], 8080)));
    call(world, "server", Syscall::Bind, [3, ARENA as i64, 16, 0, 0, 0]);
    call(world, "server", Syscall::Listen, [3, 20, 0, 0, 0, 0]);
    // Half of the connections come one by one, the other half at once.
    act(world, WireAction::Auto);
    let mut last = None;
    for index in 1..=12 {
        let client = format!("client{index}");
        call(world, &client, Syscall::Socket, [2, 1, 0, 0, 0, 0]);
        let memory = world.memory(&name(&client)).expect("memory");
        assert!(memory.write(ARENA, &sockaddr([198, 51, 100, 1], 8080)));
        if index == 7 {
            act(world, WireAction::Hold(Filter { kind: PacketKind::Ack, of: None, from: None }));
        }
        last = Some(call(world, &client, Syscall::Connect, [3, ARENA as i64, 16, 0, 0, 0]));
    }
    assert!(last.is_some());
    let moment = act(world, WireAction::Auto);
    let listener = moment.snapshot.socket_of(&name("server"), 3).expect("a listener");
    let queue = moment.snapshot.hosts[0].accept_queue(listener);
    let ports: Vec<u16> = queue.filter_map(|s| s.peer.as_ref()?.port()).collect();
    assert_eq!(ports, (40_001..=40_012).collect::<Vec<_>>());
}

#[test]
fn the_accept_queue_is_listed_as_accept_gives_it() {
    let mut spec = LabSpec::two_hosts();
    let client = spec.processes[1].clone();
    let name = |index: usize| name(&format!("client{index}"));
    spec.processes.pop();
    spec.processes
        .extend((1..=3).map(|n| sockstep::model::ProcessSpec { name: name(n), ..client.clone() }));
    let Some(mut world) = lab_or_skip(&spec) else { return };
    let world = &mut *world;
    listen(world);
    act(world, WireAction::Hold(Filter { kind: PacketKind::Ack, of: None, from: None }));
    for index in 1..=3 {
        let client = format!("client{index}");
        call(world, &client, Syscall::Socket, [2, 1, 0, 0, 0, 0]);
        let memory = world.memory(&name(index)).expect("memory");
        assert!(memory.write(ARENA, &sockaddr([198, 51, 100, 1], 8080)));
        call(world, &client, Syscall::Connect, [3, ARENA as i64, 16, 0, 0, 0]);
    }
    // The last to send its SYN is the first whose handshake is complete.
    let mut moment = None;
    for index in [3, 1, 2] {
        let of = Some(name(index));
        let ack = Filter { kind: PacketKind::Ack, of, from: None };
        moment = Some(act(world, WireAction::Deliver(ack)));
    }
    let moment = moment.expect("three deliveries");
    let listener = moment.snapshot.socket_of(&support::name("server"), 3).expect("a listener");
    let queue = moment.snapshot.hosts[0].accept_queue(listener);
    let shown: Vec<u16> = queue.filter_map(|row| row.peer.as_ref()?.port()).collect();
    let given: Vec<u16> = (4..=6)
        .map(|fd| {
            let moment = call(world, "server", Syscall::Accept, [3, 0, 0, 0, 0, 0]);
            let row = moment.snapshot.socket_of(&support::name("server"), fd).expect("a row");
            row.peer.as_ref().and_then(|peer| peer.port()).expect("a port")
        })
        .collect();
    assert_eq!((&shown, shown.len()), (&given, 3));
}

#[test]
fn how_a_child_ended_is_known_although_its_parent_waits_for_it() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Fork, [0; 6]);
    let moment = call(world, "server", Syscall::Wait4, [-1, 0, 0, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome, Outcome::Blocked);
    let kill = Action::Kill { signal: sockstep::model::Signal(9), process: name("server.1") };
    let moment = world.act(&kill).expect("a signal");
    let child = moment.snapshot.process(&name("server.1")).expect("the child");
    let killed = Outcome::Killed(sockstep::model::Signal(9));
    assert_eq!(child.state, sockstep::model::ProcessState::Dead(killed));
    let waited = moment.reports.iter().any(|report| report.outcome == Outcome::Returned(4));
    assert!(waited, "{:?}", moment.reports);
}

/// A command of the machine on the client's host.
fn run(world: &mut dyn World, process: &str, command: &str) -> Moment {
    let host = sockstep::model::HostName::parse("client").expect("a name");
    let run = Action::Run { process: name(process), host, command: command.into() };
    world.act(&run).expect("a command")
}

/// What commands print and how they end from now on, until `enough` is told all of it.
fn hear(
    world: &mut dyn World,
    first: Moment,
    enough: impl Fn(&Moment, &[u8]) -> bool,
) -> (Vec<u8>, u64, Moment) {
    let (mut printed, mut more, mut moment) = (Vec::new(), 0, first);
    let end = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        printed.extend(&moment.printed);
        more += moment.unprinted;
        if enough(&moment, &printed) {
            return (printed, more, moment);
        }
        let left = end.saturating_duration_since(std::time::Instant::now());
        moment = world.next(left).expect("a world").expect("something happens in half a minute");
    }
}

fn is_dead(moment: &Moment, process: &str) -> bool {
    moment.snapshot.process(&name(process)).is_some_and(|process| !process.is_alive())
}

#[test]
fn the_memory_of_dead_processes_is_let_go() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let mappings = || {
        let text = std::fs::read_to_string("/proc/self/maps").expect("Linux has it");
        text.lines().filter(|line| line.contains("memfd:arena")).count()
    };
    let mut before = None;
    for index in 1..=300 {
        call(world, "server", Syscall::Fork, [0; 6]);
        let child = format!("server.{index}");
        let moment = call(world, &child, Syscall::ExitGroup, [7, 0, 0, 0, 0, 0]);
        assert_eq!(moment.reports[0].outcome, Outcome::Exited(7));
        let moment = call(world, "server", Syscall::Wait4, [-1, 0, 0, 0, 0, 0]);
        assert!(matches!(moment.reports[0].outcome, Outcome::Returned(pid) if pid > 0));
        // Other tests of this program have labs, too, but never so many processes.
        if index == 10 {
            before = Some(mappings());
        }
    }
    let before = before.expect("there were ten");
    assert!(mappings() < before + 145, "{before} mappings became {}", mappings());
}

#[test]
fn a_lab_has_room_for_so_many_births() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let fork = sockstep::model::Call {
        process: name("server"),
        code: "fork()".into(),
        typed: "fork".into(),
        syscall: Syscall::Fork,
        args: [0; 6],
        shown: Vec::new(),
        child: None,
        overrun: None,
    };
    let fork = Action::Call(fork.into());
    let refused = loop {
        match world.act(&fork) {
            Ok(moment) => {
                let child = moment.snapshot.processes.last().expect("the child").name.to_string();
                call(world, &child, Syscall::ExitGroup, [0; 6]);
                call(world, "server", Syscall::Wait4, [-1, 0, 0, 0, 0, 0]);
            }
            Err(refused) => break refused.to_string(),
        }
    };
    assert_eq!(refused, "can't fork: this lab has had 1024 processes already; start it again");
    let moment = call(world, "server", Syscall::Getpid, [0; 6]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(2));
}

#[test]
fn what_a_command_prints_is_told_whole() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let command = "head -c 20000 /dev/zero | tr '\\0' a | dd bs=20000 iflag=fullblock 2>/dev/null";
    let moment = run(world, "once", command);
    let (printed, more, _) = hear(world, moment, |_, printed| printed.len() >= 20_000);
    assert!(printed.len() == 20_000 && printed.iter().all(|b| *b == b'a') && more == 0);
    // The kernel hands an empty write on as an empty message where there are messages.
    let command = "perl -e 'syswrite STDOUT, \"\"; select undef, undef, undef, 0.2; syswrite STDOUT, \"late\"'";
    let moment = run(world, "empty", command);
    let (printed, ..) = hear(world, moment, |moment, _| is_dead(moment, "empty"));
    assert_eq!(String::from_utf8_lossy(&printed), "late");
}

#[test]
fn of_a_flood_of_output_the_first_is_told_and_the_rest_counted() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let start = std::time::Instant::now();
    let moment = run(world, "flood", "timeout 1 yes");
    let (printed, more, _) = hear(world, moment, |moment, _| is_dead(moment, "flood"));
    assert!(printed.len() > 200_000 && more > 0, "{} and {more}", printed.len());
    let most = 262_144 + 16_384 * (start.elapsed().as_secs() as usize + 1);
    assert!(printed.len() <= most, "{} of {most}", printed.len());
    // The lab goes on.
    let moment = call(world, "server", Syscall::Getpid, [0; 6]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(2));
}

#[test]
fn a_command_is_over_when_it_is_dead_and_its_children_may_still_print() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let moment = run(world, "c", "(sleep 1; echo later) & echo hi; exit 3");
    let (printed, _, moment) = hear(world, moment, |moment, _| is_dead(moment, "c"));
    assert_eq!(String::from_utf8_lossy(&printed), "hi\n");
    let dead = moment.snapshot.process(&name("c")).expect("it is known");
    assert_eq!(dead.state, sockstep::model::ProcessState::Dead(Outcome::Exited(3)));
    let (printed, ..) = hear(world, moment, |moment, _| moment.printed.ends_with(b"later\n"));
    assert!(printed.ends_with(b"later\n"));
}

#[test]
fn how_many_processes_end_at_once_is_known_of_each() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    for round in 0..20 {
        for status in 1..=3 {
            run(world, &format!("c{round}.{status}"), &format!("exit {status}"));
        }
    }
    let all = |moment: &Moment| {
        let mut commands = moment.snapshot.processes.iter().skip(2);
        commands.len() == 60 && commands.all(|process| !process.is_alive())
    };
    let moment = world.act(&Action::Wait(Duration::ZERO)).expect("a world");
    let (_, _, moment) = hear(world, moment, |moment, _| all(moment));
    for process in moment.snapshot.processes.iter().skip(2) {
        let status = process.name.as_str().rsplit('.').next().and_then(|text| text.parse().ok());
        let ended = sockstep::model::ProcessState::Dead(Outcome::Exited(status.expect("one")));
        assert_eq!(process.state, ended, "{}", process.name);
    }
}

#[test]
fn ports_are_alike_in_every_run_unless_the_lesson_sets_their_range() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    listen(world);
    let memory = world.memory(&name("client")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([198, 51, 100, 1], 8080)));
    let connect = |world: &mut dyn World, fd: i64| {
        call(world, "client", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
        let moment = call(world, "client", Syscall::Connect, [fd, ARENA as i64, 16, 0, 0, 0]);
        let socket = moment.snapshot.socket_of(&name("client"), fd as i32);
        let port = socket.and_then(|socket| socket.local.as_ref()?.port());
        (moment.reports[0].outcome.clone(), port)
    };
    assert_eq!(connect(world, 3), (Outcome::Returned(0), Some(40_001)));
    let range = |world: &mut dyn World, name: &str| {
        let moment = run(world, name, "cat /proc/sys/net/ipv4/ip_local_port_range");
        let (printed, ..) = hear(world, moment, |moment, _| is_dead(moment, name));
        String::from_utf8_lossy(&printed).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(range(world, "before"), "32768 60999");
    let host = sockstep::model::HostName::parse("client").expect("a name");
    let (key, value) = ("net.ipv4.ip_local_port_range".into(), "50000 50001".into());
    world.act(&Action::Set { host, key, value }).expect("it can be set");
    for fd in 4..=5 {
        let (outcome, port) = connect(world, fd);
        assert_eq!(outcome, Outcome::Returned(0));
        assert!(matches!(port, Some(50_000 | 50_001)), "{port:?}");
    }
    let none_left = Outcome::Failed(sockstep::model::Errno(nix::libc::EADDRNOTAVAIL));
    assert_eq!(connect(world, 6).0, none_left);
    assert_eq!(range(world, "after"), "50000 50001");
}

#[test]
fn a_signal_that_nobody_can_take_says_why() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let kill = Action::Kill { signal: sockstep::model::Signal(9), process: name("server") };
    world.act(&kill).expect("it lives");
    let refused = world.act(&kill).expect_err("it is dead");
    assert_eq!(refused.to_string(), "server is dead already");
    let nobody = Action::Kill { signal: sockstep::model::Signal(9), process: name("nobody") };
    let refused = world.act(&nobody).expect_err("there is none");
    assert_eq!(refused.to_string(), "there is no process nobody");
}

#[test]
fn a_raw_socket_has_its_address_on_every_kernel() {
    let mut spec = LabSpec::two_hosts();
    spec.processes[0].net_raw = true;
    let Some(mut world) = lab_or_skip(&spec) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Socket, [2, 3, 1, 0, 0, 0]);
    let moment = call(world, "server", Syscall::Socket, [10, 3, 58, 0, 0, 0]);
    for (fd, protocol) in [(3, 1), (4, 58)] {
        let socket = moment.snapshot.socket_of(&name("server"), fd).expect("a socket");
        // Where a port would be stands the protocol.
        let local = socket.local.as_ref().expect("it has an address");
        assert_eq!((local.port(), socket.recv_q), (Some(protocol), Some(0)));
    }
}

#[test]
fn datagrams_over_ipv6_are_counted() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    call(world, "client", Syscall::Socket, [10, 2, 0, 0, 0, 0]);
    let server = world.start().snapshot.hosts[0].addresses[1];
    let std::net::IpAddr::V6(server) = server else { panic!("{server} is no IPv6 address") };
    let mut to = 10_u16.to_ne_bytes().to_vec();
    to.extend(9_u16.to_be_bytes());
    to.extend([0; 4]);
    to.extend(server.octets());
    to.extend([0; 4]);
    let memory = world.memory(&name("client")).expect("memory");
    assert!(memory.write(ARENA, &to));
    let (from, length) = (ARENA as i64, to.len() as i64);
    let moment = call(world, "client", Syscall::Sendto, [3, from, 1, 0, from, length]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(1));
    let counter = |host: usize, name: &str| moment.snapshot.hosts[host].counters.get(name).copied();
    assert_eq!(counter(1, "Udp6OutDatagrams"), Some(1));
    assert_eq!(counter(0, "Udp6NoPorts"), Some(1));
}

#[test]
fn what_sockstep_says_to_a_forked_process_is_no_socket_of_the_host() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Fork, [0; 6]);
    let moment = call(world, "server", Syscall::Socket, [1, 1, 0, 0, 0, 0]);
    let sockets = &moment.snapshot.hosts[0].sockets;
    assert_eq!(sockets.len(), 1, "{sockets:?}");
    assert_eq!(
        Some(sockets[0].inode),
        moment.snapshot.socket_of(&name("server"), 3).map(|s| s.inode)
    );
}
