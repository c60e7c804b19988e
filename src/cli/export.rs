//! `sockstep export`

use std::fmt::Write as _;
use std::io::Write as _;

use super::args::{self, Options};
use super::find::Here;
use super::{Exit, play, say};
use crate::explain::Words;
use crate::lesson::{Lesson, Program, constants};
use crate::model::Rung;

/// Prints a whole program of a lesson as a C file that compiles outside.
pub(super) fn export(options: &Options, arguments: &args::Export) -> anyhow::Result<Exit> {
    let words = Words::new(options.lang());
    // It is only read: any machine can do that.
    let here = Here { rung: Rung::Wire, allow_run: true };
    let lesson = match here.declared(&arguments.lesson, options.lang()) {
        Ok(lesson) => lesson,
        Err(none) => return play::refuse(&none, options.lang()),
    };
    let programs: Vec<&Program> = lesson.programs().map(|program| &**program).collect();
    let wanted = |program: &&&Program| match &arguments.process {
        Some(name) => program.process.as_str() == name,
        None => programs.len() == 1,
    };
    if let Some(program) = programs.iter().find(wanted) {
        std::io::stdout().write_all(file(program, &lesson, &words).as_bytes())?;
        return Ok(Exit::Fine);
    }
    let names: Vec<&str> = programs.iter().map(|program| program.process.as_str()).collect();
    let names = names.join("|");
    let key = if programs.is_empty() { "export-none" } else { "export-which" };
    say(&words.ui_with(key, &[("lesson", &lesson.id), ("programs", &names)]));
    Ok(Exit::Wrong)
}

/// The program's text behind what the lesson's lab defines and the program uses.
fn file(program: &Program, lesson: &Lesson, words: &Words) -> String {
    let text = program.text();
    let process = &program.process;
    let head = words.ui_with("export-head", &[("process", process), ("lesson", &lesson.id)]);
    let mut file = format!("/* {head} */\n\n");
    for (name, value) in constants(&lesson.spec) {
        if text.contains(name) {
            let how = words.ui_with("export-constant", &[("name", &name)]);
            let _ =
                writeln!(file, "#ifndef {name}\n/* {how} */\n#define {name} \"{value}\"\n#endif\n");
        }
    }
    file + text
}
