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
    let Some(declared) = declare(&variable.type_name) else { return Vec::new() };
    let memory = Bytes::starting_with(&variable.bytes);
    let found = rows(&Declared { address: ARENA_START, ..declared }, &memory);
    found.into_iter().filter(|row| !row.bytes.is_empty()).map(field).collect()
}

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
    fn arrays_and_numbers_are_one_field_and_unknown_types_are_none() {
        assert_eq!(fields(&variable("int", &[0xff; 4]))[0].meaning, "-1");
        let text = fields(&variable("char [4]", b"hi\x1b\0"));
        assert!(!text[0].meaning.contains('\x1b'), "{}", text[0].meaning);
        assert_eq!(fields(&variable("struct nobody_knows", &[0; 4])), []);
    }
}
