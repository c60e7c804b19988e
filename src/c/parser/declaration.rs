//! Types, declarations and initialisers.

use super::super::ast::{Base, Declared, Derived, Designator, Init, Item, Name, Span};
use super::super::ast::{Stmt, StmtKind, StructBody, TypeName};
use super::super::error::Error;
use super::super::layout::Packing;
use super::super::lexer::Kind;
use super::super::types::{INTS, Int};
use super::Parser;
use crate::model::said;

/// Words of one-word integer types, which may be combined.
const INT_WORDS: [&str; 6] = ["unsigned", "signed", "char", "short", "int", "long"];

/// What stands before the first declarator.
pub(super) struct Specifiers {
    pub ty: TypeName,
    pub is_static: bool,
    pub typedef: bool,
}

impl Parser<'_> {
    /// Whether a type begins `ahead` tokens from here.
    pub(super) fn begins_type(&self, ahead: usize) -> bool {
        let text = self.text(ahead);
        self.kind(ahead) == Some(Kind::Word)
            && (matches!(
                text,
                "const"
                    | "struct"
                    | "union"
                    | "enum"
                    | "void"
                    | "volatile"
                    | "static"
                    | "extern"
                    | "register"
                    | "typedef"
                    | "inline"
                    | "float"
                    | "double"
                    | "auto"
                    | "_Bool"
            ) || INT_WORDS.contains(&text)
                || self.types.contains(text)
                || INTS.iter().any(|int| int.name == text))
    }

    pub(super) fn specifiers(&mut self) -> Result<Specifiers, Error> {
        let start = self.here();
        let (mut base, mut words) = (None, Vec::<String>::new());
        let (mut constant, mut is_static, mut typedef) = (false, false, false);
        loop {
            let here = self.here();
            match self.text(0) {
                "const" => constant = true,
                "static" => is_static = true,
                "typedef" => typedef = true,
                "volatile" | "extern" | "register" | "inline" | "auto" => {}
                "float" | "double" => {
                    let text = self.text(0).to_owned();
                    return Err(Error::outside(here, said!("the type {text}", text)));
                }
                "struct" | "union" if base.is_none() && words.is_empty() => {
                    base = Some(self.structure()?);
                    continue;
                }
                "enum" if base.is_none() && words.is_empty() => {
                    base = Some(self.enumeration()?);
                    continue;
                }
                "void" if base.is_none() && words.is_empty() => base = Some(Base::Void),
                "_Bool" if base.is_none() && words.is_empty() => {
                    base = Some(Base::Int(Int { size: 1, signed: false, name: "bool" }));
                }
                word if INT_WORDS.contains(&word) && base.is_none() => words.push(word.to_owned()),
                word if base.is_none() && words.is_empty() && self.begins_type(0) => {
                    base = Some(match INTS.iter().find(|int| int.name == word) {
                        Some(int) => Base::Int(*int),
                        None => Base::Named(Name { text: word.to_owned(), span: here }),
                    });
                }
                _ => break,
            }
            self.at += 1;
        }
        let base = match base {
            Some(base) => base,
            None if words.is_empty() => return Err(self.expected(said!("a type"))),
            None => Base::Int(integer(&words).ok_or_else(|| {
                Error::new(self.since(&start), said!("these words together are no type"))
            })?),
        };
        let ty = TypeName { span: self.since(&start), base, constant, derived: Vec::new() };
        Ok(Specifiers { ty, is_static, typedef })
    }

    /// `struct tag`, `struct tag { … }`, `struct { … }`, and the same with `union`.
    fn structure(&mut self) -> Result<Base, Error> {
        let start = self.here();
        let keyword = self.text(0).to_owned();
        self.at += 1;
        let mut packed = self.packed();
        let tag = if self.is("{") {
            None
        } else {
            let name = self.name(said!("the name of the struct"))?;
            Some(Name { text: format!("{keyword} {}", name.text), span: name.span })
        };
        if !self.is("{") {
            return tag.map(Base::Tag).ok_or_else(|| self.expected(said!("{mark}", mark = "{")));
        }
        self.at += 1;
        self.deeper()?;
        let mut members = Vec::new();
        while !self.is("}") {
            let specifiers = self.specifiers()?;
            if self.accept(";") {
                members.push((None, specifiers.ty));
                continue;
            }
            loop {
                let (name, ty) = self.declarator(&specifiers.ty)?;
                members.push((Some(name), ty));
                if !self.accept(",") {
                    break;
                }
            }
            self.expect(";", said!("behind the field"))?;
        }
        let limit = self.pack();
        self.at += 1;
        self.depth -= 1;
        packed |= self.packed();
        if members.is_empty() {
            return Err(Error::new(self.since(&start), said!("a struct needs a field")));
        }
        let most = if packed { 1 } else { limit };
        Ok(Base::Struct(Box::new(StructBody { union: keyword == "union", most, tag, members })))
    }

    /// What `#pragma pack` says where a struct ends, as gcc takes it.
    fn pack(&self) -> u64 {
        let said = self.packs.iter().rev().find(|(at, _)| *at <= self.at);
        said.map_or(Packing::NATURAL, |(_, most)| *most)
    }

    /// `__attribute__((packed))`.
    fn packed(&mut self) -> bool {
        let is = self.is("__attribute__") && self.text(3) == "packed";
        if is {
            self.at += 6;
        }
        is
    }

    fn enumeration(&mut self) -> Result<Base, Error> {
        self.at += 1;
        if !self.is("{") {
            self.name(said!("the name of the enum"))?;
        }
        let mut values = Vec::new();
        if !self.accept("{") {
            return Ok(Base::Int(Int::UNSIGNED));
        }
        while !self.is("}") {
            let name = self.name(said!("a name"))?;
            let value = if self.accept("=") { Some(self.conditional()?) } else { None };
            values.push((name, value));
            if !self.accept(",") {
                break;
            }
        }
        self.expect("}", said!("behind the enum"))?;
        Ok(Base::Enum(values))
    }

    /// `*name[3]`, `(*name)(int)`: the name and its type on `base`.
    pub(super) fn declarator(&mut self, base: &TypeName) -> Result<(Name, TypeName), Error> {
        let mut ty = base.clone();
        self.pointers(&mut ty)?;
        if self.is("(") && self.text(1) == "*" {
            self.at += 2;
            let name = self.name(said!("a name"))?;
            self.expect(")", said!("behind the name"))?;
            self.handler(&mut ty)?;
            return Ok((name, ty));
        }
        let name = self.name(said!("a name"))?;
        self.arrays(&mut ty)?;
        ty.span = self.since(&base.span);
        Ok((name, ty))
    }

    /// The parameters of a pointer to a function. All such pointers are alike here.
    pub(super) fn handler(&mut self, ty: &mut TypeName) -> Result<(), Error> {
        self.expect("(", said!("with the parameters"))?;
        while !self.is(")") && self.peek().is_some() {
            self.at += 1;
        }
        self.expect(")", said!("behind the parameters"))?;
        ty.base = Base::Function;
        ty.derived = vec![Derived::Pointer];
        Ok(())
    }

    pub(super) fn pointers(&mut self, ty: &mut TypeName) -> Result<(), Error> {
        while self.accept("*") {
            self.derive(ty, Derived::Pointer)?;
            while self.accept("const") || self.accept("restrict") || self.accept("volatile") {}
        }
        Ok(())
    }

    /// `[2][3]`. The last one belongs nearest to the base.
    pub(super) fn arrays(&mut self, ty: &mut TypeName) -> Result<(), Error> {
        let first = ty.derived.len();
        while self.accept("[") {
            let length = if self.is("]") { None } else { Some(Box::new(self.conditional()?)) };
            self.expect("]", said!("behind the length"))?;
            self.derive(ty, Derived::Array(length))?;
        }
        ty.derived[first..].reverse();
        Ok(())
    }

    fn derive(&self, ty: &mut TypeName, derived: Derived) -> Result<(), Error> {
        if ty.derived.len() >= 8 {
            return Err(Error::new(self.here(), said!("this type is nested too deeply")));
        }
        ty.derived.push(derived);
        Ok(())
    }

    /// A type without a name, in a cast or `sizeof`.
    pub(super) fn type_name(&mut self) -> Result<TypeName, Error> {
        let mut ty = self.specifiers()?.ty;
        self.pointers(&mut ty)?;
        if self.is("(") && self.text(1) == "*" && self.text(2) == ")" {
            self.at += 3;
            self.handler(&mut ty)?;
            return Ok(ty);
        }
        self.arrays(&mut ty)?;
        ty.span = self.since(&ty.span);
        Ok(ty)
    }

    /// What stands behind the `=` of a declaration.
    pub(super) fn initialiser(&mut self) -> Result<Init, Error> {
        let start = self.here();
        if !self.accept("{") {
            return Ok(Init::Value(self.assignment()?));
        }
        self.deeper()?;
        let mut items = Vec::new();
        while !self.is("}") {
            items.push(self.item()?);
            if !self.accept(",") {
                break;
            }
        }
        self.expect("}", said!("or , behind the value"))?;
        self.depth -= 1;
        Ok(Init::List(items, self.since(&start)))
    }

    fn item(&mut self) -> Result<Item, Error> {
        let mut at = Vec::new();
        loop {
            if self.accept(".") {
                at.push(Designator::Field(self.name(said!("the name of a field"))?));
            } else if self.accept("[") {
                at.push(Designator::Index(self.conditional()?));
                self.expect("]", said!("behind the index"))?;
            } else {
                break;
            }
        }
        if !at.is_empty() {
            self.expect("=", said!("behind the field"))?;
        }
        Ok(Item { at, value: self.initialiser()? })
    }

    /// The rest of a declaration whose first name and type are read already.
    pub(super) fn variables(
        &mut self,
        start: &Span,
        specifiers: &Specifiers,
        first: (Name, TypeName),
    ) -> Result<Stmt, Error> {
        let mut variables = Vec::new();
        let (mut name, mut ty) = first;
        loop {
            let init = if self.accept("=") { Some(self.initialiser()?) } else { None };
            variables.push(Declared { name, ty, init });
            if !self.accept(",") {
                break;
            }
            (name, ty) = self.declarator(&specifiers.ty)?;
        }
        self.expect(";", said!("at the end of the declaration"))?;
        let kind = StmtKind::Declare { is_static: specifiers.is_static, variables };
        Ok(Stmt { span: self.since(start), kind })
    }
}

/// The type that `unsigned`, `short` and so on mean together.
fn integer(words: &[String]) -> Option<Int> {
    let count = |word: &str| words.iter().filter(|known| *known == word).count();
    let (unsigned, signed) = (count("unsigned"), count("signed"));
    let (size, names) = match (count("char"), count("short"), count("int"), count("long")) {
        (1, 0, 0, 0) => (1, ["char", "unsigned char"]),
        (0, 1, 0 | 1, 0) => (2, ["short", "unsigned short"]),
        (0, 0, 0 | 1, 0) => (4, ["int", "unsigned int"]),
        (0, 0, 0 | 1, 1) => (8, ["long", "unsigned long"]),
        (0, 0, 0 | 1, 2) => (8, ["long long", "unsigned long long"]),
        _ => return None,
    };
    (unsigned + signed <= 1).then(|| Int {
        size,
        signed: unsigned == 0,
        name: names[usize::from(unsigned == 1)],
    })
}
