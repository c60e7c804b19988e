//! What the machine must have: `needs:`.

use super::super::diagnostic::Trouble;
use super::super::words::{Word, suggest};
use super::items;
use crate::model::{KernelPart, Need, Said, said};

/// What can be needed.
fn form() -> Said {
    said!("a program, `Linux 6.10`, or an option of the kernel: `CONFIG_IP_MROUTE`")
}

/// `ss, Linux 6.10, CONFIG_IP_MROUTE`
pub fn needs(value: &Word) -> Result<Vec<Need>, Trouble> {
    items(value).iter().map(need).collect()
}

fn need(item: &Word) -> Result<Need, Trouble> {
    if item.text.starts_with("CONFIG_") {
        let part = KernelPart::ALL.into_iter().find(|part| part.option() == item.text);
        let options = KernelPart::ALL.map(KernelPart::option);
        return part.map(Need::Part).ok_or_else(|| {
            item.instead_of(suggest(item.text, options, said!("one of the options")))
        });
    }
    if let Some(version) = item.text.strip_prefix("Linux") {
        let numbers = version.strip_prefix(' ').and_then(|version| version.split_once('.'));
        let numbers = numbers.map(|(major, minor)| (major.parse(), minor.parse()));
        let Some((Ok(major), Ok(minor))) = numbers else { return Err(item.instead_of(form())) };
        return Ok(Need::Linux(major, minor));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    match item.text.chars().all(plain) && item.text.starts_with(char::is_alphanumeric) {
        true => Ok(Need::Program(item.text.to_owned())),
        false => Err(item.instead_of(form())),
    }
}
