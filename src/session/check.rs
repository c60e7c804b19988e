//! What is expected, compared with the kernel: outcomes of statements, facts, questions.

use std::time::Duration;

use super::Session;
use super::actor::Ended;
use super::awaited::Awaited;
use super::doing::{Asked, Phase, Run, Turn};
use super::entry::{Bet, BetChoice, Verdict};
use super::error::{Refusal, SessionError};
use super::judge::{Answer, came_to, does, judge};
use super::live::Halt;
use crate::lesson::{Diagnostic, Expectation, Patience, Place, Question};
use crate::model::{Outcome, ProcessName, Said, said};

/// How many settings that this machine refused are named one by one.
const NAMED: usize = 3;

impl Session {
    /// What came of a statement against what was expected of it; `None`: it is not known yet, and
    /// this is not the last chance.
    pub(super) fn compare(
        &self,
        process: &ProcessName,
        expectations: &[Expectation],
        last_chance: bool,
    ) -> Option<Vec<(String, Answer)>> {
        let live = self.live.as_ref()?;
        let actor = live.cast.get(process)?;
        let now = live.snapshot.process(process).map(|found| does(found));
        let now = now.unwrap_or_else(|| Said::same(""));
        let judged = expectations
            .iter()
            .filter_map(|expectation| expected(expectation).map(|what| (expectation, what)));
        let Some(running) = actor.statement() else {
            let ended = actor.ended.as_ref()?;
            let answers = judged.map(|(expectation, what)| (what, over(expectation, ended)));
            return Some(answers.collect());
        };
        let asleep = running.outcome == Some(Outcome::Blocked);
        let blocks = expectations.contains(&Expectation::Blocks);
        let mut judged = judged.peekable();
        if !(last_chance || asleep && (blocks || judged.peek().is_none())) {
            return None;
        }
        let answer = |expectation: &Expectation| Answer {
            held: asleep && *expectation == Expectation::Blocks,
            kernel: now.clone(),
        };
        Some(judged.map(|(expectation, what)| (what, answer(expectation))).collect())
    }

    /// Notes a verdict, for the entry that the step has or will have.
    pub(super) fn verdict(&mut self, what: String, place: &Place, held: bool, kernel: Said) {
        let reason = if held { None } else { self.likely_reason() };
        let (line, column) = (place.line, place.column);
        self.loose.verdicts.push(Verdict { what, line, column, held, kernel, reason });
    }

    /// What this machine would not do, which may be why the kernel disagrees: a setting of the
    /// lesson's own, else those that every lab relies on.
    fn likely_reason(&self) -> Option<Said> {
        if let Some(caveat) = self.caveats.last() {
            return Some(caveat.clone());
        }
        let refused = self.live.as_ref()?.world.refused_settings();
        let (named, more) = refused.split_at(refused.len().min(NAMED));
        let mut names: Vec<String> = named.iter().map(ToString::to_string).collect();
        if !more.is_empty() {
            names.push(format!("+{}", more.len()));
        }
        Said::list(names).map(|names| said!("sysctl {names}", names))
    }

    /// The next check of a step, or the end of the step.
    pub(super) fn check(
        &mut self,
        mut run: Run,
        index: usize,
        until: Option<Duration>,
    ) -> Result<Turn, SessionError> {
        let lesson = run.lesson.clone();
        let step = &lesson.steps[run.index];
        let Some(check) = step.checks.get(index) else {
            self.conclude(&run);
            return Ok(Turn::Over);
        };
        let now = self.now();
        let (time, throughout) = match check.patience {
            Patience::Within(time) => (time, false),
            Patience::For(_) if self.silent => (Duration::ZERO, true),
            Patience::For(time) => (time, true),
        };
        let until = until.unwrap_or(now + time);
        let mut answer = judge(&check.fact, self.live_mut()?);
        if answer.held == throughout && now < until {
            run.phase = Phase::Check { index, until: Some(until) };
            let fact = check.fact.clone();
            let what = if throughout { Awaited::Stays(fact) } else { Awaited::Fact(fact) };
            return Ok(Turn::Wait(run, until, what));
        }
        if answer.held == throughout {
            self.look_again()?;
            answer = judge(&check.fact, self.live_mut()?);
        }
        if !self.silent {
            let held = answer.held;
            self.verdict(check.fact.to_string(), &check.place, held, answer.kernel);
            self.tie();
            let all = self.checks.entry(run.index).or_insert(true);
            *all = *all && held;
            if index == 0 {
                self.settle_bets(&run, held)?;
            }
        }
        run.phase = Phase::Check { index: index + 1, until: None };
        Ok(Turn::Next(run))
    }

    /// The conclusion may be shown if all checks that it stands on held.
    fn conclude(&mut self, run: &Run) {
        let Some(conclusion) = &run.lesson.steps[run.index].conclusion else { return };
        let stands_on = conclusion.since..=run.index;
        let held =
            stands_on.into_iter().all(|step| self.checks.get(&step).is_none_or(|held| *held));
        if held && !self.silent {
            self.timeline.amend(|entry| entry.concluded = true);
        }
    }

    /// Judges the questions whose answer this step's first check waited for.
    /// If it `held`, one of the answers must be true; if not, the kernel has disagreed already.
    fn settle_bets(&mut self, run: &Run, held: bool) -> Result<(), SessionError> {
        let lesson = run.lesson.clone();
        let ripe = |asked: &Asked| {
            let question = lesson.steps.get(asked.step).and_then(|step| step.question.as_ref());
            question.is_some_and(|question| question.judged <= run.index)
        };
        let asked: Vec<Asked> = self.asked.iter().copied().filter(ripe).collect();
        self.asked.retain(|asked| !ripe(asked));
        for asked in asked {
            let Some(question) = &lesson.steps[asked.step].question else { continue };
            let live = self.live_mut()?;
            let answers: Vec<Answer> =
                question.choices.iter().map(|choice| judge(&choice.fact, live)).collect();
            let true_ones = answers.iter().filter(|answer| answer.held).count();
            let Some(truth) =
                answers.iter().position(|answer| answer.held).filter(|_| true_ones == 1)
            else {
                if !held {
                    continue;
                }
                let (message, help) = not_one(question, &answers);
                return Err(self.wrong(&question.place, message, help));
            };
            let choices = question.choices.iter().map(|choice| BetChoice {
                fact: choice.fact.to_string(),
                words: choice.words.to_string(),
            });
            let (step, chosen) = (asked.step, asked.chosen.filter(|n| *n < answers.len()));
            let bet = Bet { step, choices: choices.collect(), chosen, truth };
            self.timeline.amend(|entry| entry.bets.push(bet));
        }
        Ok(())
    }

    /// An error of the lesson at this place. If the kernel has disagreed before, the lesson is
    /// only stuck.
    pub(super) fn wrong(
        &self,
        place: &Place,
        message: Said,
        expected: Option<Said>,
    ) -> SessionError {
        let Some(lesson) = &self.lesson else {
            return SessionError::NotNow(Refusal::Other(message));
        };
        let diagnostic = Box::new(Diagnostic::at(&lesson.source, place, message, expected));
        let loose = self.loose.verdicts.iter().all(|verdict| verdict.held);
        if loose && self.timeline.iter().all(|entry| entry.agrees()) {
            SessionError::Lesson(diagnostic)
        } else {
            SessionError::Stuck(diagnostic)
        }
    }

    /// C that went wrong while it ran.
    pub(super) fn halted(&self, halt: Halt) -> SessionError {
        if let (Some(program), Some(place)) = (&halt.program, &halt.place) {
            let message = said!("{process}: {what}", process = halt.process, what = halt.message);
            let diagnostic = Diagnostic::at(&program.source, place, message, None);
            return SessionError::Lesson(Box::new(diagnostic));
        }
        match &halt.place {
            Some(place) => {
                let (process, what) = (&halt.process, &halt.message);
                self.wrong(place, said!("{process}: {what}", process, what), None)
            }
            None => SessionError::Fault { process: halt.process, message: halt.message },
        }
    }
}

/// The expectation as it stands in a lesson; `None` for what expects nothing of the kernel.
fn expected(expectation: &Expectation) -> Option<String> {
    Some(match expectation {
        Expectation::Returned(value) => format!("= {value}"),
        Expectation::Failed(errno) => format!("= -1 {errno}"),
        Expectation::Any => "= ?".to_owned(),
        Expectation::Blocks => "blocks".to_owned(),
        Expectation::Killed(signal) => format!("killed {signal}"),
        Expectation::Child(name) => format!("child {name}"),
        Expectation::Look(_) => return None,
    })
}

/// Compares an expectation with a statement that is over.
fn over(expectation: &Expectation, ended: &Ended) -> Answer {
    let (held, kernel) = match ended {
        Ended::Refused(reason) => (false, reason.clone()),
        Ended::Value(None) => (false, said!("no value")),
        Ended::Value(Some(value)) => {
            let outcome = Outcome::Returned(*value);
            (expects(expectation, &outcome), came_to(&outcome))
        }
        Ended::Call(outcome) => (expects(expectation, outcome), came_to(outcome)),
    };
    Answer { held, kernel }
}

fn expects(expectation: &Expectation, outcome: &Outcome) -> bool {
    match (expectation, outcome) {
        (Expectation::Returned(wanted), Outcome::Returned(value)) => wanted == value,
        (Expectation::Failed(wanted), Outcome::Failed(errno)) => wanted == errno,
        (Expectation::Any, Outcome::Returned(value)) => *value >= 0,
        (Expectation::Killed(wanted), Outcome::Killed(signal)) => wanted == signal,
        (Expectation::Child(_), Outcome::Returned(value)) => *value > 0,
        (Expectation::Blocks, outcome) => *outcome == Outcome::Blocked,
        (Expectation::Look(_), _) => true,
        (
            Expectation::Returned(_)
            | Expectation::Failed(_)
            | Expectation::Any
            | Expectation::Killed(_)
            | Expectation::Child(_),
            _,
        ) => false,
    }
}

/// That not exactly one answer to a question is true, and what the kernel says to each.
fn not_one(question: &Question, answers: &[Answer]) -> (Said, Option<Said>) {
    let count = answers.len();
    let message = match answers.iter().filter(|answer| answer.held).count() {
        0 => said!("none of the {count} answers is true", count),
        held => said!("{held} of the {count} answers are true", held, count),
    };
    let told = question.choices.iter().zip(answers).map(|(choice, answer)| {
        let (fact, kernel) = (choice.fact.to_string(), &answer.kernel);
        match answer.held {
            true => said!("`{fact}` is true (the kernel: {kernel})", fact, kernel),
            false => said!("`{fact}` is false (the kernel: {kernel})", fact, kernel),
        }
    });
    let told = told.reduce(|all, next| said!("{all}; {next}", all, next));
    let wanted = |told| said!("one that is true where the question is judged; {told}", told);
    (message, told.map(wanted))
}
