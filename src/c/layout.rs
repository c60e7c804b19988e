//! How structs lie in memory: offsets, sizes and alignments as gcc lays them out on x86-64.

use super::types::{Field, Struct, Type};

/// How the fields of a struct are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packing {
    /// All at the first byte; else one behind the other.
    pub union: bool,
    /// No field lies at a multiple of more than so many bytes: 1 for `struct epoll_event` on x86-64,
    /// which has no holes.
    pub most: u64,
}

impl Packing {
    /// Each field where its alignment allows.
    pub const NATURAL: u64 = u64::MAX;
}

impl Struct {
    /// Lays out `members`. A member without a name must be a struct or union: its own fields
    /// become fields of this one.
    pub fn new(name: String, members: Vec<(Option<String>, Type)>, packing: Packing) -> Self {
        let mut fields = Vec::new();
        let (mut end, mut size, mut align) = (0u64, 0u64, 1u64);
        for (name, ty) in members {
            let own = ty.align().min(packing.most);
            let offset = if packing.union { 0 } else { end.next_multiple_of(own) };
            end = offset.saturating_add(ty.size());
            size = size.max(end);
            align = align.max(own);
            match (name, ty) {
                (Some(name), ty) => fields.push(Field { name, offset, ty }),
                (None, Type::Struct(inner)) => fields.extend(
                    inner
                        .fields
                        .iter()
                        .map(|field| Field { offset: field.offset + offset, ..field.clone() }),
                ),
                (None, _) => {}
            }
        }
        let size = size.checked_next_multiple_of(align).unwrap_or(size);
        Self { name, fields, size, align, union: packing.union, incomplete: false }
    }

    /// A struct of which only the name is known.
    pub fn named(name: String) -> Self {
        Self { name, fields: Vec::new(), size: 0, align: 1, union: false, incomplete: true }
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c::types::Int;

    fn members() -> Vec<(Option<String>, Type)> {
        vec![(Some("a".into()), Type::Int(Int::CHAR)), (Some("b".into()), Type::Int(Int::LONG))]
    }

    #[test]
    fn fields_lie_where_their_alignment_allows() {
        let made = |union, most| Struct::new("s".into(), members(), Packing { union, most });
        let layout = made(false, Packing::NATURAL);
        assert_eq!((layout.size, layout.align, layout.fields[1].offset), (16, 8, 8));
        let packed = made(false, 1);
        assert_eq!((packed.size, packed.align, packed.fields[1].offset), (9, 1, 1));
        let halves = made(false, 2);
        assert_eq!((halves.size, halves.align, halves.fields[1].offset), (10, 2, 2));
        let union = made(true, Packing::NATURAL);
        assert_eq!((union.size, union.align, union.fields[1].offset), (8, 8, 0));
    }
}
