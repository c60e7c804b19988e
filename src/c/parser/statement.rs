//! Statements and functions.

use super::super::ast::{Base, Derived, FunctionDef, Name, Span, Stmt, StmtKind, TypeName};
use super::super::error::Error;
use super::super::lexer::Kind;
use super::Parser;
use super::declaration::Specifiers;
use crate::model::said;

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> Result<Stmt, Error> {
        self.deeper()?;
        let statement = self.any_statement();
        self.depth -= 1;
        statement
    }

    fn any_statement(&mut self) -> Result<Stmt, Error> {
        let start = self.here();
        let word = match self.kind(0) {
            Some(Kind::Word | Kind::Mark) => self.text(0).to_owned(),
            _ => String::new(),
        };
        let kind = match word.as_str() {
            ";" => {
                self.at += 1;
                StmtKind::Empty
            }
            "{" => StmtKind::Block(self.block()?),
            "if" => self.if_statement()?,
            "while" => {
                self.at += 1;
                let test = self.test()?;
                StmtKind::While(test, Box::new(self.statement()?))
            }
            "do" => self.do_statement()?,
            "for" => self.for_statement()?,
            "switch" => {
                self.at += 1;
                let value = self.test()?;
                StmtKind::Switch(value, Box::new(self.statement()?))
            }
            "case" => {
                self.at += 1;
                let value = self.conditional()?;
                self.expect(":", said!("behind the case"))?;
                StmtKind::Case(value)
            }
            "default" => {
                self.at += 1;
                self.expect(":", said!("behind default"))?;
                StmtKind::Default
            }
            "break" => self.jump(StmtKind::Break)?,
            "continue" => self.jump(StmtKind::Continue)?,
            "return" => {
                self.at += 1;
                let value = if self.is(";") { None } else { Some(self.expression()?) };
                self.expect(";", said!("behind return"))?;
                StmtKind::Return(value)
            }
            "goto" => {
                self.at += 1;
                let label = self.name(said!("the name of a label"))?;
                self.expect(";", said!("behind goto"))?;
                StmtKind::Goto(label)
            }
            "else" => return Err(Error::new(start, said!("there is no if for this else"))),
            "_Static_assert" => return Err(Error::outside(start, "_Static_assert")),
            _ if self.kind(0) == Some(Kind::Word) && self.is_label() => {
                let label = self.name(said!("the name of a label"))?;
                self.at += 1;
                let here = self.here();
                let last = self.is("}") || self.peek().is_none();
                let labelled = match last {
                    true => Stmt { span: here, kind: StmtKind::Empty },
                    false => self.statement()?,
                };
                StmtKind::Label(label, Box::new(labelled))
            }
            _ if self.begins_type(0) => return self.declaration(),
            _ => {
                self.refuse_unknown_type()?;
                self.refuse_old_style()?;
                let value = self.expression()?;
                self.expect(";", said!("at the end of the statement"))?;
                StmtKind::Expr(value)
            }
        };
        Ok(Stmt { span: self.since(&start), kind })
    }

    /// `sockaddr_in addr;` and `foo_t x = …`: two names in a row are a declaration whose type
    /// nobody knows.
    fn refuse_unknown_type(&self) -> Result<(), Error> {
        let named = |ahead: usize| self.kind(ahead) == Some(Kind::Word);
        let pointer =
            named(0) && self.text(1) == "*" && named(2) && matches!(self.text(3), ";" | "=" | ",");
        if !(named(0) && named(1) || pointer) {
            return Ok(());
        }
        let name = self.text(0).to_owned();
        if name.starts_with("pthread_") {
            return Err(Error::threads(self.here()));
        }
        let error = Error::new(self.here(), said!("{name} is no type that I know", name));
        let tag = format!("struct {name}");
        if self.types.contains(tag.as_str()) {
            return Err(error.help(said!("write {tag}", tag)));
        }
        let known = self.types.iter().map(|name| &**name).filter(|name| !name.contains(' '));
        let ints = super::super::types::INTS.iter().map(|int| int.name);
        let words = ["struct", "union", "const", "unsigned", "static", "return", "void", "else"];
        Err(error.nearest(&name, known.chain(ints).chain(words)))
    }

    /// `again:`
    fn is_label(&self) -> bool {
        self.text(1) == ":" && self.kind(1) == Some(Kind::Mark)
    }

    /// `main() {` is C from before 1999, when `int` could be left out.
    fn refuse_old_style(&self) -> Result<(), Error> {
        if self.kind(0) != Some(Kind::Word) {
            return Ok(());
        }
        let name = self.text(0);
        if self.text(1) != "(" {
            return Ok(());
        }
        // Only names and commas, as parameters were written then.
        let simple =
            |ahead: &usize| self.kind(*ahead) == Some(Kind::Word) || self.text(*ahead) == ",";
        let end = 2 + (2..).take_while(simple).count();
        let body = self.text(end + 1) == "{" || self.begins_type(end + 1);
        if self.text(end) != ")" || !body {
            return Ok(());
        }
        let head =
            if name == "main" { "int main(void)".into() } else { format!("int {name}(…)") };
        let message = said!("{name}() has no type: in today's C it can't be left out", name);
        Err(Error::new(self.here(), message).help(said!("write {head}", head)))
    }

    fn jump(&mut self, kind: StmtKind) -> Result<StmtKind, Error> {
        self.at += 1;
        self.expect(";", said!("at the end of the statement"))?;
        Ok(kind)
    }

    fn block(&mut self) -> Result<Vec<Stmt>, Error> {
        let open = self.here();
        self.expect("{", said!("of the block"))?;
        let mut statements = Vec::new();
        while !self.is("}") {
            if self.peek().is_none() {
                return Err(Error::new(open, said!("this {{ has no }}")));
            }
            statements.push(self.statement()?);
        }
        self.at += 1;
        Ok(statements)
    }

    fn test(&mut self) -> Result<super::super::ast::Expr, Error> {
        self.expect("(", said!("before the condition"))?;
        let test = self.expression()?;
        self.expect(")", said!("behind the condition"))?;
        Ok(test)
    }

    fn if_statement(&mut self) -> Result<StmtKind, Error> {
        self.at += 1;
        let test = self.test()?;
        let yes = Box::new(self.statement()?);
        let no = if self.accept("else") { Some(Box::new(self.statement()?)) } else { None };
        Ok(StmtKind::If(test, yes, no))
    }

    fn do_statement(&mut self) -> Result<StmtKind, Error> {
        self.at += 1;
        let body = Box::new(self.statement()?);
        self.expect("while", said!("behind the body of do"))?;
        let test = self.test()?;
        self.expect(";", said!("at the end of the statement"))?;
        Ok(StmtKind::Do(body, test))
    }

    fn for_statement(&mut self) -> Result<StmtKind, Error> {
        self.at += 1;
        self.expect("(", said!("behind for"))?;
        let first = if self.accept(";") {
            None
        } else if self.begins_type(0) {
            Some(Box::new(self.declaration()?))
        } else {
            let start = self.here();
            let kind = StmtKind::Expr(self.expression()?);
            self.expect(";", said!("in the for"))?;
            Some(Box::new(Stmt { span: self.since(&start), kind }))
        };
        let test = if self.is(";") { None } else { Some(self.expression()?) };
        self.expect(";", said!("in the for"))?;
        let next = if self.is(")") { None } else { Some(self.expression()?) };
        self.expect(")", said!("behind the for"))?;
        let body = Box::new(self.statement()?);
        Ok(StmtKind::For { first, test, next, body })
    }

    /// A declaration, a typedef or a function.
    fn declaration(&mut self) -> Result<Stmt, Error> {
        let start = self.here();
        let specifiers = self.specifiers()?;
        if self.is(";") {
            self.at += 1;
            return Ok(Stmt { span: self.since(&start), kind: StmtKind::Tag(specifiers.ty) });
        }
        if let Some(function) = self.returns_function(&start, &specifiers)? {
            return Ok(function);
        }
        let (name, mut ty) = self.declarator(&specifiers.ty)?;
        if specifiers.typedef {
            if self.is("(") {
                self.handler(&mut ty)?;
                // The type of a function itself: what is declared with it is a pointer to it.
                ty.derived.clear();
            }
            return self.typedef(&start, &specifiers, (name, ty));
        }
        if self.is("(") {
            return self.function(&start, name, ty);
        }
        self.variables(&start, &specifiers, (name, ty))
    }

    fn typedef(
        &mut self,
        start: &Span,
        specifiers: &Specifiers,
        first: (Name, TypeName),
    ) -> Result<Stmt, Error> {
        let mut names = vec![first];
        while self.accept(",") {
            names.push(self.declarator(&specifiers.ty)?);
        }
        self.expect(";", said!("at the end of the typedef"))?;
        for (name, _) in &names {
            self.types.insert(name.text.as_str().into());
        }
        Ok(Stmt { span: self.since(start), kind: StmtKind::Typedef(names) })
    }

    /// `void (*signal(int signo, void (*func)(int)))(int)`: a function that returns a pointer to one.
    fn returns_function(
        &mut self,
        start: &Span,
        specifiers: &Specifiers,
    ) -> Result<Option<Stmt>, Error> {
        let opens = self.is("(") && self.text(1) == "*" && self.text(3) == "(";
        if !opens || self.kind(2) != Some(Kind::Word) {
            return Ok(None);
        }
        self.at += 2;
        let name = self.name(said!("a name"))?;
        let parameters = self.parameters()?;
        self.expect(")", said!("behind the parameters"))?;
        let mut returns = specifiers.ty.clone();
        self.handler(&mut returns)?;
        self.body(start, name, returns, parameters).map(Some)
    }

    fn function(&mut self, start: &Span, name: Name, returns: TypeName) -> Result<Stmt, Error> {
        let parameters = self.parameters()?;
        self.body(start, name, returns, parameters)
    }

    /// The body of a function, or the `;` of its declaration.
    fn body(
        &mut self,
        start: &Span,
        name: Name,
        returns: TypeName,
        parameters: Vec<(Option<Name>, TypeName)>,
    ) -> Result<Stmt, Error> {
        let body = if self.accept(";") { None } else { Some(self.block()?) };
        let function = FunctionDef { name, returns, parameters, body };
        Ok(Stmt { span: self.since(start), kind: StmtKind::Function(Box::new(function)) })
    }

    fn parameters(&mut self) -> Result<Vec<(Option<Name>, TypeName)>, Error> {
        self.expect("(", said!("with the parameters"))?;
        let mut parameters = Vec::new();
        if self.is("void") && self.text(1) == ")" {
            self.at += 1;
        }
        while !self.is(")") {
            if self.is("...") {
                return Err(Error::outside(
                    self.here(),
                    said!("a function with any number of arguments"),
                ));
            }
            parameters.push(self.parameter()?);
            if !self.accept(",") {
                break;
            }
        }
        self.expect(")", said!("behind the parameters"))?;
        Ok(parameters)
    }

    fn parameter(&mut self) -> Result<(Option<Name>, TypeName), Error> {
        let bare = self.kind(0) == Some(Kind::Word) && !self.begins_type(0);
        if bare && matches!(self.text(1), "," | ")") {
            let message = said!("the parameter {name} has no type", name = self.text(0));
            let help =
                said!("each parameter has its type in the brackets: int handle(int fd, char *buf)");
            return Err(Error::new(self.here(), message).help(help));
        }
        let specifiers = self.specifiers()?;
        let mut ty = specifiers.ty.clone();
        self.pointers(&mut ty)?;
        if self.is("(") && self.text(1) == "*" && self.text(2) == ")" {
            self.at += 3;
            self.handler(&mut ty)?;
            return Ok((None, ty));
        }
        let named = self.kind(0) == Some(Kind::Word) || self.is("(");
        let (name, mut ty) = if named {
            let (name, ty) = self.declarator(&ty)?;
            (Some(name), ty)
        } else {
            self.arrays(&mut ty)?;
            (None, ty)
        };
        // An array as a parameter is a pointer (C11 6.7.6.3).
        if let (Some(last), false) = (ty.derived.last_mut(), matches!(ty.base, Base::Function)) {
            *last = Derived::Pointer;
        }
        Ok((name, ty))
    }
}
