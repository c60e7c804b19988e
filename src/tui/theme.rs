//! Colours by meaning. No meaning hangs on colour alone: each has a glyph or a word as well.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text means; a theme says how that looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Plain,
    /// What may be overlooked: details, old rows.
    Dim,
    /// Frames of panes, rules of sections.
    Frame,
    /// What has to be read first.
    Strong,
    /// Names of panes and sections.
    Title,
    /// What this moment changed, and its mark `*`.
    Changed,
    /// A packet in the learner's hands.
    Held,
    /// A packet that was lost.
    Lost,
    /// The page is the newest one, and what the kernel agreed with.
    Good,
    /// The page is the past.
    Past,
    /// An error, a full queue, a dead process, a disagreement.
    Bad,
    /// A key of the keyboard.
    Key,
    /// C, states, names and numbers inside prose.
    Code,
    /// The chosen line of a list; a lit state of the diagram.
    Chosen,
}

/// How everything looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// For light letters on a dark terminal.
    #[default]
    Dark,
    /// For dark letters on a light terminal: a projector in a bright room.
    Light,
    /// Without colours (`NO_COLOR`): bold, reversed and underlined only.
    Plain,
}

impl Theme {
    /// The theme of this name: `dark`, `light`, `plain`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "dark" => Theme::Dark,
            "light" => Theme::Light,
            "plain" => Theme::Plain,
            _ => return None,
        })
    }

    /// How `role` looks. The terminal's own background stays. Colours are those of its palette,
    /// which suits its background; the greys are not: "bright black" is all but invisible on some
    /// terminals, and on every projector.
    pub fn style(self, role: Role) -> Style {
        match self {
            Theme::Dark => coloured(role, &DARK),
            Theme::Light => coloured(role, &LIGHT),
            Theme::Plain => plain(role),
        }
    }
}

/// The colours in which two themes differ.
struct Palette {
    dim: Color,
    frame: Color,
    title: Color,
    changed: Color,
    held: Color,
    good: Color,
    past: Color,
    bad: Color,
    code: Color,
}

const DARK: Palette = Palette {
    dim: Color::Indexed(247),
    frame: Color::Indexed(241),
    title: Color::Cyan,
    changed: Color::Yellow,
    held: Color::LightMagenta,
    good: Color::LightGreen,
    past: Color::LightYellow,
    bad: Color::LightRed,
    code: Color::LightCyan,
};

const LIGHT: Palette = Palette {
    dim: Color::Indexed(241),
    frame: Color::Indexed(248),
    title: Color::Blue,
    changed: Color::Red,
    held: Color::Magenta,
    good: Color::Green,
    past: Color::Magenta,
    bad: Color::Red,
    code: Color::Blue,
};

fn coloured(role: Role, palette: &Palette) -> Style {
    let colour = |colour| Style::new().fg(colour);
    match role {
        Role::Plain => Style::new(),
        Role::Dim => colour(palette.dim),
        Role::Frame => colour(palette.frame),
        Role::Strong => Style::new().add_modifier(Modifier::BOLD),
        Role::Title => colour(palette.title).add_modifier(Modifier::BOLD),
        Role::Changed => colour(palette.changed).add_modifier(Modifier::BOLD),
        Role::Held => colour(palette.held).add_modifier(Modifier::BOLD),
        Role::Lost | Role::Bad => colour(palette.bad).add_modifier(Modifier::BOLD),
        Role::Good => colour(palette.good).add_modifier(Modifier::BOLD),
        Role::Past => colour(palette.past).add_modifier(Modifier::BOLD | Modifier::REVERSED),
        Role::Key => colour(palette.title).add_modifier(Modifier::BOLD),
        Role::Code => colour(palette.code),
        Role::Chosen => Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD),
    }
}

fn plain(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Plain | Role::Dim | Role::Frame | Role::Code => style,
        Role::Strong | Role::Title | Role::Changed | Role::Held | Role::Good | Role::Key => {
            style.add_modifier(Modifier::BOLD)
        }
        Role::Lost | Role::Bad => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Role::Past | Role::Chosen => style.add_modifier(Modifier::REVERSED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_theme_has_no_colour() {
        for role in [Role::Plain, Role::Changed, Role::Bad, Role::Past, Role::Key, Role::Held] {
            let style = Theme::Plain.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }

    #[test]
    fn a_theme_is_found_by_its_name() {
        assert_eq!(Theme::from_name("light"), Some(Theme::Light));
        assert_eq!(Theme::from_name("neon"), None);
    }
}
