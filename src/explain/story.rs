//! Collects the notes of one moment in the order of their importance.

use std::collections::HashSet;
use std::sync::Arc;

use super::note::Note;
use super::scene::Scene;
use crate::model::Socket;

/// How important a note is; the first is said first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A process was killed.
    Death,
    /// A call failed.
    Failure,
    /// What most people do not expect: a packet ignored, two ends that disagree.
    Surprise,
    /// What a call did.
    Call,
    /// A TCP state changed, and why.
    State,
    /// What an action did to lab and wire.
    Action,
    /// Who waits in which queue, what lies in which buffer.
    Queue,
    /// Packets held, lost and sent again.
    Wire,
    /// Sockets and their fds.
    Owner,
    /// What is good to know besides.
    Aside,
}

/// The notes of a moment while they are found.
pub struct Story<'a> {
    /// What is explained.
    pub scene: Scene<'a>,
    found: Vec<(Rank, Note)>,
    told: Vec<Arc<Socket>>,
}

impl<'a> Story<'a> {
    /// Nothing told yet.
    pub fn new(scene: Scene<'a>) -> Self {
        Self { scene, found: Vec::new(), told: Vec::new() }
    }

    /// Adds a note.
    pub fn say(&mut self, rank: Rank, note: Note) {
        self.found.push((rank, note));
    }

    /// Remembers that a note has told what became of this row, so that no second one does.
    pub fn tell(&mut self, socket: &Arc<Socket>) {
        self.told.push(socket.clone());
    }

    /// Whether a note has told what became of this row.
    pub fn is_told(&self, socket: &Arc<Socket>) -> bool {
        self.told.contains(socket)
    }

    /// Whether a note has this text among its values: a packet's name, say.
    pub fn mentions(&self, text: &str) -> bool {
        self.found.iter().any(|(_, note)| note.mentions(text))
    }

    /// The notes, the most important first, each once.
    pub fn end(mut self) -> Vec<Note> {
        self.found.sort_by_key(|(rank, _)| *rank);
        let mut known = HashSet::new();
        self.found.into_iter().map(|(_, note)| note).filter(|n| known.insert(n.clone())).collect()
    }
}
