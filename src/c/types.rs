//! The types of the subset, with sizes and alignments of x86-64 Linux (System V ABI).

use std::fmt;
use std::sync::Arc;

/// An integer type. Two of them are the same type if size and sign agree; the name is only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int {
    /// Bytes: 1, 2, 4 or 8.
    pub size: u8,
    /// Whether it has negative values.
    pub signed: bool,
    /// The name as it was declared: `socklen_t` where C means `unsigned int`.
    pub name: &'static str,
}

impl Int {
    /// `int`, what most calls return.
    pub const INT: Int = Int { size: 4, signed: true, name: "int" };
    /// `unsigned int`.
    pub const UNSIGNED: Int = Int { size: 4, signed: false, name: "unsigned int" };
    /// `char`, signed as on x86.
    pub const CHAR: Int = Int { size: 1, signed: true, name: "char" };
    /// `long`.
    pub const LONG: Int = Int { size: 8, signed: true, name: "long" };
    /// `unsigned long`.
    pub const UNSIGNED_LONG: Int = Int { size: 8, signed: false, name: "unsigned long" };
    /// `size_t`, what `sizeof` gives.
    pub const SIZE: Int = Int { size: 8, signed: false, name: "size_t" };

    /// `value` as this type keeps it: cut to its bytes, then with its sign or without.
    pub fn keep(self, value: i64) -> i64 {
        let unused = 64 - 8 * u32::from(self.size.clamp(1, 8));
        let raised = value << unused;
        if self.signed { raised >> unused } else { ((raised as u64) >> unused) as i64 }
    }

    /// The type that arithmetic on this one happens in (C11 6.3.1.1).
    pub fn promoted(self) -> Int {
        if self.size < 4 { Int::INT } else { self }
    }

    /// The type that an operation on `self` and `other` happens in (C11 6.3.1.8).
    pub fn common(self, other: Int) -> Int {
        let (a, b) = (self.promoted(), other.promoted());
        match a.size.cmp(&b.size) {
            std::cmp::Ordering::Less => b,
            std::cmp::Ordering::Greater => a,
            std::cmp::Ordering::Equal if a.signed => b,
            std::cmp::Ordering::Equal => a,
        }
    }
}

/// Every type name of one word that means an integer.
#[rustfmt::skip]
pub const INTS: &[Int] = &[
    Int::CHAR, Int::INT, Int::LONG, Int::SIZE,
    Int { size: 2, signed: true, name: "short" },
    Int { size: 8, signed: true, name: "ssize_t" }, Int { size: 4, signed: false, name: "socklen_t" },
    Int { size: 4, signed: true, name: "pid_t" }, Int { size: 4, signed: false, name: "uid_t" },
    Int { size: 4, signed: false, name: "gid_t" }, Int { size: 8, signed: true, name: "off_t" },
    Int { size: 4, signed: false, name: "mode_t" }, Int { size: 8, signed: true, name: "time_t" },
    Int { size: 8, signed: true, name: "suseconds_t" }, Int { size: 8, signed: false, name: "nfds_t" },
    Int { size: 2, signed: false, name: "sa_family_t" }, Int { size: 2, signed: false, name: "in_port_t" },
    Int { size: 4, signed: false, name: "in_addr_t" }, Int { size: 8, signed: false, name: "rlim_t" },
    Int { size: 1, signed: true, name: "int8_t" }, Int { size: 1, signed: false, name: "uint8_t" },
    Int { size: 2, signed: true, name: "int16_t" }, Int { size: 2, signed: false, name: "uint16_t" },
    Int { size: 4, signed: true, name: "int32_t" }, Int { size: 4, signed: false, name: "uint32_t" },
    Int { size: 8, signed: true, name: "int64_t" }, Int { size: 8, signed: false, name: "uint64_t" },
    Int { size: 1, signed: false, name: "u_char" }, Int { size: 2, signed: false, name: "u_short" },
    Int { size: 4, signed: false, name: "u_int" }, Int { size: 8, signed: false, name: "u_long" },
    Int { size: 8, signed: true, name: "intptr_t" }, Int { size: 8, signed: false, name: "uintptr_t" },
    Int { size: 8, signed: true, name: "intmax_t" }, Int { size: 8, signed: false, name: "uintmax_t" },
    Int { size: 4, signed: true, name: "sig_atomic_t" }, Int { size: 1, signed: false, name: "bool" },
    Int { size: 8, signed: false, name: "dev_t" }, Int { size: 8, signed: false, name: "ino_t" },
    Int { size: 8, signed: false, name: "nlink_t" }, Int { size: 8, signed: true, name: "blksize_t" },
    Int { size: 8, signed: true, name: "blkcnt_t" }, Int { size: 8, signed: true, name: "ptrdiff_t" },
];

/// A struct or union.
#[derive(Debug, Clone, PartialEq)]
pub struct Struct {
    /// With its keyword: `struct sockaddr_in`.
    pub name: String,
    /// In the order of their declaration. Members of an unnamed union inside stand here too.
    pub fields: Vec<Field>,
    /// Bytes, padding at the end included.
    pub size: u64,
    /// What its address is a multiple of.
    pub align: u64,
    /// All fields begin at its first byte.
    pub union: bool,
    /// Only its name is known so far (`struct node;`): it can be pointed at and nothing else.
    pub incomplete: bool,
}

/// One field of a struct.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its first byte, from the first byte of the struct.
    pub offset: u64,
    /// Its type.
    pub ty: Type,
}

/// A type of the subset.
#[derive(Debug, Clone)]
pub enum Type {
    /// No value; behind a pointer anything.
    Void,
    /// A number.
    Int(Int),
    /// An address.
    Pointer {
        /// Of what.
        to: Arc<Type>,
        /// Whether what it points to may not be written through it.
        constant: bool,
    },
    /// Several in a row.
    Array {
        /// Of what.
        of: Arc<Type>,
        /// How many.
        length: u64,
    },
    /// A struct or union with its fields.
    Struct(Arc<Struct>),
    /// A function, of which only the address is taken: a handler of signals.
    Function,
}

impl Type {
    /// `int`.
    pub const INT: Type = Type::Int(Int::INT);

    /// A pointer to `to`.
    pub fn pointer(to: Type) -> Type {
        Type::Pointer { to: Arc::new(to), constant: false }
    }

    /// How many bytes a value of this type takes; 1 for `void` and functions, as gcc has it.
    pub fn size(&self) -> u64 {
        match self {
            Type::Void | Type::Function => 1,
            Type::Int(int) => u64::from(int.size),
            Type::Pointer { .. } => 8,
            Type::Array { of, length } => of.size().saturating_mul(*length),
            Type::Struct(layout) => layout.size,
        }
    }

    /// What its address is a multiple of.
    pub fn align(&self) -> u64 {
        match self {
            Type::Void | Type::Function => 1,
            Type::Int(int) => u64::from(int.size),
            Type::Pointer { .. } => 8,
            Type::Array { of, .. } => of.align(),
            Type::Struct(layout) => layout.align,
        }
    }

    /// The integer that it is, if it is one.
    pub fn int(&self) -> Option<Int> {
        match self {
            Type::Int(int) => Some(*int),
            Type::Void
            | Type::Pointer { .. }
            | Type::Array { .. }
            | Type::Struct(_)
            | Type::Function => None,
        }
    }

    /// What it points to, if it is a pointer.
    pub fn target(&self) -> Option<&Type> {
        match self {
            Type::Pointer { to, .. } => Some(to),
            Type::Void | Type::Int(_) | Type::Array { .. } | Type::Struct(_) | Type::Function => {
                None
            }
        }
    }

    /// The struct that it is, if it is one.
    pub fn layout(&self) -> Option<&Arc<Struct>> {
        match self {
            Type::Struct(layout) => Some(layout),
            Type::Void
            | Type::Int(_)
            | Type::Pointer { .. }
            | Type::Array { .. }
            | Type::Function => None,
        }
    }

    /// Whether it is `char[…]`, signed or not.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::Array { of, .. } if matches!(**of, Type::Int(Int { size: 1, .. })))
    }

    /// What a value of this type becomes in an expression: an array is the address of its first
    /// element, a function its own address.
    pub fn decayed(&self) -> Type {
        match self {
            Type::Array { of, .. } => Type::Pointer { to: Arc::clone(of), constant: false },
            Type::Function => Type::pointer(Type::Function),
            Type::Void | Type::Int(_) | Type::Pointer { .. } | Type::Struct(_) => self.clone(),
        }
    }

    /// The declaration of `name` with this type: `char buf[64]`, `struct sockaddr *p`.
    pub fn declare(&self, name: &str) -> String {
        match self {
            Type::Void => format!("void {name}"),
            Type::Int(int) => format!("{} {name}", int.name),
            Type::Struct(layout) => format!("{} {name}", layout.name),
            Type::Pointer { to, .. } if matches!(**to, Type::Function) => {
                format!("void (*{name})(int)")
            }
            Type::Pointer { to, constant } => {
                let is_array = matches!(**to, Type::Array { .. });
                let inner = if is_array { format!("(*{name})") } else { format!("*{name}") };
                let constant = if *constant { "const " } else { "" };
                format!("{constant}{}", to.declare(&inner))
            }
            Type::Array { of, length } => of.declare(&format!("{name}[{length}]")),
            Type::Function => format!("void {name}(int)"),
        }
    }
}

impl fmt::Display for Type {
    /// The type as C writes it: `char[64]`, `struct sockaddr *`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.declare("");
        let text = text.trim_end().replace(" [", "[");
        f.write_str(&text)
    }
}

/// Equal as C compares types: names of integers don't count, structs are equal by name.
impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Type::Void, Type::Void) | (Type::Function, Type::Function) => true,
            (Type::Int(a), Type::Int(b)) => a.size == b.size && a.signed == b.signed,
            (Type::Pointer { to: a, .. }, Type::Pointer { to: b, .. }) => a == b,
            (Type::Array { of: a, length: n }, Type::Array { of: b, length: m }) => {
                a == b && n == m
            }
            (Type::Struct(a), Type::Struct(b)) => Arc::ptr_eq(a, b) || a.name == b.name,
            (
                Type::Void
                | Type::Int(_)
                | Type::Pointer { .. }
                | Type::Array { .. }
                | Type::Struct(_)
                | Type::Function,
                _,
            ) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_wrap_as_on_x86_64() {
        assert_eq!(Int::CHAR.keep(200), -56);
        assert_eq!(Int::INT.keep(1 << 31), i64::from(i32::MIN));
        assert_eq!(Int::UNSIGNED.keep(-1), i64::from(u32::MAX));
        assert_eq!(Int::UNSIGNED_LONG.keep(-1), -1);
    }

    #[test]
    fn arithmetic_happens_in_the_common_type() {
        let name = |a: Int, b: Int| (a.common(b).size, a.common(b).signed);
        assert_eq!(name(Int::CHAR, Int::CHAR), (4, true));
        assert_eq!(name(Int::INT, Int::UNSIGNED), (4, false));
        assert_eq!(name(Int::LONG, Int::UNSIGNED), (8, true));
        assert_eq!(name(Int::LONG, Int::SIZE), (8, false));
    }

    #[test]
    fn types_are_written_as_in_c() {
        let chars = Type::Array { of: Arc::new(Type::Int(Int::CHAR)), length: 64 };
        assert_eq!(chars.declare("buf"), "char buf[64]");
        assert_eq!(chars.to_string(), "char[64]");
        assert_eq!(Type::pointer(Type::INT).to_string(), "int *");
        assert_eq!(Type::pointer(Type::pointer(Type::INT)).to_string(), "int **");
        assert_eq!(Type::pointer(Type::Function).declare("h"), "void (*h)(int)");
    }
}
