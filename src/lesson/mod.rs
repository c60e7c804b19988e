//! Markdown → Lesson, and every error that needs no kernel.
