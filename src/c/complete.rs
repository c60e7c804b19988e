//! What could be typed next, and which argument is being typed.

use std::ops::Range;

use super::ast::{Expr, Name};
use super::calls::{CallHelp, call_named, calls};
use super::compile::Compiler;
use super::constants;
use super::lexer::{Kind, Token, tokens};
use super::parser::{self, KEYWORDS};
use super::preprocess::preprocess;
use super::scope::Scope;
use super::types::{INTS, Type};

/// What could stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The part of a name that is there already: it is replaced by the candidate.
    pub replaces: Range<usize>,
    /// The best first.
    pub candidates: Vec<Candidate>,
}

/// One thing that could be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What replaces the part that is there; a call ends with its `(`.
    pub text: String,
    /// What it is, in one line: a signature, a type, a value.
    pub help: String,
}

/// The call whose argument the cursor stands in, and the argument's number from 0. Behind the
/// last parameter of a call without `...` the number is larger than any parameter's.
pub fn call_at(source: &str, cursor: usize) -> Option<(&'static CallHelp, usize)> {
    let all = before(source, cursor);
    let (name, number) = open_call(source, &all)?;
    Some((call_named(name)?, number))
}

/// The tokens that begin before the cursor, without comments.
fn before(source: &str, cursor: usize) -> Vec<Token> {
    tokens(source).into_iter().filter(|t| t.start < cursor && !t.is_comment()).collect()
}

/// The name before the innermost open `(`, and how many commas stand behind it.
fn open_call<'s>(source: &'s str, all: &[Token]) -> Option<(&'s str, usize)> {
    let mut open: Vec<(Option<&str>, usize)> = Vec::new();
    for (at, token) in all.iter().enumerate() {
        let last = at.checked_sub(1).map(|last| all[last]).filter(|t| t.kind == Kind::Word);
        match token.text(source) {
            "(" => open.push((last.map(|token| token.text(source)), 0)),
            "[" | "{" => open.push((None, 0)),
            ")" | "]" | "}" => drop(open.pop()),
            ";" => open.clear(),
            "," => {
                if let Some((_, commas)) = open.last_mut() {
                    *commas += 1;
                }
            }
            _ => {}
        }
    }
    // Brackets around a part of an argument don't hide its call.
    open.into_iter()
        .rev()
        .find_map(|(name, commas)| Some((name?, commas)))
        .filter(|(name, _)| !KEYWORDS.contains(name))
}

/// What could be typed at `cursor`. In a string, a comment or behind a number nothing can.
pub fn complete(source: &str, cursor: usize, scope: &Scope) -> Completion {
    let cursor = floor(source, cursor);
    let mut all = before(source, cursor);
    let touching = tokens(source).into_iter().find(|t| t.start < cursor && cursor <= t.end);
    let replaces = match touching {
        Some(token) if token.kind == Kind::Word => {
            all.pop();
            token.start..cursor
        }
        Some(token) if token.kind == Kind::Mark => cursor..cursor,
        Some(_) => return Completion { replaces: cursor..cursor, candidates: Vec::new() },
        None => cursor..cursor,
    };
    let typed = source[replaces.clone()].to_ascii_lowercase();
    let mut candidates = candidates(source, &all, scope, &typed);
    candidates.retain(|c| c.text.to_ascii_lowercase().starts_with(&typed));
    candidates.sort_by_key(|c| !c.text.starts_with(&source[replaces.clone()]));
    let mut seen = std::collections::HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.text.clone()));
    Completion { replaces, candidates }
}

/// The nearest place at or before `at` that splits no character.
fn floor(source: &str, at: usize) -> usize {
    let at = at.min(source.len());
    (0..=at).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0)
}

fn candidates(source: &str, all: &[Token], scope: &Scope, typed: &str) -> Vec<Candidate> {
    let text = |back: usize| all.len().checked_sub(back).map_or("", |at| all[at].text(source));
    match text(1) {
        "." | "->" => {
            return fields_of(source, all, scope).unwrap_or_default();
        }
        keyword @ ("struct" | "union") => {
            let tags = scope.types.iter().filter_map(|(name, ty)| {
                let tag = name.strip_prefix(keyword)?.trim_start();
                Some(Candidate { text: tag.to_owned(), help: format!("{} bytes", ty.size()) })
            });
            return sorted(tags);
        }
        _ => {}
    }
    let mut found = Vec::new();
    for prefix in wanted(source, all) {
        found.extend(named_constants(prefix));
    }
    let variables = scope.variables().map(|variable| Candidate {
        text: variable.name.to_string(),
        help: variable.ty.to_string(),
    });
    found.extend(sorted(variables));
    if typed.is_empty() {
        return found;
    }
    let own = scope.functions.values().map(|function| Candidate {
        text: format!("{}(", function.name),
        help: function.signature.clone(),
    });
    found.extend(sorted(own));
    found.extend(calls().map(|call| Candidate {
        text: format!("{}(", call.name),
        help: format!("{call}: {}", call.help),
    }));
    found.extend(named_constants(""));
    let types = scope.types.iter().filter(|(name, _)| !name.contains(' '));
    found.extend(sorted(types.map(|(name, ty)| Candidate {
        text: name.to_string(),
        help: format!("{} bytes", ty.size()),
    })));
    found.extend(
        INTS.iter().map(|int| Candidate {
            text: int.name.to_owned(),
            help: format!("{} bytes", int.size),
        }),
    );
    let keyword = |word: &&str| Candidate { text: (*word).to_owned(), help: String::new() };
    found.extend(KEYWORDS.iter().map(keyword));
    found
}

fn sorted(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = candidates.collect();
    all.sort_by(|a, b| a.text.cmp(&b.text));
    all
}

fn named_constants(prefix: &'static str) -> impl Iterator<Item = Candidate> {
    constants::names().filter(move |name| name.starts_with(prefix)).map(|name| Candidate {
        text: name.to_owned(),
        help: constants::value(name).map_or_else(String::new, |value| format!("= {value}")),
    })
}

/// How the constants begin that fit the argument at the cursor.
fn wanted(source: &str, all: &[Token]) -> &'static [&'static str] {
    let Some((call, number)) = open_call(source, all) else { return &[] };
    let Some(call) = call_named(call) else { return &[] };
    let parameter = call.parameters.get(number).map_or("", |parameter| parameter.name);
    match (call.name, parameter) {
        (_, "domain" | "af") => &["AF_", "PF_"],
        (_, "type") => &["SOCK_"],
        (_, "protocol") => &["IPPROTO_"],
        (_, "level") => &["SOL_", "IPPROTO_"],
        (_, "optname") => options(source, all),
        (_, "how") => &["SHUT_"],
        (_, "whence") => &["SEEK_"],
        (_, "sig" | "signum") => &["SIG"],
        (_, "resource") => &["RLIMIT_"],
        (_, "prot") => &["PROT_"],
        ("fcntl", "op") => &["F_"],
        ("ioctl", "op") => &["FIO", "SIOC"],
        ("epoll_ctl", "op") => &["EPOLL_CTL_"],
        ("accept4", "flags") => &["SOCK_NONBLOCK", "SOCK_CLOEXEC"],
        ("open" | "pipe2" | "dup3", "flags") => &["O_"],
        ("mmap", "flags") => &["MAP_"],
        ("send" | "sendto" | "sendmsg" | "recv" | "recvfrom" | "recvmsg", "flags") => &["MSG_"],
        ("waitpid" | "wait4", "options") => &["W"],
        ("fcntl", "") => &["O_", "FD_"],
        _ => &[],
    }
}

/// The options of the level that stands before.
fn options(source: &str, all: &[Token]) -> &'static [&'static str] {
    let level = all.iter().rev().map(|token| token.text(source));
    let mut level = level.filter(|text| text.starts_with("SOL_") || text.starts_with("IPPROTO_"));
    match level.next() {
        Some("IPPROTO_TCP" | "SOL_TCP") => &["TCP_"],
        Some("IPPROTO_IP" | "SOL_IP") => &["IP_"],
        Some("IPPROTO_IPV6" | "SOL_IPV6") => &["IPV6_"],
        Some("IPPROTO_UDP" | "SOL_UDP") => &["UDP_"],
        Some(_) | None => &["SO_"],
    }
}

/// The fields that can follow the `.` or `->` that ends `all`.
fn fields_of(source: &str, all: &[Token], scope: &Scope) -> Option<Vec<Candidate>> {
    let (dot, rest) = all.split_last()?;
    let start = postfix_start(source, rest);
    let mut scope = scope.clone();
    let ty = match start {
        Some(start) => type_of(&source[start..dot.start], &mut scope)?,
        None => initialised(source, rest, &scope)?,
    };
    let ty = if dot.text(source) == "->" { ty.target()?.clone() } else { ty };
    let fields = ty.layout()?.fields.iter();
    Some(
        fields
            .map(|field| Candidate { text: field.name.clone(), help: field.ty.to_string() })
            .collect(),
    )
}

/// Where the expression begins whose field is asked for: names, fields, indexes and brackets.
fn postfix_start(source: &str, all: &[Token]) -> Option<usize> {
    let mut depth = 0usize;
    let mut start = None;
    for token in all.iter().rev() {
        match token.text(source) {
            ")" | "]" => depth += 1,
            "(" | "[" if depth > 0 => {
                depth -= 1;
                start = Some(token.start);
            }
            "." | "->" => {}
            _ if depth > 0 => {}
            word if token.kind == Kind::Word && !KEYWORDS.contains(&word) => {
                // Two names in a row belong to different things.
                start = Some(token.start);
                let at = all.iter().position(|known| known == token)?;
                let joined = at.checked_sub(1).map(|at| all[at].text(source));
                if !matches!(joined, Some("." | "->")) {
                    break;
                }
            }
            _ => break,
        }
    }
    start
}

fn type_of(text: &str, scope: &mut Scope) -> Option<Type> {
    let all = tokens(text);
    let lexemes = preprocess(text, &mut scope.defines).ok()?;
    let tree: Expr = parser::expression(&lexemes, scope.type_names()).ok()?;
    Compiler::new(scope, text, &all).type_alone(&tree).ok()
}

/// The struct whose initialiser is being written: `struct linger l = { .`.
fn initialised(source: &str, all: &[Token], scope: &Scope) -> Option<Type> {
    let mut depth = 0usize;
    let open = all.iter().rposition(|token| {
        match token.text(source) {
            "}" | ")" => depth += 1,
            "{" | "(" if depth > 0 => depth -= 1,
            "{" => return true,
            _ => {}
        }
        false
    })?;
    let head = &all[..open];
    let at = head.iter().rposition(|token| matches!(token.text(source), "struct" | "union"))?;
    if head[at..].iter().any(|token| matches!(token.text(source), ";" | "{")) {
        return None;
    }
    let tag = head.get(at + 1)?;
    let name =
        Name { text: format!("{} {}", head[at].text(source), tag.text(source)), span: tag.span() };
    scope.types.get(name.text.as_str()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(source: &str) -> Vec<String> {
        let mut scope = Scope::new(&[]);
        let declared = "struct sockaddr_in addr; struct sockaddr_in *where; int fd, five; \
            struct pollfd p[2];";
        super::super::compile(declared, &mut scope).expect("it compiles");
        let found = complete(source, source.len(), &scope).candidates;
        found.into_iter().map(|candidate| candidate.text).collect()
    }

    #[test]
    fn arguments_are_completed_by_what_fits() {
        assert_eq!(texts("socket(AF_INET, ")[0], "SOCK_STREAM");
        assert_eq!(texts("shutdown(fd, SHUT_W"), ["SHUT_WR"]);
        assert_eq!(texts("setsockopt(fd, IPPROTO_TCP, ")[0], "TCP_NODELAY");
        assert_eq!(texts("li")[0], "listen(");
        assert_eq!(texts("fi")[0], "five");
        assert_eq!(texts("fio")[0], "FIONREAD");
    }

    #[test]
    fn fields_are_completed_by_type() {
        assert_eq!(texts("addr.sin_p"), ["sin_port"]);
        assert_eq!(texts("x = where->sin_addr."), ["s_addr"]);
        assert_eq!(texts("p[1].re"), ["revents"]);
        assert_eq!(texts("struct linger l = { .l_onoff = 1, .l_l"), ["l_linger"]);
        assert_eq!(texts("struct sockaddr_u"), ["sockaddr_un"].map(|_| "sockaddr_un".to_owned()));
        assert!(texts("nothing.").is_empty());
    }

    #[test]
    fn the_argument_at_the_cursor_is_found() {
        let at =
            |source: &str| call_at(source, source.len()).map(|(call, number)| (call.name, number));
        assert_eq!(at("bind("), Some(("bind", 0)));
        assert_eq!(at("bind(fd, (struct sockaddr *)&addr, "), Some(("bind", 2)));
        assert_eq!(at("int r = recv(fd, &buf[strlen(buf)], 3"), Some(("recv", 2)));
        assert_eq!(at("close(fd); "), None);
        assert_eq!(at("if (x"), None);
        assert_eq!(call_at("listen(fd, 5);", 8).map(|(_, number)| number), Some(0));
    }

    proptest! {
        #[test]
        fn any_text_can_be_completed_anywhere(source in "\\PC*|[ -~]*|([a-z]|[.(\\[{,&*]|->){0,20}",
                                              cursor in 0usize..100) {
            thread_local!(static SCOPE: Scope = Scope::new(&[]));
            SCOPE.with(|scope| complete(&source, cursor, scope));
            call_at(&source, cursor);
        }
    }
}
