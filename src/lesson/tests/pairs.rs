//! One lesson in two languages.

use super::*;

fn differences(first: &str, second: &str) -> String {
    let read = |path: &str, text: &str| parse(path, &format!("{HEAD}{text}")).expect("a lesson");
    render(&compare(&read("x.en.md", first), &read("x.zh.md", second)))
}

#[test]
fn a_faithful_translation_is_equal() {
    let first = "Words.\n\n> More.\n\n- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\n```lab\nhold\nexpect wire empty\n```\n\n> So.\n";
    let second = first
        .replace("Words", "词")
        .replace("yes", "是")
        .replace("no\n", "否\n")
        .replace("So", "可见");
    assert_eq!(differences(first, &second), "");
}

#[test]
fn each_difference_is_found() {
    let first = "Words.\n\n```lab\nhold\nexpect wire empty\n```\n\n> So.\n";
    let fence = "```lab\nhold\nexpect wire empty\n```\n";
    let choices = |a: &str, b: &str| format!("W.\n- [ ] `{a}` yes\n- [ ] `{b}` no\n\n{fence}");
    let texts = [
        differences(first, &first.replace("hold\n", "hold SYN\n")),
        differences(first, &first.replace("hold\n", "hold\nauto\n")),
        differences(
            first,
            &first.replace("expect wire empty", "expect wire empty\nexpect wire empty"),
        ),
        differences(first, &first.replace("\n> So.\n", "")),
        differences(first, &first.replace("Words.\n", "词。\n\n又一段。\n")),
        differences(first, &first.replace("> So.", "> 可见。\n>\n> 又。")),
        differences(first, &format!("{first}\n末尾。\n")),
        differences(
            &choices("wire empty", "not wire empty"),
            &choices("wire empty", "wire holds SYN"),
        ),
        differences("W.\n```c server\nint a;\n```\n", "W.\n```c client\nint a;\n```\n"),
    ];
    insta::assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn a_difference_in_the_front_matter_is_found() {
    let read = |head: &str| {
        let text = format!("---\nid: x\n{head}---\n# X\n```lab\nhold\n```\n");
        parse("x.md", &text).expect("a lesson")
    };
    let found = compare(&read("minutes: 5\n"), &read("preset: quick\nprocesses: a @server\n"));
    let messages: Vec<String> = found.iter().map(|one| one.message.to_string()).collect();
    assert_eq!(
        messages,
        ["minutes", "preset", "processes"]
            .map(|key| format!("`{key}` is not the same in both languages"))
    );
}
