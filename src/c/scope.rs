//! What a process's C knows: variables with their addresses, functions, types and constants.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::arena::{ARGUMENTS, FIRST, IN6ADDR};
use super::preprocess::Defines;
use super::program::Function;
use super::types::Type;
use crate::model::Memory;

/// A variable: bytes with a type at a fixed address.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Its address, the same in every run.
    pub address: u64,
    /// The function it belongs to; `None` at the top.
    pub function: Option<Arc<str>>,
    /// It is `const`.
    pub constant: bool,
}

/// A function that the learner wrote, as a handler of signals. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handler(pub(super) Arc<Function>);

impl Handler {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

/// What the C of one process knows. A forked child gets a clone.
#[derive(Debug, Clone)]
pub struct Scope {
    pub(super) defines: Defines,
    pub(super) variables: Vec<Variable>,
    /// Names of typedefs, and tags with their keyword (`struct linger`).
    pub(super) types: HashMap<Arc<str>, Type>,
    /// Values of enums.
    pub(super) values: HashMap<Arc<str>, i64>,
    pub(super) functions: HashMap<Arc<str>, Arc<Function>>,
    /// Strings in the code: address and bytes, the final NUL among them.
    pub(super) strings: Vec<(u64, Arc<[u8]>)>,
    pub(super) next: u64,
}

impl Scope {
    /// Knows nothing yet, not even the headers: [`Scope::new`] is what a process begins with.
    pub(super) fn bare() -> Self {
        Self {
            defines: HashMap::new(),
            variables: Vec::new(),
            types: HashMap::new(),
            values: HashMap::new(),
            functions: HashMap::new(),
            strings: Vec::new(),
            next: FIRST,
        }
    }

    /// All variables: those at the top first declared first, those of functions where the
    /// function stands.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter()
    }

    /// The variable of this name: one at the top, else one of `main`, else one of any function.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        let named = || self.variables.iter().filter(|variable| &*variable.name == name);
        named()
            .find(|variable| variable.function.is_none())
            .or_else(|| named().find(|variable| variable.function.as_deref() == Some("main")))
            .or_else(|| named().next())
    }

    /// The end of the arena's used part, strings included.
    pub fn used(&self) -> u64 {
        self.next
    }

    /// Puts into fresh memory what a program has in it before it runs: the strings in its code, and
    /// constants of the C library.
    pub fn furnish(&self, memory: &mut dyn Memory) {
        let one = [&[0; 15][..], &[1]].concat();
        let constants = [(IN6ADDR[1], &one[..])];
        let strings = self.strings.iter().map(|(address, bytes)| (*address, &bytes[..]));
        for (address, bytes) in strings.chain(constants) {
            // All of them have their place in the arena since they were compiled.
            memory.write(address, bytes);
        }
    }

    /// Whether there is a function of this name, written by the learner.
    pub fn has_function(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    /// The function at this address, as a handler of signals.
    pub fn handler(&self, address: u64) -> Option<Handler> {
        let mut functions = self.functions.values();
        functions.find(|function| function.address == address).cloned().map(Handler)
    }

    /// Names that begin a declaration.
    pub(super) fn type_names(&self) -> HashSet<Arc<str>> {
        self.types.keys().cloned().collect()
    }

    /// A place for `size` bytes, if there is room.
    pub(super) fn allocate(&mut self, size: u64, align: u64) -> Option<u64> {
        let address = self.next.checked_next_multiple_of(align.max(1))?;
        let end = address.checked_add(size)?;
        if end > ARGUMENTS {
            return None;
        }
        self.next = end;
        Some(address)
    }
}
