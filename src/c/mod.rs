//! The C subset: lexer, parser, layout, evaluation → Call.
