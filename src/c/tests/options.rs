//! Socket options as strace 6.1 printed them.

use super::strace::{last_line, line};

#[test]
fn options() {
    let with = "int one = 1, big[64] = { 1, 2 }; struct linger l = { 1, 2 }; \
        struct timeval t = { 1, 500000 }; ";
    for (call, wanted) in [
        (
            "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);",
            "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
        ),
        (
            "setsockopt(3, SOL_SOCKET, SO_LINGER, &l, sizeof l);",
            "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=2}, 8) = 0",
        ),
        (
            "setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);",
            "setsockopt(3, SOL_SOCKET, SO_RCVTIMEO_OLD, \
             \"\\1\\0\\0\\0\\0\\0\\0\\0 \\241\\7\\0\\0\\0\\0\\0\", 16) = 0",
        ),
        (
            "setsockopt(3, IPPROTO_TCP, TCP_NODELAY, &one, 1);",
            "setsockopt(3, SOL_TCP, TCP_NODELAY, \"\\1\", 1) = -1 EINVAL (Invalid argument)",
        ),
        (
            "setsockopt(3, IPPROTO_TCP, 999, &one, 4);",
            "setsockopt(3, SOL_TCP, 0x3e7 /* TCP_??? */, [1], 4) = -1 ENOPROTOOPT (Protocol not \
             available)",
        ),
        (
            "setsockopt(3, 999, 999, &one, 4);",
            "setsockopt(3, 0x3e7 /* SOL_?? */, 999, [1], 4) = -1 ENOPROTOOPT (Protocol not \
             available)",
        ),
        (
            "setsockopt(3, SOL_SOCKET, SO_SNDBUF, NULL, 4);",
            "setsockopt(3, SOL_SOCKET, SO_SNDBUF, NULL, 4) = -1 EFAULT (Bad address)",
        ),
        (
            "setsockopt(3, SOL_SOCKET, SO_SNDBUF, &one, 8);",
            "setsockopt(3, SOL_SOCKET, SO_SNDBUF, [1], 8) = 0",
        ),
        (
            "setsockopt(3, IPPROTO_TCP, TCP_NODELAY, big, 8);",
            "setsockopt(3, SOL_TCP, TCP_NODELAY, \"\\1\\0\\0\\0\\2\\0\\0\\0\", 8) = 0",
        ),
        (
            "setsockopt(3, SOL_SOCKET, SO_LINGER, big, 4);",
            "setsockopt(3, SOL_SOCKET, SO_LINGER, 0x10000044, 4) = -1 EINVAL (Invalid argument)",
        ),
        (
            "struct ip_mreq m = { { inet_addr(\"224.0.0.5\") } }; \
             setsockopt(3, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m);",
            "setsockopt(3, SOL_IP, IP_ADD_MEMBERSHIP, {imr_multiaddr=inet_addr(\"224.0.0.5\"), \
             imr_interface=inet_addr(\"0.0.0.0\")}, 8) = 0",
        ),
    ] {
        line(&format!("{with}{call}"), wanted);
    }
}

#[test]
fn options_that_come_back() {
    let get = |level, name, size: i32, bytes: &[u8], length: i32, wanted: &str| {
        let source =
            format!("char v[64]; socklen_t n = {size}; getsockopt(3, {level}, {name}, v, &n);");
        let writes = vec![(3, bytes.to_vec()), (4, length.to_le_bytes().to_vec())];
        last_line(&source, (writes, Ok(0)), 0, wanted);
    };
    let one = [1, 0, 0, 0];
    get("SOL_SOCKET", "SO_TYPE", 4, &one, 4, "getsockopt(3, SOL_SOCKET, SO_TYPE, [1], [4]) = 0");
    get(
        "SOL_SOCKET",
        "SO_ERROR",
        8,
        &[0; 4],
        4,
        "getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [8 => 4]) = 0",
    );
    get(
        "SOL_SOCKET",
        "SO_ERROR",
        4,
        &[111, 0, 0, 0],
        4,
        "getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0",
    );
    get(
        "SOL_SOCKET",
        "SO_ERROR",
        2,
        &[0; 2],
        2,
        "getsockopt(3, SOL_SOCKET, SO_ERROR, \"\\x00\\x00\", [2]) = 0",
    );
    get(
        "SOL_SOCKET",
        "SO_LINGER",
        4,
        &one,
        4,
        "getsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1}, [4]) = 0",
    );
    get(
        "IPPROTO_TCP",
        "TCP_CONGESTION",
        16,
        b"reno\0\0\0\0\0\0\0\0\0\0\0\0",
        16,
        "getsockopt(3, SOL_TCP, TCP_CONGESTION, \"reno\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\", [16]) = 0",
    );
    get(
        "SOL_SOCKET",
        "SO_PEERCRED",
        12,
        &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        12,
        "getsockopt(3, SOL_SOCKET, SO_PEERCRED, {pid=2, uid=0, gid=0}, [12]) = 0",
    );
}
