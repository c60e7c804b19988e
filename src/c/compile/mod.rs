//! Syntax tree → typed code. After this only memory and the kernel can still refuse.

mod call;
mod expression;
mod format;
mod function;
mod initialiser;
mod jump;
mod name;
mod operator;
mod repeat;
mod statement;

use std::collections::HashMap;
use std::sync::Arc;

use super::arena::{ARGUMENTS, PASSING};
use super::ast::{Declared, Expr, ExprKind, Span, Stmt, StmtKind};
use super::error::Error;
use super::lexer::Token;
use super::machine::Machine;
use super::program::{Code, Function, Op, Spot};
use super::scope::{Scope, Variable};
use super::types::Type;
use crate::model::{ARENA_SIZE, ARENA_START, Bytes, said};

/// Compiles statements one after the other, for one process.
pub(super) struct Compiler<'a> {
    scope: &'a mut Scope,
    source: &'a str,
    /// All tokens of the source, comments too.
    tokens: &'a [Token],
    ops: Vec<Op>,
    data: Vec<(u64, Arc<[u8]>)>,
    /// Operations that run once, before all others: `static` variables inside functions.
    first: Vec<Op>,
    /// Variables of the blocks around us, innermost last.
    blocks: Vec<HashMap<Arc<str>, Variable>>,
    /// What `break` and `continue` belong to, innermost last.
    loops: Vec<Loop>,
    labels: jump::Labels,
    function: Option<Arc<Function>>,
    /// The functions that each function calls.
    called: HashMap<Arc<str>, Vec<(Arc<Function>, Span)>>,
    /// The functions whose address is taken: as handlers of signals they will be called.
    pointed: Vec<(Arc<Function>, Span)>,
    /// The innermost statement, for the places where the kernel is asked.
    site: Arc<Spot>,
    /// The code so far may ask the kernel.
    asks: bool,
    /// Where strings go, if not behind the variables.
    passing: Option<u64>,
    /// How many expressions were compiled, those included of which only the type was wanted.
    worked: u32,
}

/// So many expressions one source may have compiled. What asks for a type compiles twice, and
/// what does so inside of that four times.
const MOST_WORK: u32 = 1 << 17;

/// A loop or `switch` that is being compiled.
#[derive(Debug, Default)]
struct Loop {
    breaks: Vec<usize>,
    /// `None` for a `switch`.
    continues: Option<Vec<usize>>,
    /// Values of the `case`s with their places; `None` for `default`.
    cases: Vec<(Option<i64>, usize)>,
}

/// What a statement at the top became.
pub(super) struct Compiled {
    pub span: Span,
    pub code: Arc<Code>,
    pub first: Option<Arc<Code>>,
    /// It is an expression whose value is worth showing.
    pub value: bool,
    pub asks: bool,
}

impl<'a> Compiler<'a> {
    pub fn new(scope: &'a mut Scope, source: &'a str, tokens: &'a [Token]) -> Self {
        Self {
            scope,
            source,
            tokens,
            ops: Vec::new(),
            data: Vec::new(),
            first: Vec::new(),
            blocks: Vec::new(),
            loops: Vec::new(),
            labels: jump::Labels::default(),
            function: None,
            called: HashMap::new(),
            pointed: Vec::new(),
            site: Arc::new(Spot { span: 0..0, code: "".into() }),
            asks: false,
            passing: None,
            worked: 0,
        }
    }

    /// Counts one more expression.
    fn work(&mut self, span: &Span) -> Result<(), Error> {
        self.worked += 1;
        if self.worked > MOST_WORK {
            return Err(Error::new(span.clone(), said!("this is nested too deep to be compiled")));
        }
        Ok(())
    }

    /// A statement at the top; `None` if it has nothing to run (a type, a prototype).
    pub fn top(&mut self, statement: &Stmt) -> Result<Option<Compiled>, Error> {
        self.asks = false;
        let (mut value, mut runs) = (false, true);
        match &statement.kind {
            StmtKind::Empty | StmtKind::Typedef(_) | StmtKind::Tag(_) => {
                self.statement(statement)?;
                runs = false;
            }
            StmtKind::Function(function) => {
                self.function(function, &statement.span)?;
                runs = function.body.is_some();
                self.asks = false;
            }
            StmtKind::Expr(expr) => {
                self.enter_site(&statement.span);
                value = self.value(expr)? != Type::Void;
            }
            StmtKind::Declare { is_static, variables } => {
                self.statement(statement)?;
                // What one number is initialised with is worth comparing: int n = f(x); // = 3
                if let ([Declared { name, init: Some(_), .. }], false) =
                    (&variables[..], *is_static)
                    && !self.asks
                {
                    let kind = ExprKind::Name(name.text.clone());
                    let name = Expr { span: name.span.clone(), kind, depth: 1 };
                    if matches!(self.type_of(&name)?, Type::Int(_)) {
                        value = self.value(&name)? != Type::Void;
                    }
                }
            }
            StmtKind::Block(_)
            | StmtKind::If(..)
            | StmtKind::While(..)
            | StmtKind::Do(..)
            | StmtKind::For { .. }
            | StmtKind::Switch(..)
            | StmtKind::Case(_)
            | StmtKind::Default
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Label(..)
            | StmtKind::Goto(_)
            | StmtKind::Return(_) => self.statement(statement)?,
        }
        self.land_gotos()?;
        let code = self.taken();
        let first = std::mem::take(&mut self.first);
        let first = (!first.is_empty()).then(|| Arc::new(Code { ops: first, data: Vec::new() }));
        let span = statement.span.clone();
        Ok(runs.then_some(Compiled { span, code, first, value, asks: self.asks }))
    }

    /// An expression that asks no kernel, for evaluation beside the process.
    pub fn passing(mut self, expr: &Expr) -> Result<Arc<Code>, Error> {
        self.passing = Some(PASSING);
        self.value(expr)?;
        if self.asks {
            return Err(Error::new(expr.span.clone(), said!("a fact can't make a system call")));
        }
        Ok(self.taken())
    }

    /// The type of an expression, for completion.
    pub fn type_alone(mut self, expr: &Expr) -> Result<Type, Error> {
        self.type_of(expr)
    }

    fn taken(&mut self) -> Arc<Code> {
        Arc::new(Code { ops: std::mem::take(&mut self.ops), data: std::mem::take(&mut self.data) })
    }

    fn emit(&mut self, op: Op) {
        self.ops.push(op);
    }

    /// A jump whose target is not known yet.
    fn jump(&mut self, op: fn(usize) -> Op) -> usize {
        self.emit(op(usize::MAX));
        self.ops.len() - 1
    }

    /// Lets a jump go to the next operation.
    fn land(&mut self, jump: usize) {
        let target = self.ops.len();
        if let Some(Op::Jump(to) | Op::JumpIfZero(to) | Op::JumpUnlessZero(to)) =
            self.ops.get_mut(jump)
        {
            *to = target;
        }
    }

    /// Calls from here on belong to the statement, or the head of a statement, at `span`.
    fn enter_site(&mut self, span: &Span) {
        let code = one_line(self.source, self.tokens, span).into();
        self.site = Arc::new(Spot { span: span.clone(), code });
        self.emit(Op::At(Arc::clone(&self.site)));
    }

    /// A place in the arena.
    fn allocate(&mut self, size: u64, align: u64, span: &Span) -> Result<u64, Error> {
        let full = || {
            Error::new(
                span.clone(),
                said!("there is no room left for this in the process's memory"),
            )
            .help(said!(
                "all variables and strings together may take {most} bytes",
                most = ARGUMENTS - ARENA_START
            ))
        };
        match &mut self.passing {
            None => self.scope.allocate(size, align).ok_or_else(full),
            Some(next) => {
                let address = next.next_multiple_of(align.max(1));
                let end = address.checked_add(size).ok_or_else(full)?;
                if end > ARENA_START + ARENA_SIZE as u64 {
                    return Err(full());
                }
                *next = end;
                Ok(address)
            }
        }
    }

    /// The value of a constant expression.
    fn constant(&mut self, expr: &Expr) -> Result<i64, Error> {
        let start = self.ops.len();
        let asks = std::mem::replace(&mut self.asks, false);
        let ty = self.value(expr);
        let ops = self.ops.split_off(start);
        let asked = std::mem::replace(&mut self.asks, asks);
        let wrong = || {
            Error::new(
                expr.span.clone(),
                said!(
                    "expected a constant: its value must be known before \
                anything runs"
                ),
            )
        };
        if ty?.int().is_none() || asked {
            return Err(wrong());
        }
        // The ops were compiled behind others: their jumps are off by so many.
        let ops = ops.into_iter().map(|op| moved(op, start)).collect();
        let code = Arc::new(Code { ops, data: Vec::new() });
        Machine::evaluate(&code, &mut Bytes::starting_with(&[])).map_err(|_| wrong())
    }
}

/// A jump, with its target moved to the front by so many operations.
fn moved(op: Op, by: usize) -> Op {
    match op {
        Op::Jump(to) => Op::Jump(to.wrapping_sub(by)),
        Op::JumpIfZero(to) => Op::JumpIfZero(to.wrapping_sub(by)),
        Op::JumpUnlessZero(to) => Op::JumpUnlessZero(to.wrapping_sub(by)),
        other => other,
    }
}

/// The source at `span` on one line, without comments.
pub(super) fn one_line(source: &str, tokens: &[Token], span: &Span) -> String {
    let mut text = String::new();
    let mut end = None;
    let inside = |token: &&Token| token.start >= span.start && token.end <= span.end;
    for token in tokens.iter().filter(|token| !token.is_comment()).filter(inside) {
        if end.is_some_and(|end| end != token.start) {
            text.push(' ');
        }
        text.push_str(token.text(source));
        end = Some(token.end);
    }
    text
}
