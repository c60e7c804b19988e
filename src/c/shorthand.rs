//! What only the prompt understands: `bind(fd, 198.51.100.1:8080)`, and a line without its `;`.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::lexer::{Kind, Token, tokens};
use super::scope::Scope;

/// The calls whose address can be written short, with the number of the address's argument.
const CALLS: [(&str, usize); 3] = [("bind", 1), ("connect", 1), ("sendto", 4)];

/// An address as it is written short.
enum Address {
    /// `*:8080`.
    Any(u16),
    V4(Ipv4Addr, u16),
    V6(Ipv6Addr, u16),
    /// `"/tmp/x"`, with its quotes.
    Path(String),
}

/// A line of the prompt as plain C: addresses written out, a missing `;` put in. What is plain C
/// already stays as it is.
pub fn plain(line: &str, scope: &Scope) -> String {
    let all: Vec<Token> = tokens(line).into_iter().filter(|t| !t.is_comment()).collect();
    let Some(last) = all.last() else { return line.to_owned() };
    let mut text = line.to_owned();
    // Where a bracket is open, it is that which is missing.
    let count = |marks: [&str; 2]| all.iter().filter(|t| marks.contains(&t.text(line))).count();
    let is_open = count(["(", "["]) > count([")", "]"]);
    if last.kind != Kind::Directive && !is_open && !matches!(last.text(line), ";" | "}") {
        text.insert(last.end, ';');
    }
    let Some((name_at, short)) = find(line, &all) else { return text };
    let name = fresh(line, scope);
    let (declaration, address) = written(&short, &name);
    text.replace_range(name_at, &address);
    format!("{declaration}\n{text}")
}

/// The first short address, and its place.
fn find(line: &str, all: &[Token]) -> Option<(std::ops::Range<usize>, Address)> {
    let text = |at: usize| all.get(at).map_or("", |token: &Token| token.text(line));
    (0..all.len()).find_map(|at| {
        let (name, wanted) = CALLS.iter().find(|(name, _)| *name == text(at))?;
        if text(at + 1) != "(" {
            return None;
        }
        let span = argument(line, all, at + 2, *wanted)?;
        let short = parse(line[span.clone()].trim(), *name != "sendto")?;
        Some((span, short))
    })
}

/// The place of argument `wanted`, if it is the last of the call whose arguments begin at the
/// token `first`.
fn argument(
    line: &str,
    all: &[Token],
    first: usize,
    wanted: usize,
) -> Option<std::ops::Range<usize>> {
    let (mut depth, mut commas, mut start) = (0usize, 0usize, all.get(first)?.start);
    for token in &all[first..] {
        match token.text(line) {
            ")" if depth == 0 => return (commas == wanted).then_some(start..token.start),
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.checked_sub(1)?,
            "," if depth == 0 => {
                commas += 1;
                start = token.end;
                // The space behind the comma is no part of the argument.
                start += line[start..].len() - line[start..].trim_start().len();
            }
            _ => {}
        }
    }
    None
}

fn parse(text: &str, path: bool) -> Option<Address> {
    if let Some(port) = text.strip_prefix("*:") {
        return Some(Address::Any(port.trim().parse().ok()?));
    }
    let is_path = path && text.len() > 2 && text.starts_with('"') && text.ends_with('"');
    if is_path && tokens(text).len() == 1 {
        return Some(Address::Path(text.to_owned()));
    }
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match packed.parse().ok()? {
        SocketAddr::V4(address) => Some(Address::V4(*address.ip(), address.port())),
        SocketAddr::V6(address) => Some(Address::V6(*address.ip(), address.port())),
    }
}

/// A name that nothing in the process or the line bears.
fn fresh(line: &str, scope: &Scope) -> String {
    let taken = |name: &str| {
        scope.variable(name).is_some()
            || scope.has_function(name)
            || tokens(line).iter().any(|token| token.text(line) == name)
    };
    let numbered = (2..).map(|number| format!("addr{number}"));
    std::iter::once("addr".to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_else(|| "addr".to_owned())
}

/// The declaration, and the two arguments that stand for the address.
fn written(address: &Address, name: &str) -> (String, String) {
    let v4 = |ip: String, port: &u16| {
        format!(
            "struct sockaddr_in {name} = {{ .sin_family = AF_INET, .sin_port = htons({port}), \
             .sin_addr.s_addr = {ip} }};"
        )
    };
    let declaration = match address {
        Address::Any(port) => v4("htonl(INADDR_ANY)".to_owned(), port),
        Address::V4(ip, port) => v4(format!("inet_addr(\"{ip}\")"), port),
        Address::V6(ip, port) => format!(
            "struct sockaddr_in6 {name} = {{ .sin6_family = AF_INET6, .sin6_port = htons({port}) \
             }};\ninet_pton(AF_INET6, \"{ip}\", &{name}.sin6_addr);"
        ),
        Address::Path(path) => {
            format!("struct sockaddr_un {name} = {{ .sun_family = AF_UNIX, .sun_path = {path} }};")
        }
    };
    let length = match address {
        Address::Path(_) => format!("SUN_LEN(&{name})"),
        Address::Any(_) | Address::V4(..) | Address::V6(..) => format!("sizeof {name}"),
    };
    (declaration, format!("(struct sockaddr *)&{name}, {length}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_address_stands_for_plain_c() {
        let scope = Scope::new(&[]);
        assert_eq!(
            plain("bind(fd, 198.51.100.1:8080)", &scope),
            "struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(8080), \
             .sin_addr.s_addr = inet_addr(\"198.51.100.1\") };\n\
             bind(fd, (struct sockaddr *)&addr, sizeof addr);"
        );
        assert_eq!(
            plain("int r = connect(fd, [2001:db8::1]:80);", &scope),
            "struct sockaddr_in6 addr = { .sin6_family = AF_INET6, .sin6_port = htons(80) };\n\
             inet_pton(AF_INET6, \"2001:db8::1\", &addr.sin6_addr);\n\
             int r = connect(fd, (struct sockaddr *)&addr, sizeof addr);"
        );
        // Where a bracket is open, no `;` is put in that nobody has typed.
        assert_eq!(plain("listen(fd, 1", &scope), "listen(fd, 1");
        assert_eq!(plain("listen(fd, 1)", &scope), "listen(fd, 1);");
        assert!(plain("bind(fd, *:80)", &scope).contains("htonl(INADDR_ANY)"));
        assert!(plain("bind(fd, \"/tmp/x\")", &scope).ends_with("SUN_LEN(&addr));"));
        assert!(plain("sendto(fd, \"a\", 1, 0, 1.2.3.4:7)", &scope).contains("htons(7)"));
    }

    #[test]
    fn a_name_that_is_taken_is_not_taken_again() {
        let mut scope = Scope::new(&[]);
        super::super::compile("int addr, addr2;", &mut scope).expect("it compiles");
        assert!(plain("bind(fd, 1.2.3.4:80)", &scope).contains("&addr3"));
    }

    #[test]
    fn plain_c_stays_as_it_is() {
        let scope = Scope::new(&[]);
        for line in ["close(fd);", "bind(fd, (struct sockaddr *)&a, 16);", "", "// x", "{ }"] {
            assert_eq!(plain(line, &scope), line);
        }
        assert_eq!(plain("close(fd) // bye", &scope), "close(fd); // bye");
    }

    proptest! {
        #[test]
        fn any_line_can_be_tried(line in "\\PC*|[ -~]*|bind\\(fd, ?[0-9.:*\\[\\]]*\\)?") {
            plain(&line, &Scope::new(&[]));
        }
    }
}
