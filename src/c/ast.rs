//! The syntax tree: what was written, with its place, before anything has a type or an address.

use std::ops::Range;
use std::sync::Arc;

use super::types::Int;

/// A place in the source, as bytes.
pub type Span = Range<usize>;

/// A name and its place.
#[derive(Debug, Clone)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    pub span: Span,
    pub kind: ExprKind,
    /// How deep the tree below is; the parser keeps it small, so that walking it is safe.
    pub depth: u16,
}

#[derive(Debug, Clone)]
pub enum ExprKind {
    Number(i64, Int),
    Text(Arc<[u8]>),
    Name(String),
    Unary(Unary, Box<Expr>),
    /// `++x`, `x--`: by +1 or −1; `before` if the value is the new one.
    Step {
        of: Box<Expr>,
        by: i64,
        before: bool,
    },
    Binary(Binary, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a = b`, or `a op= b`.
    Assign(Option<Binary>, Box<Expr>, Box<Expr>),
    Comma(Box<Expr>, Box<Expr>),
    Call(Name, Vec<Expr>),
    Index(Box<Expr>, Box<Expr>),
    Field {
        of: Box<Expr>,
        arrow: bool,
        name: Name,
    },
    Cast(TypeName, Box<Expr>),
    SizeofType(TypeName),
    Sizeof(Box<Expr>),
    /// `(struct linger){ 1, 0 }`.
    Literal(TypeName, Box<Init>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    Plus,
    Minus,
    Not,
    Complement,
    Address,
    Target,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    Left,
    Right,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Xor,
    Or,
}

/// An initialiser.
#[derive(Debug, Clone)]
pub enum Init {
    Value(Expr),
    List(Vec<Item>, Span),
}

/// One element of a list in braces, with where it goes if that is said.
#[derive(Debug, Clone)]
pub struct Item {
    pub at: Vec<Designator>,
    pub value: Init,
}

#[derive(Debug, Clone)]
pub enum Designator {
    Field(Name),
    Index(Expr),
}

/// A type as it was written.
#[derive(Debug, Clone)]
pub struct TypeName {
    pub span: Span,
    pub base: Base,
    /// `const` stands before the base.
    pub constant: bool,
    /// From the base outwards: what each `*` and `[]` makes of it.
    pub derived: Vec<Derived>,
}

impl TypeName {
    /// The place of the name that the type is built on, where an unknown one is to be shown.
    pub fn name_span(&self) -> &Span {
        match &self.base {
            Base::Named(name) | Base::Tag(name) => &name.span,
            Base::Void | Base::Int(_) | Base::Function | Base::Struct(_) | Base::Enum(_) => {
                &self.span
            }
        }
    }
}

#[derive(Debug, Clone)]
pub enum Base {
    Void,
    Int(Int),
    /// A function's type; only pointers to it exist.
    Function,
    /// A name of a typedef.
    Named(Name),
    /// `struct tag`, with the keyword in the name.
    Tag(Name),
    /// `struct tag { … }`.
    Struct(Box<StructBody>),
    /// `enum { … }`: the values, each with its constant if one is given.
    Enum(Vec<(Name, Option<Expr>)>),
}

#[derive(Debug, Clone)]
pub struct StructBody {
    pub union: bool,
    /// What the addresses of its fields are multiples of, at most.
    pub most: u64,
    /// With the keyword; `None` if it has no tag.
    pub tag: Option<Name>,
    pub members: Vec<(Option<Name>, TypeName)>,
}

#[derive(Debug, Clone)]
pub enum Derived {
    Pointer,
    /// `None` for `[]`.
    Array(Option<Box<Expr>>),
}

/// A statement with its place, its `;` included.
#[derive(Debug, Clone)]
pub struct Stmt {
    pub span: Span,
    pub kind: StmtKind,
}

#[derive(Debug, Clone)]
pub enum StmtKind {
    Empty,
    Expr(Expr),
    Declare {
        is_static: bool,
        variables: Vec<Declared>,
    },
    /// `typedef …;`
    Typedef(Vec<(Name, TypeName)>),
    /// `struct s { … };` or `enum { … };` alone.
    Tag(TypeName),
    Block(Vec<Stmt>),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    While(Expr, Box<Stmt>),
    Do(Box<Stmt>, Expr),
    For {
        first: Option<Box<Stmt>>,
        test: Option<Expr>,
        next: Option<Expr>,
        body: Box<Stmt>,
    },
    Switch(Expr, Box<Stmt>),
    Case(Expr),
    Default,
    Break,
    Continue,
    /// `again: …`
    Label(Name, Box<Stmt>),
    Goto(Name),
    Return(Option<Expr>),
    /// A function; without a body only its declaration.
    Function(Box<FunctionDef>),
}

/// One variable of a declaration.
#[derive(Debug, Clone)]
pub struct Declared {
    pub name: Name,
    pub ty: TypeName,
    pub init: Option<Init>,
}

#[derive(Debug, Clone)]
pub struct FunctionDef {
    pub name: Name,
    pub returns: TypeName,
    pub parameters: Vec<(Option<Name>, TypeName)>,
    pub body: Option<Vec<Stmt>>,
}
