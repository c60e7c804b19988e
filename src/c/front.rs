//! A fence, a file or a line of the prompt → statements that can be run.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::ast::StmtKind;
use super::compile::{Compiler, one_line};
use super::error::Error;
use super::headers::HEADERS;
use super::lexer::{Kind, Token, tokens};
use super::parser;
use super::preprocess::{predefine, preprocess};
use super::program::{Code, Function, Op, Site, Spot};
use super::scope::Scope;
use super::statement::{Comment, Expression, Statement};
use super::types::Type;
use crate::model::said;

impl Scope {
    /// What a process knows before its first statement, and string constants such as
    /// `("SERVER_IP", "198.51.100.1")`.
    ///
    /// # Panics
    /// Never: the headers are a constant, and a test compiles them.
    pub fn new(predefined: &[(&str, &str)]) -> Self {
        let mut scope = Self::bare();
        compile(HEADERS, &mut scope).expect("the headers are C of the subset");
        for (name, value) in predefined {
            predefine(name, value, &mut scope.defines);
        }
        scope
    }
}

/// Compiles the statements of a fence, a file or a line of the prompt. What they declare is then
/// known in `scope`, which stays as it was if there is an error.
///
/// # Errors
/// The first [`Error`], with its place in `source`.
pub fn compile(source: &str, scope: &mut Scope) -> Result<Vec<Statement>, Error> {
    let mut inner = scope.clone();
    let all = tokens(source);
    let lexemes = preprocess(source, &mut inner.defines)?;
    let tree = parser::statements(&lexemes, inner.type_names())?;
    renew_declared(&mut inner);
    let mut compiler = Compiler::new(&mut inner, source, &all);
    let mut statements = Vec::new();
    for statement in &tree {
        let Some(compiled) = compiler.top(statement)? else { continue };
        let code = if let StmtKind::Function(function) = &statement.kind {
            format!("{} {{ … }}", compiler.signature(&function.name.text))
        } else {
            one_line(source, &all, &compiled.span)
        };
        statements.push(Statement {
            code,
            calls: compiled.asks,
            trailing: trailing(source, &all, &compiled.span),
            program: compiled.code,
            first: compiled.first,
            value: compiled.value,
            span: compiled.span,
        });
    }
    compiler.refuse_bodiless()?;
    *scope = inner;
    Ok(statements)
}

/// Compiles an expression for looking at a process: it may make no system call, and what it
/// declares is forgotten.
///
/// # Errors
/// An [`Error`] with its place in `source`.
pub fn compile_expression(source: &str, scope: &Scope) -> Result<Expression, Error> {
    let mut inner = scope.clone();
    let all = tokens(source);
    let lexemes = preprocess(source, &mut inner.defines)?;
    let tree = parser::expression(&lexemes, inner.type_names())?;
    let program = Compiler::new(&mut inner, source, &all).passing(&tree)?;
    Ok(Expression { program })
}

/// The statement that runs a whole file, once its statements have been: calls `main` with `args`
/// (the first is the program's name) and exits with what it returns.
///
/// # Errors
/// If there is no `main`, or there is no room for its arguments.
pub fn run_main(scope: &mut Scope, args: &[&str]) -> Result<Statement, Error> {
    let Some(main) = scope.functions.get("main") else {
        return Err(Error::new(0..0, said!("there is no main() to run")));
    };
    let takes = main.parameters.len();
    let quoted: Vec<String> = args.iter().map(|arg| format!("\"{}\"", escaped(arg))).collect();
    let call = match takes {
        0 => "main()".to_owned(),
        2 => format!("main({}, (char *[]){{ {}, NULL }})", args.len(), quoted.join(", ")),
        _ => return Err(Error::new(0..0, said!("main() takes no arguments or two"))),
    };
    // What a `void main()` exits with is anything; here it is 0.
    let source = match main.returns == Type::Void {
        true => format!("exit(({call}, 0));"),
        false => format!("exit({call});"),
    };
    let statements = compile(&source, scope)?;
    let mut statement = statements
        .into_iter()
        .next()
        .ok_or_else(|| Error::new(0..0, said!("there is no main() to run")))?;
    statement.program = Arc::new(without_places(&statement.program));
    Ok(statement)
}

/// Code without jumps that stands in no source.
fn without_places(code: &Code) -> Code {
    let nowhere = Arc::new(Spot { span: 0..0, code: "".into() });
    let ops = code.ops.iter().filter_map(|op| match op {
        Op::At(_) => None,
        Op::Ask(site) => {
            let (call, arguments) = (site.call, site.arguments);
            Some(Op::Ask(Arc::new(Site { call, arguments, spot: Arc::clone(&nowhere) })))
        }
        other => Some(other.clone()),
    });
    Code { ops: ops.collect(), data: code.data.clone() }
}

/// A whole C program: what runs before `main`, and `main` itself.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its variables and functions, in order. None of them makes a call.
    pub before: Vec<Statement>,
    /// Calls `main`, and exits with what it returns.
    pub main: Statement,
    /// What its process knows.
    pub scope: Arc<Scope>,
}

/// Compiles a whole file, as a C compiler wants it: nothing but declarations and functions at its
/// top, one of them `main`. `args` are those of `main`; the first is the program's name.
///
/// # Errors
/// The first [`Error`], with its place in `source`.
pub fn program(source: &str, scope: &Scope, args: &[&str]) -> Result<Program, Error> {
    let mut scope = scope.clone();
    let tree = {
        let lexemes = preprocess(source, &mut scope.defines.clone())?;
        parser::statements(&lexemes, scope.type_names())?
    };
    let stray = tree.iter().find(|statement| {
        !matches!(
            statement.kind,
            StmtKind::Empty
                | StmtKind::Declare { .. }
                | StmtKind::Typedef(_)
                | StmtKind::Tag(_)
                | StmtKind::Function(_)
        )
    });
    if let Some(stray) = stray {
        let error = Error::new(stray.span.clone(), said!("a statement outside of every function"));
        return Err(error.help(said!("a program runs main(), and what main() calls")));
    }
    let before = compile(source, &mut scope)?;
    if let Some(asks) = before.iter().find(|statement| statement.calls) {
        let message = said!("a variable outside of functions begins with a constant");
        return Err(Error::new(asks.span.clone(), message));
    }
    let end = source.trim_end().len();
    let main = run_main(&mut scope, args).map_err(|error| Error { span: end..end, ..error })?;
    Ok(Program { before, main, scope: Arc::new(scope) })
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("\\{byte:03o}")).collect()
}

/// Functions of which only the declaration is known get a new, empty body: a clone of this scope
/// may have given one to the old.
fn renew_declared(scope: &mut Scope) {
    for function in scope.functions.values_mut().filter(|known| known.body.get().is_none()) {
        *function = Arc::new(Function {
            name: Arc::clone(&function.name),
            returns: function.returns.clone(),
            parameters: function.parameters.clone(),
            result: function.result,
            signature: function.signature.clone(),
            address: function.address,
            body: OnceLock::new(),
        });
    }
}

/// The `//` comment behind a statement on its last line.
fn trailing(source: &str, all: &[Token], span: &Range<usize>) -> Option<Comment> {
    let next = all.iter().find(|token| token.start >= span.end && token.kind != Kind::BlockComment);
    let comment = next.filter(|token| token.kind == Kind::LineComment)?;
    if source[span.end..comment.start].contains('\n') {
        return None;
    }
    let text = comment.text(source).trim_start_matches('/').trim().to_owned();
    Some(Comment { span: comment.span(), text })
}
