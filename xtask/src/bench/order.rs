//! What a benchmark is asked for.

use super::peers::Peer;
use crate::Outcome;

/// How to ask.
pub const USAGE: &str = "\
cargo xtask bench [--events N] [--profile tiny|typical|huge] [--runs N] [--only PEER,…] [--rows N,…|none]
                  [--files disk|memory] [--json] [--write]
  peers: trailseal javascript duckdb verify native; --rows: table sizes for surveys and sorts without a browser;
  --files: what the pages' folder inputs are given: the folder on the disk, or copies of its files made in the page";

/// What is asked for.
pub struct Order {
    pub events: u64,
    pub profile: String,
    pub runs: usize,
    pub only: Vec<Peer>,
    pub files: Origin,
    /// Table sizes that surveys and sorts are timed over, natively.
    pub rows: Vec<u64>,
    pub form: Form,
    /// Whether docs/performance.md gets the table.
    pub writes: bool,
    pub speed: Speed,
}

/// What the folder inputs of the pages are given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A person has chosen their folder.
    Disk,
    /// A script has made them, in the page.
    Memory,
}

impl Origin {
    pub fn name(self) -> &'static str {
        match self {
            Self::Disk => "disk",
            Self::Memory => "memory",
        }
    }

    fn named(name: &str) -> Outcome<Self> {
        let known = [Self::Disk, Self::Memory].into_iter().find(|origin| origin.name() == name);
        known.ok_or_else(|| format!("The pages can be given files of the `disk` or in `memory`, not `{name}`.\n{USAGE}"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Table,
    Json,
}

/// Whether the programs are built as they are shipped, or only so that they run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    Earnest,
    Smoke,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            events: 200_000,
            profile: "typical".to_owned(),
            runs: 5,
            only: Peer::ALL.to_vec(),
            files: Origin::Disk,
            rows: vec![1_000_000, 10_000_000],
            form: Form::Table,
            writes: false,
            speed: Speed::Earnest,
        }
    }
}

impl Order {
    pub fn parse(args: &[String]) -> Outcome<Self> {
        let mut order = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let mut value = || rest.next().map(String::as_str).ok_or_else(|| format!("{arg} wants a value.\n{USAGE}"));
            match arg.as_str() {
                "--events" => order.events = number(value()?)?,
                "--runs" => order.runs = number(value()?)? as usize,
                "--profile" => order.profile = profile(value()?)?,
                "--only" => order.only = value()?.split(',').map(Peer::named).collect::<Outcome<_>>()?,
                "--files" => order.files = Origin::named(value()?)?,
                "--rows" => {
                    order.rows = match value()? {
                        "none" => Vec::new(),
                        sizes => sizes.split(',').map(number).collect::<Outcome<_>>()?,
                    }
                }
                "--json" => order.form = Form::Json,
                "--write" => order.writes = true,
                unknown => return Err(format!("`bench` does not know `{unknown}`.\n{USAGE}")),
            }
        }
        Ok(order)
    }

    /// One per cent of a usual run, with files of the disk and with files made in the page: that everything still runs and counts the same.
    pub fn smoke() -> [Self; 2] {
        let order = || Self { events: 2_000, runs: 1, speed: Speed::Smoke, ..Self::default() };
        [
            Self { rows: vec![20_000], only: Self::smoke_peers(), ..order() },
            Self { rows: Vec::new(), only: vec![Peer::Trailseal, Peer::JavaScript], files: Origin::Memory, ..order() },
        ]
    }

    /// Those that need nothing from outside and no minutes of building.
    fn smoke_peers() -> Vec<Peer> {
        vec![Peer::Trailseal, Peer::JavaScript, Peer::Verify, Peer::Native]
    }
}

fn number(text: &str) -> Outcome<u64> {
    let number = text.replace('_', "").parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("`{text}` is no number above 0.\n{USAGE}"))
}

fn profile(text: &str) -> Outcome<String> {
    let known = ["tiny", "typical", "huge"].contains(&text);
    if known { Ok(text.to_owned()) } else { Err(format!("There is no profile `{text}`.\n{USAGE}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_understood_or_refused() {
        let parse = |text: &str| Order::parse(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let order = parse("--events 20_000 --profile tiny --runs 3 --only trailseal,duckdb --rows none --files memory --json").unwrap();
        assert_eq!((order.events, order.runs, order.profile.as_str(), order.files.name()), (20_000, 3, "tiny", "memory"));
        assert!(order.only == [Peer::Trailseal, Peer::DuckDb] && order.rows.is_empty() && order.form == Form::Json);
        for wrong in ["--events 0", "--events", "--profile small", "--only chrome", "--files tape", "--faster"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
