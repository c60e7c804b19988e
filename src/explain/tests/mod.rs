//! Tests of this room: the catalogue against the code, and tables of moments against their notes.

mod again;
mod arbitrary;
mod calls;
mod catalogue;
mod causes;
mod errors;
mod everybody;
mod fins;
mod gaps;
mod goodbye;
mod handshake;
mod lengths;
mod options;
mod overrun;
mod particular;
mod plain_calls;
mod queues;
mod ready;
mod said;
mod sharing;
mod signals;
mod size;
mod sleeping;
mod standard;
mod transitions;
mod unix;
