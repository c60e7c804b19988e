//! What C is compiled to: operations on a stack of 64-bit integers.

use std::sync::{Arc, OnceLock};

use super::ast::{Binary, Span};
use super::builtins::Builtin;
use super::calls::CallHelp;
use super::types::{Int, Type};

/// One operation. Every expression leaves exactly one value on the stack; a struct's value is its
/// address. Jumps name the index of an operation of the same code.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Push(i64),
    Drop,
    Duplicate,
    Swap,
    /// Address → value.
    Load(Int),
    /// Address, value → value as kept.
    Store(Int),
    /// Value → nothing; stored at a fixed address.
    Set(u64, Int),
    /// Fills so many bytes at a fixed address with 0.
    Zero(u64, u64),
    /// Target address, source address → target address; copies so many bytes.
    Copy(u64),
    /// Address → old or new value; adds to what lies there.
    Step {
        int: Int,
        by: i64,
        before: bool,
    },
    Negate(Int),
    Complement(Int),
    /// Value → 1 if it is 0, else 0.
    Not,
    Convert(Int),
    /// Left, right → result, both taken as this type.
    Binary(Binary, Int),
    Jump(usize),
    JumpIfZero(usize),
    JumpUnlessZero(usize),
    /// Arguments → result, from the kernel.
    Ask(Arc<Site>),
    /// So many arguments → result.
    Here(Builtin, usize),
    /// Nothing → result; the arguments are in the parameters already.
    Enter(Arc<Function>),
    /// Result → result, in the calling code.
    Return,
    /// Nothing → nothing; a statement begins.
    At(Arc<Spot>),
}

/// A statement, or the head of one, where a program can stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Its place in the source that was compiled.
    pub span: Span,
    /// Its text on one line.
    pub code: Arc<str>,
}

/// Operations that belong together.
#[derive(Debug, Clone, Default)]
pub(super) struct Code {
    pub ops: Vec<Op>,
    /// Bytes that must lie in memory before the first operation: strings.
    pub data: Vec<(u64, Arc<[u8]>)>,
}

/// A place in the source where the kernel is asked.
#[derive(Debug)]
pub(super) struct Site {
    pub call: &'static CallHelp,
    pub arguments: usize,
    /// The innermost statement around the call.
    pub spot: Arc<Spot>,
}

/// A function that the learner wrote.
#[derive(Debug)]
pub(super) struct Function {
    pub name: Arc<str>,
    pub returns: Type,
    /// Type and fixed address of each parameter.
    pub parameters: Vec<(Type, u64)>,
    /// Where a struct lies that it returns.
    pub result: u64,
    /// The signature, for errors and help.
    pub signature: String,
    /// Its own address, a number that no other object has.
    pub address: u64,
    /// Set once the body is compiled, before the compilation is over.
    pub body: OnceLock<Body>,
}

/// What a function consists of.
#[derive(Debug)]
pub(super) struct Body {
    pub code: Arc<Code>,
    /// It may ask the kernel.
    pub asks: bool,
}
