//! Colours and emphasis of text, as `ESC [ … m` sets them.

/// A colour of the terminal's palette, or an exact one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// The terminal's own foreground or background.
    #[default]
    Default,
    /// One of the sixteen colours that a theme chooses: 0 to 7 plain, 8 to 15 bright.
    Palette(u8),
    /// Red, green, blue.
    Exact(u8, u8, u8),
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// The colour of the characters.
    pub foreground: Color,
    /// The colour behind them.
    pub background: Color,
    /// Heavier.
    pub bold: bool,
    /// Fainter.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// With a line below.
    pub underline: bool,
    /// Foreground and background change places.
    pub inverse: bool,
}

impl Style {
    /// Applies the parameters of `ESC [ … m` (SGR) in their order; unknown ones do nothing.
    pub(crate) fn select(&mut self, parameters: &[u16]) {
        let mut rest = parameters.iter().copied();
        if parameters.is_empty() {
            *self = Self::default();
        }
        while let Some(parameter) = rest.next() {
            match parameter {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                3 => self.italic = true,
                4 => self.underline = true,
                7 => self.inverse = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                24 => self.underline = false,
                27 => self.inverse = false,
                30..=37 => self.foreground = palette(parameter - 30),
                38 => self.foreground = extended(&mut rest).unwrap_or(self.foreground),
                39 => self.foreground = Color::Default,
                40..=47 => self.background = palette(parameter - 40),
                48 => self.background = extended(&mut rest).unwrap_or(self.background),
                49 => self.background = Color::Default,
                90..=97 => self.foreground = palette(parameter - 90 + 8),
                100..=107 => self.background = palette(parameter - 100 + 8),
                _ => {}
            }
        }
    }
}

fn palette(index: u16) -> Color {
    Color::Palette(u8::try_from(index).unwrap_or(0))
}

/// `5;N` is one of 256 colours, `2;R;G;B` an exact one.
fn extended(rest: &mut impl Iterator<Item = u16>) -> Option<Color> {
    let mut byte = |limit: u16| rest.next().map(|value| value.min(limit) as u8);
    match byte(255)? {
        2 => Some(Color::Exact(byte(255)?, byte(255)?, byte(255)?)),
        5 => Some(match byte(255)? {
            index @ 0..=15 => Color::Palette(index),
            index @ 16..=231 => {
                let level = |part: u8| if part == 0 { 0 } else { 55 + part * 40 };
                let cube = index - 16;
                Color::Exact(level(cube / 36), level(cube / 6 % 6), level(cube % 6))
            }
            index => {
                let gray = 8 + (index - 232) * 10;
                Color::Exact(gray, gray, gray)
            }
        }),
        _ => None,
    }
}
