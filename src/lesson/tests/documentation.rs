//! docs/lessons.md shows nothing that is not so.

use super::*;
