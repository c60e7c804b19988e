//! What is drawn: one file per pane, pure functions to styled lines.
//!
//! *Must not know*: keys, the terminal, or how a session is run.

mod backlog;
mod buffers;
mod bytes;
mod cee;
mod clock;
mod code;
mod diagram;
mod draw;
mod fds;
mod fields;
mod fit;
mod footer;
mod frame;
mod happened;
mod help;
mod host;
mod ladder;
mod layout;
mod looked;
mod map;
mod marks;
mod menu;
mod naming;
mod next;
mod offer;
mod page;
mod processes;
mod prompt;
pub(super) mod prose;
mod said;
mod screen;
mod section;
mod site;
mod sockets;
mod timeline;
mod title;
pub(super) mod told;
mod typed;
mod undone;
mod walk;
mod wire;

pub use draw::draw;
pub use fit::{SIZES, misfits};
pub use happened::Depth;
pub use map::line_of;
pub use page::{Notice, Page};
pub use prose::harmless;
pub use screen::{Zoom, draw_page};
pub use told::refusal;
