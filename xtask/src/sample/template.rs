//! Texts with blanks: `$name` is filled in by the caller or by context, `$hex16` and the like by chance,
//! `$(a|b)` picks one, `$$` is a dollar.

use super::dice::{ALPHANUMERIC, BASE_32, Dice};

/// A text that is read once and filled in many times.
pub(super) struct Template(Vec<Piece>);

enum Piece {
    Text(String),
    Name(String),
    Chance(Kind, usize),
    Choice(Vec<String>),
}

#[derive(Clone, Copy)]
enum Kind {
    Hex,
    Digits,
    Upper,
    Alphanumeric,
    Uuid,
}

impl Template {
    pub(super) fn parse(text: &str) -> Self {
        let mut parts = text.split('$');
        let mut pieces = vec![Piece::Text(parts.next().unwrap_or_default().to_owned())];
        while let Some(part) = parts.next() {
            if part.is_empty() {
                // `$$`: the next part belongs to the text.
                pieces.push(Piece::Text(format!("${}", parts.next().unwrap_or_default())));
            } else if let Some((choices, rest)) = part.strip_prefix('(').and_then(|part| part.split_once(')')) {
                pieces.push(Piece::Choice(choices.split('|').map(str::to_owned).collect()));
                pieces.push(Piece::Text(rest.to_owned()));
            } else {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
                let (name, rest) = part.split_at(end);
                pieces.push(chance(name).unwrap_or_else(|| Piece::Name(name.to_owned())));
                pieces.push(Piece::Text(rest.to_owned()));
            }
        }
        Self(pieces)
    }

    /// Appends the filled-in text to `out`; `value` writes what a name stands for.
    pub(super) fn fill(&self, out: &mut String, dice: &mut Dice, mut value: impl FnMut(&mut String, &mut Dice, &str)) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => value(out, dice, name),
                Piece::Choice(choices) => out.push_str(&choices[dice.below(choices.len())]),
                Piece::Chance(kind, n) => out.push_str(&match kind {
                    Kind::Hex => dice.hex(*n),
                    Kind::Digits => dice.text(b"123456789", *n),
                    Kind::Upper => dice.text(BASE_32, *n),
                    Kind::Alphanumeric => dice.text(ALPHANUMERIC, *n),
                    Kind::Uuid => dice.uuid(),
                }),
            }
        }
    }
}

/// `hex16`, `dig3`, `up13`, `alnum24`, `uuid`.
fn chance(name: &str) -> Option<Piece> {
    if name == "uuid" {
        return Some(Piece::Chance(Kind::Uuid, 36));
    }
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let kind = match &name[..digits] {
        "hex" => Kind::Hex,
        "dig" => Kind::Digits,
        "up" => Kind::Upper,
        "alnum" => Kind::Alphanumeric,
        _ => return None,
    };
    Some(Piece::Chance(kind, name[digits..].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_in() {
        let mut out = String::new();
        let template = Template::parse("$$5 for $who: i-0$hex4, $(tea), $dig2.");
        template.fill(&mut out, &mut Dice::new(7), |out, _, name| out.push_str(&name.to_uppercase()));
        assert!(out.starts_with("$5 for WHO: i-0"), "{out}");
        assert!(out.contains(", tea, "), "{out}");
        assert_eq!(out.len(), "$5 for WHO: i-0abcd, tea, 12.".len());
    }
}
