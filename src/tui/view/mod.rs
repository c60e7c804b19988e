//! What is drawn: one file per pane, pure functions to styled lines.
//!
//! *Must not know*: keys, the terminal, or how a session is run.

mod backlog;
mod buffers;
mod code;
mod fds;
mod frame;
mod happened;
mod host;
mod ladder;
mod layout;
mod marks;
mod naming;
mod next;
mod page;
mod processes;
pub(super) mod prose;
mod screen;
mod section;
mod site;
mod sockets;
mod timeline;
mod title;
mod wire;

pub use happened::{Depth, Notice};
pub use page::Page;
pub use prose::harmless;
pub use screen::{Zoom, draw_page};
