//! getsockopt() and setsockopt().

use crate::explain::case::{Case, single};
use crate::explain::names::with_name;
use crate::explain::note::{Note, note};
use crate::explain::story::{Rank, Story};

/// getsockopt() returned 0.
pub fn get(story: &mut Story, case: &Case) {
    let (who, option) = (case.who(), case.shown(2));
    let value = case.written(3).map(single);
    let said = match (option, value) {
        ("SO_ERROR", Some("0")) => note!("option-error-none", who = who),
        ("SO_ERROR", value) => note!("option-error", who = who, value = value),
        ("SO_RCVBUF" | "SO_SNDBUF", value) => {
            note!("option-buffer-read", who = who, option = option, value = value)
        }
        ("TCP_INFO", _) => note!("option-tcp-info", who = who),
        ("SO_PEERCRED", value) => note!("option-peercred", who = who, value = value),
        ("SO_TYPE" | "SO_DOMAIN" | "SO_PROTOCOL" | "SO_ACCEPTCONN", value) => {
            let prefix = match option {
                "SO_TYPE" => Some("SOCK_"),
                "SO_DOMAIN" => Some("AF_"),
                "SO_PROTOCOL" => Some("IPPROTO_"),
                _ => None,
            };
            let named = |value: &str| match prefix {
                Some(prefix) => with_name(value, prefix),
                None => value.to_owned(),
            };
            let value = value.map(named);
            note!("option-nature", who = who, option = option, value = value)
        }
        (_, value) => note!("option-read", who = who, option = option, value = value),
    };
    story.say(Rank::Call, said);
}

/// setsockopt() returned 0.
pub fn set(story: &mut Story, case: &Case) {
    let (option, value) = (case.shown(2), single(case.shown(3)));
    let note = note!("option-set", who = case.who(), option = option, value = value);
    story.say(Rank::Call, note);
    if let Some(meaning) = meaning(option) {
        story.say(Rank::Queue, meaning);
    }
    let memory = |socket: Option<&std::sync::Arc<crate::model::Socket>>| {
        socket.and_then(|socket| socket.memory)
    };
    let (Some(before), Some(after)) = (memory(case.before), memory(case.after)) else { return };
    let limits = match option {
        "SO_RCVBUF" => (before.receive_limit, after.receive_limit),
        "SO_SNDBUF" => (before.send_limit, after.send_limit),
        _ => return,
    };
    let note = note!("option-buffer-set", asked = value, before = limits.0, after = limits.1);
    story.say(Rank::Surprise, note);
}

/// What an option is for, for those that lessons and curious students set.
fn meaning(option: &str) -> Option<Note> {
    Some(match option {
        "SO_REUSEADDR" => note!("option-reuseaddr"),
        "SO_REUSEPORT" => note!("option-reuseport"),
        "SO_LINGER" => note!("option-linger"),
        "SO_KEEPALIVE" => note!("option-keepalive"),
        "SO_BROADCAST" => note!("option-broadcast"),
        "SO_RCVTIMEO" | "SO_SNDTIMEO" => note!("option-timeout"),
        "SO_RCVLOWAT" => note!("option-lowat"),
        "TCP_NODELAY" => note!("option-nodelay"),
        "TCP_CORK" => note!("option-cork"),
        "TCP_QUICKACK" => note!("option-quickack"),
        "TCP_USER_TIMEOUT" => note!("option-user-timeout"),
        "TCP_DEFER_ACCEPT" => note!("option-defer-accept"),
        "TCP_KEEPIDLE" | "TCP_KEEPINTVL" | "TCP_KEEPCNT" => note!("option-keepalive-times"),
        "IPV6_V6ONLY" => note!("option-v6only"),
        "IP_RECVERR" | "IPV6_RECVERR" => note!("option-recverr"),
        "SO_PASSCRED" => note!("option-passcred"),
        _ => return None,
    })
}
