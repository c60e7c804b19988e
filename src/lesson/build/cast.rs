//! Who is in the story at some place of it, and what each knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::diagnostic::Trouble;
use super::super::fact::{Mention, Named};
use super::super::words::{or_near, suggest};
use crate::c::{self, Scope, compile_expression};
use crate::model::{HostName, LabSpec, ProcessName, Said, said};

/// Hosts and processes as the story knows them after the steps that were read so far.
#[derive(Debug, Clone)]
pub struct Cast {
    hosts: Vec<HostName>,
    people: BTreeMap<ProcessName, Person>,
    /// What a new process starts with.
    fresh: Arc<Scope>,
}

/// A process.
#[derive(Debug, Clone)]
pub struct Person {
    pub host: HostName,
    pub life: Life,
    pub scope: Arc<Scope>,
    /// Something in its C could not be read, so what it knows is not known.
    pub spoiled: bool,
    /// The scopes of its children without a name of their own, in order.
    children: Vec<Arc<Scope>>,
    /// It may fork in a function or a loop, as often as it likes.
    forks: bool,
}

/// Whether a process can be told what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Life {
    Alive,
    /// It is a command of the machine and evaluates no C.
    Command,
    /// It runs a program, and nothing else.
    Program,
    /// It is dead for sure, by this line of the lesson.
    Dead(String),
}

impl Cast {
    pub fn new(spec: &LabSpec) -> Self {
        let constants = super::super::constants(spec);
        let constants: Vec<(&str, &str)> =
            constants.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let fresh = Arc::new(Scope::new(&constants));
        let mut cast = Self {
            hosts: spec.hosts.iter().map(|host| host.name.clone()).collect(),
            people: BTreeMap::new(),
            fresh,
        };
        for process in &spec.processes {
            cast.enter(&process.name, &process.host, Life::Alive);
        }
        cast
    }

    /// A process begins with nothing.
    pub fn enter(&mut self, name: &ProcessName, host: &HostName, life: Life) {
        self.enter_with(name, host, life, self.fresh.clone());
    }

    fn enter_with(&mut self, name: &ProcessName, host: &HostName, life: Life, scope: Arc<Scope>) {
        let (host, children) = (host.clone(), Vec::new());
        let person = Person { host, life, scope, spoiled: false, children, forks: false };
        self.people.insert(name.clone(), person);
    }

    /// The process of this name. A child of a fork is `NAME.1`, `NAME.2`, …
    pub fn find(&mut self, name: &ProcessName) -> Option<&mut Person> {
        if !self.people.contains_key(name) {
            let (parent, number) = name.as_str().rsplit_once('.')?;
            let number: usize = number.parse().ok()?;
            let parent = self.people.get(&ProcessName::parse(parent)?)?;
            let scope = match parent.children.get(number.checked_sub(1)?) {
                Some(scope) => scope.clone(),
                None if parent.forks => parent.scope.clone(),
                None => return None,
            };
            let host = parent.host.clone();
            let life = if parent.life == Life::Program { Life::Program } else { Life::Alive };
            self.enter_with(name, &host, life, scope);
        }
        self.people.get_mut(name)
    }

    /// A process has forked once, in plain sight.
    pub fn fork(&mut self, parent: &ProcessName, child: Option<&ProcessName>) {
        let Some(person) = self.find(parent) else { return };
        let (host, scope) = (person.host.clone(), person.scope.clone());
        match child {
            Some(child) => self.enter_with(child, &host, Life::Alive, scope),
            None => person.children.push(scope),
        }
    }

    /// A process runs a program from now on.
    pub fn runs(&mut self, name: &ProcessName, scope: Arc<Scope>) {
        if let Some(person) = self.find(name) {
            (person.life, person.scope) = (Life::Program, scope);
            person.forks = true;
        }
    }

    /// A process has code that may fork some time.
    pub fn may_fork(&mut self, parent: &ProcessName) {
        if let Some(person) = self.find(parent) {
            person.forks = true;
        }
    }

    /// All processes of a host die.
    pub fn reboot(&mut self, host: &HostName, line: &str) {
        for person in self.people.values_mut().filter(|person| person.host == *host) {
            person.life = Life::Dead(line.to_owned());
        }
    }

    /// That everything named is known. Spans are those of the mentions.
    pub fn check(&mut self, mentions: &[Mention], troubles: &mut Vec<Trouble>) {
        for mention in mentions {
            if let Err(trouble) = self.known(mention) {
                troubles.push(trouble);
                // The names behind it hang on this one.
                return;
            }
        }
    }

    fn known(&mut self, mention: &Mention) -> Result<(), Trouble> {
        let trouble = |message: Said, expected: Said| {
            Err(Trouble::new(mention.span.clone(), message).expected(expected))
        };
        match &mention.name {
            Named::Host(host) if self.hosts.contains(host) => Ok(()),
            Named::Host(host) => {
                let known: Vec<String> = self.hosts.iter().map(HostName::to_string).collect();
                let known =
                    suggest(&host.to_string(), known.iter().map(String::as_str), said!("a host"));
                trouble(said!("there is no host {host}", host), known)
            }
            Named::Process(process) if self.find(process).is_some() => Ok(()),
            Named::Process(process) => trouble(
                said!("there is no process `{name}`", name = process),
                self.everyone(process),
            ),
            Named::Call(call) if is_call(call) => Ok(()),
            Named::Call(call) => {
                let known = c::calls().filter(|call| call.is_system_call()).map(|call| call.name);
                let expected = or_near(call, known, said!("a call, such as accept"));
                trouble(said!("there is no call `{call}`", call), expected)
            }
            Named::Variable(process, name) => {
                let Some(person) = self.find(process).filter(|person| !person.spoiled) else {
                    return Ok(());
                };
                if person.scope.variable(name).is_some() {
                    return Ok(());
                }
                let known: Vec<&str> = person.scope.variables().map(|v| &*v.name).collect();
                let what = said!("a variable that `{process}` has here, or a number", process);
                let known = suggest(name, known.iter().copied(), what);
                trouble(said!("`{process}` has no variable `{name}` here", process, name), known)
            }
            Named::Expression(process, text) => {
                let Some(person) = self.find(process).filter(|person| !person.spoiled) else {
                    return Ok(());
                };
                match compile_expression(text, &person.scope) {
                    Ok(_) => Ok(()),
                    Err(error) => Err(Trouble::of_c(error).at(mention.span.start)),
                }
            }
        }
    }

    /// The names of all processes, as advice.
    pub fn everyone(&self, wrong: &ProcessName) -> Said {
        let known = self.people.keys().map(ProcessName::as_str);
        suggest(wrong.as_str(), known, said!("a process"))
    }
}

/// Whether a process can sleep in a call of this name.
fn is_call(name: &str) -> bool {
    c::call_named(name).is_some_and(c::CallHelp::is_system_call)
}
