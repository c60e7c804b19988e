//! The fields of a variable's bytes, and what they mean.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::c::{Scope, Type, compile};
use crate::model::escape;
use crate::session::Variable;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldBytes {
    /// Its name.
    pub name: String,
    /// Its first byte.
    pub offset: usize,
    /// How many bytes it has.
    pub size: usize,
    /// What its bytes mean.
    pub meaning: String,
}

impl FieldBytes {
    /// The byte behind it.
    pub fn end(&self) -> usize {
        self.offset + self.size
    }
}

/// The fields of a struct in the order of their bytes; none for other types, for unions, and for
/// structs that only the lesson knows.
pub fn fields(variable: &Variable) -> Vec<FieldBytes> {
    let Some(Type::Struct(layout)) = type_named(&variable.type_name) else { return Vec::new() };
    if layout.union {
        return Vec::new();
    }
    let field = |field: &crate::c::Field| {
        let (offset, size) = (field.offset as usize, field.ty.size() as usize);
        let bytes = variable.bytes.get(offset..offset.checked_add(size)?)?;
        let type_name = field.ty.declare("");
        let meaning = meaning(type_name.trim(), &field.name, bytes).unwrap_or_default();
        Some(FieldBytes { name: field.name.clone(), offset, size, meaning })
    };
    layout.fields.iter().filter_map(field).filter(|field| field.size > 0).collect()
}

/// The type of this name, as far as the headers know it.
fn type_named(name: &str) -> Option<Type> {
    if !name.starts_with("struct ") {
        return None;
    }
    let mut scope = Scope::new(&[]);
    compile(&format!("{name} looked_at;"), &mut scope).ok()?;
    scope.variable("looked_at").map(|variable| variable.ty.clone())
}

/// What bytes mean, by the name of their field and their type: `AF_INET`, `8080`, `198.51.100.1`,
/// a number, a text.
pub fn meaning(type_name: &str, name: &str, bytes: &[u8]) -> Option<String> {
    if name.ends_with("_family") {
        return Some(family(little(bytes)));
    }
    if name.ends_with("_port") {
        return Some(big(bytes).to_string());
    }
    if name.contains("addr") && !name.ends_with("len") {
        if let Ok(four) = <[u8; 4]>::try_from(bytes) {
            return Some(Ipv4Addr::from(four).to_string());
        }
        if let Ok(sixteen) = <[u8; 16]>::try_from(bytes)
            && !type_name.starts_with("struct sockaddr")
        {
            return Some(Ipv6Addr::from(sixteen).to_string());
        }
    }
    if type_name.starts_with("char [") || type_name.starts_with("char[") {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        return Some(format!("\"{}\"", escape(&bytes[..end])));
    }
    let plain = !type_name.contains('[') && !type_name.starts_with("struct");
    (plain && matches!(bytes.len(), 1 | 2 | 4 | 8)).then(|| number(type_name, bytes))
}

fn number(type_name: &str, bytes: &[u8]) -> String {
    let value = little(bytes);
    if type_name.contains('*') {
        return if value == 0 { "NULL".to_owned() } else { format!("{value:#x}") };
    }
    let unsigned = type_name.starts_with("unsigned") || type_name.ends_with("size_t");
    let bits = 64 - 8 * bytes.len() as u32;
    let signed = (value << bits) as i64 >> bits;
    if unsigned && type_name != "ssize_t" { value.to_string() } else { signed.to_string() }
}

/// The bytes as a number, the lowest byte first: this machine's order.
fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The bytes as a number, the highest byte first: the network's order.
fn big(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn family(number: u64) -> String {
    const NAMES: [(&str, i64); 5] =
        [("AF_UNSPEC", 0), ("AF_UNIX", 1), ("AF_INET", 2), ("AF_INET6", 10), ("AF_PACKET", 17)];
    let known = NAMES.iter().find(|(_, value)| u64::try_from(*value) == Ok(number));
    known.map_or_else(|| number.to_string(), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let variable = Variable {
            name: "addr".into(),
            type_name: "struct sockaddr_in".into(),
            address: 0x1000_0040,
            bytes: vec![2, 0, 0x1f, 0x90, 198, 51, 100, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        };
        let found = fields(&variable);
        let texts: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.meaning.as_str())).collect();
        assert_eq!(
            texts[..3],
            [("sin_family", "AF_INET"), ("sin_port", "8080"), ("sin_addr", "198.51.100.1")]
        );
        assert_eq!(found.last().map(FieldBytes::end), Some(16));
    }

    #[test]
    fn numbers_keep_their_sign() {
        assert_eq!(meaning("int", "n", &[0xff; 4]).as_deref(), Some("-1"));
        assert_eq!(meaning("unsigned int", "n", &[0xff; 4]).as_deref(), Some("4294967295"));
        assert_eq!(meaning("char [4]", "s", b"hi\0x").as_deref(), Some("\"hi\""));
        assert_eq!(meaning("ssize_t", "n", &[0xff; 8]).as_deref(), Some("-1"));
    }
}
