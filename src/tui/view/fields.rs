//! The fields of a variable's bytes, and what they mean.

use crate::c::{Row, Scope, Variable as Declared, compile, rows};
use crate::model::{ARENA_START, Bytes, harmless};
use crate::session::Variable;

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldBytes {
    /// Its name; empty for a hole between fields.
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

/// The fields of a variable in the order of their bytes; a variable that is no struct is one
/// field. Empty for types that only the lesson knows.
pub fn fields(variable: &Variable) -> Vec<FieldBytes> {
    if let Some(found) = stored(variable) {
        return found;
    }
    let Some(declared) = declare(&variable.type_name) else { return Vec::new() };
    let memory = Bytes::starting_with(&variable.bytes);
    let found = rows(&Declared { address: ARENA_START, ..declared }, &memory);
    found.into_iter().filter(|row| !row.bytes.is_empty()).map(field).collect()
}

/// The address that a `sockaddr_storage` holds, as its family says, and the room behind it. The
/// names that the structure itself does not have stand in brackets.
fn stored(variable: &Variable) -> Option<Vec<FieldBytes>> {
    let family = variable.bytes.get(..2).filter(|_| &*variable.type_name == STORAGE)?;
    let (type_name, size) = match u16::from_le_bytes(family.try_into().ok()?) {
        AF_INET => ("struct sockaddr_in", 16),
        AF_INET6 => ("struct sockaddr_in6", 28),
        AF_UNIX => ("struct sockaddr_un", 110),
        _ => return None,
    };
    let bytes = variable.bytes.get(..size)?.to_vec();
    let inside = Variable { type_name: type_name.into(), bytes, ..variable.clone() };
    let mut found = fields(&inside);
    for field in found.iter_mut().filter(|field| !field.name.is_empty()) {
        field.name =
            if field.offset == 0 { "ss_family".into() } else { format!("({})", field.name) };
    }
    let rest = variable.bytes.len() - size;
    found.push(FieldBytes {
        name: String::new(),
        offset: size,
        size: rest,
        meaning: String::new(),
    });
    Some(found)
}

/// The families of an address, as Linux numbers them.
const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

/// The structure that has room for an address of any family.
const STORAGE: &str = "struct sockaddr_storage";

fn field(row: Row) -> FieldBytes {
    let name = row.path.strip_prefix(NAME).unwrap_or(&row.path).trim_start_matches('.');
    FieldBytes {
        name: name.to_owned(),
        offset: usize::try_from(row.offset).unwrap_or(usize::MAX),
        size: row.bytes.len(),
        meaning: harmless(&row.meaning),
    }
}

/// What the variable is called while it is looked at.
const NAME: &str = "looked_at";

/// A variable of this type, as far as the headers know it.
fn declare(type_name: &str) -> Option<Declared> {
    let (element, length) = match type_name.find('[') {
        Some(at) => type_name.split_at(at),
        None => (type_name, ""),
    };
    let mut scope = Scope::new(&[]);
    compile(&format!("{} {NAME}{length};", element.trim()), &mut scope).ok()?;
    scope.variable(NAME).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(type_name: &str, bytes: &[u8]) -> Variable {
        let (name, type_name) = ("v".into(), type_name.into());
        Variable { name, type_name, address: ARENA_START + 64, bytes: bytes.to_vec() }
    }

    #[test]
    fn an_address_is_taken_apart() {
        let bytes = [2, 0, 0x1f, 0x90, 198, 51, 100, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        let found = fields(&variable("struct sockaddr_in", &bytes));
        let texts: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.meaning.as_str())).collect();
        assert_eq!(texts[..2], [("sin_family", "AF_INET"), ("sin_port", "8080")]);
        assert_eq!(texts[2].1, "198.51.100.1");
        assert_eq!(found.last().map(FieldBytes::end), Some(16));
    }

    #[test]
    fn a_storage_is_read_as_its_family_says() {
        let mut bytes = vec![0; 128];
        bytes[..8].copy_from_slice(&[2, 0, 0x1f, 0x90, 198, 51, 100, 1]);
        let found = fields(&variable("struct sockaddr_storage", &bytes));
        let texts: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.meaning.as_str())).collect();
        assert_eq!(texts[..2], [("ss_family", "AF_INET"), ("(sin_port)", "8080")]);
        assert_eq!(texts[2].1, "198.51.100.1");
        assert_eq!(found.last().map(FieldBytes::end), Some(128));
        let none = fields(&variable("struct sockaddr_storage", &[0; 128]));
        assert!(none.iter().all(|field| !field.name.starts_with('(')));
    }

    #[test]
    fn arrays_and_numbers_are_one_field_and_unknown_types_are_none() {
        assert_eq!(fields(&variable("int", &[0xff; 4]))[0].meaning, "-1");
        let text = fields(&variable("char [4]", b"hi\x1b\0"));
        assert!(!text[0].meaning.contains('\x1b'), "{}", text[0].meaning);
        assert_eq!(fields(&variable("struct nobody_knows", &[0; 4])), []);
    }
}
