//! Expressions.

use std::sync::Arc;

use super::super::ast::{Binary, Expr, ExprKind, Name, Span, Unary};
use super::super::error::Error;
use super::super::lexer::Kind;
use super::number;
use super::{DEEPEST, Parser};
use crate::model::said;

/// Operators with two operands by how strongly they bind, weakest first. `&&` and `||` stand
/// before these.
const LEVELS: [&[(&str, Binary)]; 8] = [
    &[("|", Binary::Or)],
    &[("^", Binary::Xor)],
    &[("&", Binary::And)],
    &[("==", Binary::Equal), ("!=", Binary::NotEqual)],
    &[
        ("<", Binary::Less),
        (">", Binary::Greater),
        ("<=", Binary::LessEqual),
        (">=", Binary::GreaterEqual),
    ],
    &[("<<", Binary::Left), (">>", Binary::Right)],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("/", Binary::Divide), ("%", Binary::Remainder)],
];

const ASSIGNMENTS: [(&str, Option<Binary>); 11] = [
    ("=", None),
    ("+=", Some(Binary::Add)),
    ("-=", Some(Binary::Subtract)),
    ("*=", Some(Binary::Multiply)),
    ("/=", Some(Binary::Divide)),
    ("%=", Some(Binary::Remainder)),
    ("<<=", Some(Binary::Left)),
    (">>=", Some(Binary::Right)),
    ("&=", Some(Binary::And)),
    ("^=", Some(Binary::Xor)),
    ("|=", Some(Binary::Or)),
];

const UNARIES: [(&str, Unary); 6] = [
    ("+", Unary::Plus),
    ("-", Unary::Minus),
    ("!", Unary::Not),
    ("~", Unary::Complement),
    ("&", Unary::Address),
    ("*", Unary::Target),
];

impl Parser<'_> {
    /// An expression, commas included.
    pub(super) fn expression(&mut self) -> Result<Expr, Error> {
        let mut left = self.assignment()?;
        while self.accept(",") {
            let right = self.assignment()?;
            let depth = left.depth.max(right.depth);
            let kind = |left, right| ExprKind::Comma(left, right);
            left = self.pair(left, right, depth, kind)?;
        }
        Ok(left)
    }

    /// An expression without commas at its top: an argument, an initialiser.
    pub(super) fn assignment(&mut self) -> Result<Expr, Error> {
        self.deeper()?;
        let left = self.conditional()?;
        let found = ASSIGNMENTS.iter().find(|(mark, _)| self.is(mark));
        let result = match found {
            None => left,
            Some((_, operator)) => {
                self.at += 1;
                let right = self.assignment()?;
                let depth = left.depth.max(right.depth);
                self.pair(left, right, depth, |left, right| {
                    ExprKind::Assign(*operator, left, right)
                })?
            }
        };
        self.depth -= 1;
        Ok(result)
    }

    /// An expression without assignments: a constant.
    pub(super) fn conditional(&mut self) -> Result<Expr, Error> {
        let test = self.or()?;
        if !self.accept("?") {
            return Ok(test);
        }
        self.deeper()?;
        let yes = self.expression()?;
        self.expect(":", said!("of the ?"))?;
        let no = self.conditional()?;
        self.depth -= 1;
        let span = test.span.start..no.span.end;
        let depth = test.depth.max(yes.depth).max(no.depth);
        let kind = ExprKind::Conditional(Box::new(test), Box::new(yes), Box::new(no));
        self.made(span, depth, kind)
    }

    fn or(&mut self) -> Result<Expr, Error> {
        let mut left = self.and()?;
        while self.accept("||") {
            let right = self.and()?;
            let depth = left.depth.max(right.depth);
            left = self.pair(left, right, depth, ExprKind::Or)?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, Error> {
        let mut left = self.binary(0)?;
        while self.accept("&&") {
            let right = self.binary(0)?;
            let depth = left.depth.max(right.depth);
            left = self.pair(left, right, depth, ExprKind::And)?;
        }
        Ok(left)
    }

    fn binary(&mut self, level: usize) -> Result<Expr, Error> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(mark, _)| self.is(mark)) {
            self.at += 1;
            let right = self.binary(level + 1)?;
            let depth = left.depth.max(right.depth);
            left = self
                .pair(left, right, depth, |left, right| ExprKind::Binary(*operator, left, right))?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, Error> {
        self.deeper()?;
        let result = self.prefixed();
        self.depth -= 1;
        result
    }

    fn prefixed(&mut self) -> Result<Expr, Error> {
        let start = self.here();
        for (mark, by) in [("++", 1), ("--", -1)] {
            if self.accept(mark) {
                let of = Box::new(self.unary()?);
                let (span, depth) = (self.since(&start), of.depth);
                return self.made(span, depth, ExprKind::Step { of, by, before: true });
            }
        }
        if let Some((_, operator)) = UNARIES.iter().find(|(mark, _)| self.is(mark)) {
            self.at += 1;
            let of = self.unary()?;
            let (span, depth) = (self.since(&start), of.depth);
            return self.made(span, depth, ExprKind::Unary(*operator, Box::new(of)));
        }
        if self.accept("sizeof") {
            return self.sizeof(&start);
        }
        if self.is("(") && self.begins_type(1) {
            return self.cast(&start);
        }
        self.postfixed()
    }

    fn sizeof(&mut self, start: &Span) -> Result<Expr, Error> {
        if self.is("(") && self.begins_type(1) {
            self.at += 1;
            let ty = self.type_name()?;
            self.expect(")", said!("behind the type"))?;
            return self.made(self.since(start), 0, ExprKind::SizeofType(ty));
        }
        let of = self.unary()?;
        let (span, depth) = (self.since(start), of.depth);
        self.made(span, depth, ExprKind::Sizeof(Box::new(of)))
    }

    /// `(type)x`, or `(type){ … }`.
    fn cast(&mut self, start: &Span) -> Result<Expr, Error> {
        self.at += 1;
        let ty = self.type_name()?;
        self.expect(")", said!("behind the type"))?;
        if self.is("{") {
            let init = self.initialiser()?;
            let literal = self.made(self.since(start), 1, ExprKind::Literal(ty, Box::new(init)))?;
            return self.postfixes(literal);
        }
        let of = self.unary()?;
        let (span, depth) = (self.since(start), of.depth);
        self.made(span, depth, ExprKind::Cast(ty, Box::new(of)))
    }

    fn postfixed(&mut self) -> Result<Expr, Error> {
        let first = self.primary()?;
        self.postfixes(first)
    }

    fn postfixes(&mut self, mut of: Expr) -> Result<Expr, Error> {
        loop {
            let start = of.span.clone();
            let depth = of.depth;
            if self.accept("[") {
                let index = self.expression()?;
                self.expect("]", said!("behind the index"))?;
                let depth = depth.max(index.depth);
                let kind = ExprKind::Index(Box::new(of), Box::new(index));
                of = self.made(self.since(&start), depth, kind)?;
            } else if self.is(".") || self.is("->") {
                let arrow = self.is("->");
                self.at += 1;
                let name = self.name(said!("the name of a field"))?;
                let kind = ExprKind::Field { of: Box::new(of), arrow, name };
                of = self.made(self.since(&start), depth, kind)?;
            } else if self.is("++") || self.is("--") {
                let by = if self.is("++") { 1 } else { -1 };
                self.at += 1;
                let kind = ExprKind::Step { of: Box::new(of), by, before: false };
                of = self.made(self.since(&start), depth, kind)?;
            } else if self.is("(") {
                return Err(Error::outside(start, said!("a call through a pointer to a function")));
            } else {
                return Ok(of);
            }
        }
    }

    fn primary(&mut self) -> Result<Expr, Error> {
        let start = self.here();
        let Some(token) = self.peek().cloned() else {
            return Err(self.expected(said!("an expression")));
        };
        match token.kind {
            Kind::Number => {
                self.at += 1;
                let (value, int) = number::number(&token)?;
                self.made(start, 0, ExprKind::Number(value, int))
            }
            Kind::Letter => {
                self.at += 1;
                let value = number::letter(&token)?;
                self.made(start, 0, ExprKind::Number(value, super::super::types::Int::INT))
            }
            Kind::Text => self.texts(&start),
            Kind::Mark if &*token.text == "(" => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect(")", said!("that closes the ("))?;
                Ok(Expr { span: self.since(&start), ..inner })
            }
            Kind::Word => {
                let name = self.name(said!("an expression"))?;
                if self.is("(") {
                    self.call(name)
                } else {
                    self.made(start, 0, ExprKind::Name(name.text))
                }
            }
            Kind::Mark
            | Kind::LineComment
            | Kind::BlockComment
            | Kind::Directive
            | Kind::Bad(_) => Err(self.expected(said!("an expression"))),
        }
    }

    /// Strings that stand side by side are one.
    fn texts(&mut self, start: &Span) -> Result<Expr, Error> {
        let mut bytes = Vec::new();
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Text) {
            bytes.extend(number::text(token)?);
            self.at += 1;
        }
        bytes.push(0);
        let text: Arc<[u8]> = bytes.into();
        self.made(self.since(start), 0, ExprKind::Text(text))
    }

    fn call(&mut self, name: Name) -> Result<Expr, Error> {
        self.expect("(", said!("of the call"))?;
        let mut arguments = Vec::new();
        let mut depth = 0;
        while !self.is(")") {
            // CMSG_SPACE(struct …) and va_arg() apart, no argument is a type.
            let argument = self.assignment()?;
            depth = depth.max(argument.depth);
            arguments.push(argument);
            if !self.accept(",") {
                break;
            }
            if self.is(")") {
                return Err(self.expected(said!("an argument behind the ,")));
            }
        }
        self.expect(")", said!("behind the arguments"))?;
        let span = self.since(&name.span);
        self.made(span, depth, ExprKind::Call(name, arguments))
    }

    fn pair(
        &self,
        left: Expr,
        right: Expr,
        depth: u16,
        kind: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
    ) -> Result<Expr, Error> {
        let span = left.span.start.min(right.span.start)..right.span.end.max(left.span.end);
        self.made(span, depth, kind(Box::new(left), Box::new(right)))
    }

    /// An expression of `kind`, whose parts are `depth` deep.
    fn made(&self, span: Span, depth: u16, kind: ExprKind) -> Result<Expr, Error> {
        if depth >= DEEPEST {
            return Err(Error::new(span, said!("this expression is too long"))
                .help(said!("use a variable for a part of it")));
        }
        Ok(Expr { span, kind, depth: depth + 1 })
    }
}
