//! The loopback rung against the kernel: real sockets on addresses of the machine, and nothing that
//! is not the lab's.

mod support;

use sockstep::model::{Action, LabSpec, Outcome, Syscall, World};
use support::{ARENA, call, lab_or_skip, name, sockaddr};

fn put(world: &mut dyn World, process: &str, address: u64, bytes: &[u8]) {
    let memory = world.memory(&name(process)).expect("memory");
    assert!(memory.write(address, bytes));
}

#[test]
fn a_process_that_sleeps_keeps_its_sockets() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts().on_loopback(202)) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    put(world, "server", ARENA, &sockaddr([127, 77, 202, 1], 8080));
    call(world, "server", Syscall::Bind, [3, ARENA as i64, 16, 0, 0, 0]);
    call(world, "server", Syscall::Listen, [3, 5, 0, 0, 0, 0]);
    let moment = call(world, "server", Syscall::Accept, [3, 0, 0, 0, 0, 0]);
    let listener = moment.snapshot.socket_of(&name("server"), 3).expect("its row");
    assert_eq!((listener.recv_q, listener.send_q), (Some(0), Some(5)));
    assert!(listener.local.is_some(), "{listener:?}");
}

#[test]
fn a_path_in_a_page_of_its_own_is_not_followed() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts().on_loopback(203)) else { return };
    let world = &mut *world;
    let (read_write, private_anonymous) = (3, 0x22);
    let page = [0, 4096, read_write, private_anonymous, -1, 0];
    let moment = call(world, "server", Syscall::Mmap, page);
    let Outcome::Returned(page) = moment.reports[0].outcome else { panic!("{moment:?}") };
    put(world, "server", ARENA, b"/etc/passwd\0");
    call(world, "server", Syscall::Socketpair, [1, 1, 0, ARENA as i64 + 64, 0, 0]);
    call(world, "server", Syscall::Write, [3, ARENA as i64, 12, 0, 0, 0]);
    call(world, "server", Syscall::Read, [4, page, 12, 0, 0, 0]);
    let open = sockstep::model::Call {
        process: name("server"),
        code: "open(page, O_RDONLY)".into(),
        typed: "open".into(),
        syscall: Syscall::Open,
        args: [page, 0, 0, 0, 0, 0],
        shown: Vec::new(),
        child: None,
        overrun: None,
    };
    let refused = world.act(&Action::Call(open.into())).expect_err("a path nobody has looked at");
    assert!(refused.to_string().contains("looked at"), "{refused}");
    let moment = world.next(std::time::Duration::ZERO).expect("it lives");
    assert!(moment.is_none(), "nothing was done");
    // What points nowhere is the kernel's to answer.
    let moment = call(world, "server", Syscall::Open, [0, 0, 0, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome.to_string(), "= -1 EFAULT");
}

#[test]
fn what_is_not_the_lab_s_is_not_called() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts().on_loopback(204)) else { return };
    let world = &mut *world;
    call(world, "client", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    call(world, "client", Syscall::Socket, [1, 1, 0, 0, 0, 0]);
    let abstract_name = [&1_u16.to_ne_bytes() as &[u8], b"\0somebody"].concat();
    let targets = [
        (3, sockaddr([127, 0, 0, 1], 22), "127.0.0.1 is not the lab's"),
        (3, sockaddr([192, 0, 2, 1], 80), "192.0.2.1 is not the lab's"),
        (4, abstract_name, "abstract names are the whole machine's"),
    ];
    for (fd, address, why) in targets {
        put(world, "client", ARENA, &address);
        let connect = sockstep::model::Call {
            process: name("client"),
            code: "connect(fd, …)".into(),
            typed: "connect".into(),
            syscall: Syscall::Connect,
            args: [fd, ARENA as i64, address.len() as i64, 0, 0, 0],
            shown: Vec::new(),
            child: None,
            overrun: None,
        };
        let refused = world.act(&Action::Call(connect.into())).expect_err(why);
        assert!(refused.to_string().contains(why), "{refused}");
    }
    // Nobody listens there, but the address is a host's.
    put(world, "client", ARENA, &sockaddr([127, 77, 204, 1], 8080));
    let moment = call(world, "client", Syscall::Connect, [3, ARENA as i64, 16, 0, 0, 0]);
    assert_eq!(moment.reports[0].outcome.to_string(), "= -1 ECONNREFUSED");
}
