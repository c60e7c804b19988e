//! Tests of this room: the catalogue against the code, and tables of moments against their notes.

mod catalogue;
mod goodbye;
mod handshake;
