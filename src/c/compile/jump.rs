//! `goto` and labels: jumps inside one function.

use std::sync::Arc;

use super::super::ast::{Name, Stmt};
use super::super::error::Error;
use super::super::program::Op;
use super::Compiler;
use crate::model::said;

/// The labels of the function that is being compiled, and the jumps to them.
#[derive(Default)]
pub(super) struct Labels {
    /// Each with the operation that it stands before.
    known: Vec<(Arc<str>, usize)>,
    /// Each with its jump, whose target may still be to come.
    wanted: Vec<(Name, usize)>,
}

impl Compiler<'_> {
    pub(super) fn label(&mut self, name: &Name, labelled: &Stmt) -> Result<(), Error> {
        if self.labels.known.iter().any(|(known, _)| **known == *name.text) {
            let message = said!("the label {name} stands here twice", name = name.text);
            return Err(Error::new(name.span.clone(), message));
        }
        self.labels.known.push((name.text.as_str().into(), self.ops.len()));
        self.statement(labelled)
    }

    pub(super) fn goto(&mut self, name: &Name) {
        let jump = self.jump(Op::Jump);
        self.labels.wanted.push((name.clone(), jump));
    }

    /// Lets all jumps go to their labels: the function, or the statement at the top, is over.
    pub(super) fn land_gotos(&mut self) -> Result<(), Error> {
        let labels = std::mem::take(&mut self.labels);
        for (name, jump) in labels.wanted {
            let target = labels.known.iter().find(|(known, _)| **known == *name.text);
            let Some((_, target)) = target else {
                let message = said!("there is no label {name} in this function", name = name.text);
                let error = Error::new(name.span.clone(), message);
                return Err(error.nearest(&name.text, labels.known.iter().map(|(name, _)| &**name)));
            };
            self.ops[jump] = Op::Jump(*target);
        }
        Ok(())
    }
}
