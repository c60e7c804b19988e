//! The command line's own help and errors in the reader's language. The English is clap's and that
//! of `args`; the Chinese of each text stands in `assets/words/usage.toml`.

use clap::builder::PossibleValue;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _, Error, FromArgMatches as _};

use super::Exit;
use super::args::{Arguments, Options, lang_ahead};
use crate::explain::Words;
use crate::model::Lang;

/// Reads the command line of this process.
///
/// # Errors
/// It can't be read, or help was asked for. What is to be said about that was said.
pub(super) fn arguments() -> Result<Arguments, Exit> {
    let lang = Options::lang_of(lang_ahead(
        std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()),
    ));
    let told = |error: &Error| match lang {
        Lang::En => error.exit(),
        Lang::Zh => tell(error, &Words::new(lang)),
    };
    let command = match lang {
        Lang::En => Arguments::command(),
        Lang::Zh => in_words(Arguments::command(), &Words::new(lang)),
    };
    let matches = command.try_get_matches().map_err(|error| told(&error))?;
    Arguments::from_arg_matches(&matches).map_err(|error| told(&error))
}

/// Prints help, or what is wrong.
fn tell(error: &Error, words: &Words) -> Exit {
    match wrong(error, words) {
        Some(text) => {
            super::say(&text);
            Exit::Wrong
        }
        None => error.exit(),
    }
}

/// The command with its help in the words of a language.
fn in_words(command: Command, words: &Words) -> Command {
    let text = |english: &str| words.usage(english).unwrap_or(english).to_owned();
    let about = command.get_about().map(|about| text(&about.to_string()));
    let (usage, commands) = (words.ui("usage-line"), words.ui("usage-commands").to_owned());
    let template = format!("{{about-with-newline}}\n{usage}{{usage}}\n\n{{all-args}}");
    let version = command.get_version().is_some();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let mut command = command
        .about(about.unwrap_or_default())
        .help_template(template)
        .subcommand_help_heading(commands)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .arg(help.help(words.ui("usage-help").to_owned()));
    if version {
        let flag = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        let flag = flag.help(words.ui("usage-version").to_owned());
        command = command.disable_version_flag(true).arg(flag);
    }
    command.mut_args(|arg| argument(arg, words)).mut_subcommands(|sub| in_words(sub, words))
}

fn argument(arg: Arg, words: &Words) -> Arg {
    let english = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let mut text = words.usage(&english).unwrap_or(&english).to_owned();
    let heading = if arg.is_positional() { "usage-arguments" } else { "usage-options" };
    let arg = arg.help_heading(words.ui(heading).to_owned());
    if !arg.get_action().takes_values() {
        return arg.help(text);
    }
    let values = arg.get_possible_values();
    let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
    let defaults: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
    for (key, values) in
        [("usage-values", names.join("、")), ("usage-default", defaults.join("、"))]
    {
        if !values.is_empty() {
            text.push_str(&words.ui_with(key, &[("values", &values)]));
        }
    }
    arg.help(text).hide_possible_values(true).hide_default_value(true)
}

/// What is wrong with the command line; `None`: it was asked for help, or only clap can say it.
fn wrong(error: &Error, words: &Words) -> Option<String> {
    let value = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join("、")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) => Some(texts.first()?.to_string()),
        _ => None,
    };
    let arg = || value(ContextKind::InvalidArg);
    let mut text = match error.kind() {
        ErrorKind::UnknownArgument => words.ui_with("usage-unknown", &[("what", &arg()?)]),
        ErrorKind::InvalidSubcommand => {
            let what = value(ContextKind::InvalidSubcommand)?;
            words.ui_with("usage-no-command", &[("what", &what)])
        }
        ErrorKind::MissingRequiredArgument => words.ui_with("usage-missing", &[("what", &arg()?)]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let given = value(ContextKind::InvalidValue).unwrap_or_default();
            words.ui_with("usage-bad-value", &[("what", &arg()?), ("value", &given)])
        }
        ErrorKind::ArgumentConflict => {
            let other = value(ContextKind::PriorArg)?;
            words.ui_with("usage-conflict", &[("what", &arg()?), ("other", &other)])
        }
        _ => return None,
    };
    if let Some(values) = value(ContextKind::ValidValue).filter(|values| !values.is_empty()) {
        text.push_str(&words.ui_with("usage-values", &[("values", &values)]));
    }
    let meant =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(meant) = meant.into_iter().find_map(value) {
        text.push_str(&words.ui_with("usage-meant", &[("what", &meant)]));
    }
    if let Some(usage) = value(ContextKind::Usage) {
        let usage = usage.trim_start_matches("Usage:").trim_start().to_owned();
        text.push_str(&format!("\n\n{}{usage}", words.ui("usage-line")));
    }
    Some(format!("{text}\n\n{}", words.ui("usage-more")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every text of the command and of those below it.
    fn texts(command: &Command, found: &mut BTreeSet<String>) {
        found.extend(command.get_about().map(ToString::to_string));
        found.extend(command.get_arguments().filter_map(Arg::get_help).map(ToString::to_string));
        command.get_subcommands().for_each(|sub| texts(sub, found));
    }

    #[test]
    fn every_text_of_the_help_is_translated_and_no_other() {
        let (words, mut all) = (Words::new(Lang::Zh), BTreeSet::new());
        texts(&Arguments::command(), &mut all);
        let missing: Vec<_> = all.iter().filter(|text| words.usage(text).is_none()).collect();
        assert!(missing.is_empty(), "not in usage.toml: {missing:#?}");
        let unused: Vec<_> = words.usages().filter(|text| !all.contains(*text)).collect();
        assert!(unused.is_empty(), "in usage.toml but nowhere in the help: {unused:#?}");
    }

    #[test]
    fn help_and_errors_are_chinese() {
        let words = Words::new(Lang::Zh);
        let command = || in_words(Arguments::command(), &words);
        command().debug_assert();
        let of = |line: &str| {
            let error = command().try_get_matches_from(line.split(' ')).expect_err("an error");
            wrong(&error, &words).unwrap_or_else(|| error.to_string())
        };
        let help = of("sockstep run --help");
        for text in ["用法：", "选项", "参数", "可取：text、json", "默认：text"] {
            assert!(help.contains(text), "{text}: {help}");
        }
        assert!(!help.contains("Usage") && !help.contains("Print help"), "{help}");
        for (line, text) in [
            ("sockstep --lnag zh", "没有 --lnag 这个参数，是不是想写 --lang"),
            ("sockstep chekc", "没有 chekc 这个命令，是不是想写 check"),
            ("sockstep run", "缺少参数 <LESSON>..."),
            ("sockstep --net wires", "--net <KIND> 不能是 “wires”（可取：wire、loopback）"),
            ("sockstep open a --at 1 --scene 2", "不能一起用"),
        ] {
            assert!(of(line).contains(text), "{line}: {}", of(line));
            assert!(of(line).ends_with("详见 --help"), "{line}: {}", of(line));
        }
    }
}
