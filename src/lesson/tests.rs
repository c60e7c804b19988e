//! The reader as a whole.
use super::*;

/// A lesson with this text behind a front matter and a title.
pub fn lesson(body: &str) -> Result<Lesson, Vec<Diagnostic>> {
    parse("x.md", &format!("---\nid: x\n---\n# X\n{body}"))
}

#[test]
fn a_small_lesson_is_read() {
    let lesson =
        lesson("Words.\n```c server\nint fd = socket(AF_INET, SOCK_STREAM, 0); // = 3\n```\n")
            .map_err(|all| render(&all));
    assert_eq!(lesson.map(|lesson| lesson.steps.len()), Ok(1));
}

#[test]
fn try_builtin() {
    for id in builtin_ids() {
        for lang in crate::model::Lang::ALL {
            match builtin(id, lang).expect("there") {
                Ok(lesson) => println!(
                    "{id} {lang} {} steps {} scenes",
                    lesson.steps.len(),
                    lesson.scenes.len()
                ),
                Err(all) => println!("{}", render(&all)),
            }
        }
    }
}
