//! Colours and sizes for charts: read from the style sheet's tokens, so that CSS stays the one source of them.

use plotters::style::RGBColor;

/// What charts are drawn with.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// Device pixels in a CSS pixel.
    pub dpr: f64,
    /// Proven.
    pub proven: RGBColor,
    /// Proven to be empty.
    pub empty: RGBColor,
    /// Disproven or not found.
    pub invalid: RGBColor,
    /// Not proven.
    pub unproven: RGBColor,
    /// In no digest.
    pub unlisted: RGBColor,
    /// Refused or failed.
    pub fail: RGBColor,
    /// Refused.
    pub denied: RGBColor,
    /// Neither good nor bad.
    pub neutral: RGBColor,
    /// The unfiltered total behind.
    pub ghost: RGBColor,
    /// Where no digest speaks.
    pub gap: RGBColor,
    /// Where nothing is loaded.
    pub blank: RGBColor,
    /// What can be clicked or is chosen.
    pub accent: RGBColor,
}

impl Palette {
    /// From the tokens' texts; a token that is no colour becomes mid-grey, so that a chart is never lost.
    #[must_use]
    pub fn from_tokens(token: impl Fn(&str) -> String, dpr: f64) -> Self {
        let colour = |name| parse(&token(name)).unwrap_or(RGBColor(128, 128, 128));
        Self {
            dpr,
            proven: colour("--proven"),
            empty: colour("--empty"),
            invalid: colour("--invalid"),
            unproven: colour("--unproven"),
            unlisted: colour("--unlisted"),
            fail: colour("--fail"),
            denied: colour("--denied"),
            neutral: colour("--neutral"),
            ghost: colour("--ghost"),
            gap: colour("--gap"),
            blank: colour("--line-2"),
            accent: colour("--accent"),
        }
    }

    /// The colour of a class of the timeline: the same for the same word in every panel.
    #[must_use]
    pub fn class(&self, name: &str) -> RGBColor {
        match name {
            "valid" => self.proven,
            "invalid" | "missing" => self.invalid,
            "unproven" => self.unproven,
            "unlisted" => self.unlisted,
            "Denied" => self.denied,
            "Failure" => self.fail,
            // A write is what changes something; it stands out from what only looks.
            "false" => self.accent,
            _ => self.neutral,
        }
    }

    /// So many CSS pixels in device pixels, never less than one.
    #[must_use]
    pub fn px(&self, css: f64) -> i32 {
        (css * self.dpr).round().max(1.0) as i32
    }
}

/// The token of a class of the timeline, for the legend in HTML.
#[must_use]
pub fn class_token(name: &str) -> &'static str {
    match name {
        "valid" => "var(--proven)",
        "invalid" | "missing" => "var(--invalid)",
        "unproven" => "var(--unproven)",
        "unlisted" => "var(--unlisted)",
        "Denied" => "var(--denied)",
        "Failure" => "var(--fail)",
        "false" => "var(--accent)",
        _ => "var(--neutral)",
    }
}

fn parse(text: &str) -> Option<RGBColor> {
    let hex = text.trim().strip_prefix('#')?;
    let pair = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let single = |at: usize| u8::from_str_radix(hex.get(at..at + 1)?, 16).ok().map(|half| half * 17);
    match hex.len() {
        6 => Some(RGBColor(pair(0)?, pair(2)?, pair(4)?)),
        3 => Some(RGBColor(single(0)?, single(1)?, single(2)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_and_their_lack_survived() {
        let palette = Palette::from_tokens(|name| if name == "--proven" { " #1f8a5b".to_owned() } else { "#fff".to_owned() }, 2.0);
        assert_eq!(palette.proven, RGBColor(0x1f, 0x8a, 0x5b));
        assert_eq!(palette.ghost, RGBColor(255, 255, 255));
        assert_eq!(Palette::from_tokens(|_| "é#".to_owned(), 1.0).fail, RGBColor(128, 128, 128));
    }
}
