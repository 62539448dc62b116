//! The results as a table for people, and as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use super::machine;
use super::order::Order;
use super::order::Origin;
use super::order::Speed;
use super::peers::Bench;
use super::peers::Measured;
use super::peers::Peer;
use crate::Outcome;
use crate::files;

/// All that was measured.
pub struct Results {
    machine: String,
    data: String,
    files: &'static str,
    runs: String,
    peers: Vec<(Peer, Vec<Measured>)>,
    absent: Vec<String>,
    scale: Vec<Value>,
}

impl Results {
    pub fn of(order: &Order, bench: &Bench, folder: &Path, all: Vec<(usize, Measured)>, scale: Vec<Value>) -> Self {
        let mut peers: Vec<(Peer, Vec<Measured>)> = bench.peers.iter().map(|peer| (*peer, Vec::new())).collect();
        all.into_iter().for_each(|(place, measured)| peers[place].1.push(measured));
        let browser = peers.iter().flat_map(|(_, runs)| runs).find_map(|run| run.told["browser"].as_str());
        let machine = [machine::line()].into_iter().chain(browser.map(|browser| browser.replace('/', " "))).collect::<Vec<_>>().join(" · ");
        let (many, bytes) = size(folder);
        let megabytes = bytes as f64 / 1e6;
        let data = format!("{} trail of {} events: {many} files, {megabytes:.1} MB as stored", order.profile, thousands(order.events));
        let origin = match order.files {
            Origin::Disk => "the pages' from the disk",
            Origin::Memory => "the pages' made by a script",
        };
        let runs = match order.speed {
            Speed::Earnest => {
                format!("{}, in turns, each in a fresh process; medians; files of the disk in its cache, {origin}", order.runs)
            }
            Speed::Smoke => format!("{}, only to see that all runs: the native programs are not optimised", order.runs),
        };
        Self { machine, data, files: order.files.name(), runs, peers, absent: bench.absent.clone(), scale }
    }

    pub fn json(&self) -> Value {
        let peer = |(peer, runs): &(Peer, Vec<Measured>)| {
            let all: Vec<Value> =
                runs.iter().map(|run| json!({ "seconds": run.seconds, "events": run.events, "told": run.told })).collect();
            json!({ "peer": peer.name(), "work": peer.work(), "median": median(seconds(runs)), "ratio": self.ratio(*peer), "runs": all })
        };
        json!({ "machine": self.machine, "data": self.data, "files": self.files, "peers": self.peers.iter().map(peer).collect::<Vec<_>>(),
            "absent": self.absent, "runs": self.runs, "scale": self.scale })
    }

    /// How many times as long as Trailseal's page a peer takes.
    fn ratio(&self, peer: Peer) -> Option<f64> {
        let of = |wanted: Peer| self.peers.iter().find(|(peer, _)| *peer == wanted).map(|(_, runs)| median(seconds(runs)));
        Some(of(peer)? / of(Peer::Trailseal)?)
    }

    /// The page's own numbers: the longest task, memory, and what each question took.
    fn page_lines(&self) -> Vec<String> {
        let Some((_, runs)) = self.peers.iter().find(|(peer, _)| *peer == Peer::Trailseal) else { return Vec::new() };
        let numbers = |name: &str| runs.iter().filter_map(|run| run.told[name].as_f64()).collect::<Vec<_>>();
        let mut lines = Vec::new();
        let worst = numbers("longest_task_ms").into_iter().fold(0.0, f64::max);
        let said = if worst == 0.0 { "none above 50 ms".to_owned() } else { format!("{worst:.0} ms") };
        lines.push(format!("longest page task while reading, of all runs: {said}"));
        let grown = numbers("grown_bytes");
        if let (false, Some(events)) = (grown.is_empty(), runs.first().map(|run| run.events)) {
            let (all, a_row) = (median(grown.clone()) / 1e6, median(grown) / events as f64);
            lines.push(format!("memory of the page's process, grown by reading: {all:.0} MB, {a_row:.0} bytes a row"));
        }
        let native = self.peers.iter().filter(|(peer, _)| *peer == Peer::Native).flat_map(|(_, runs)| runs);
        if let Some(bytes) = native.filter_map(|run| run.told["bytes_a_row"].as_f64()).next() {
            lines.push(format!("memory of the table alone, as the native program counts it: {bytes:.0} bytes a row"));
        }
        for list in ["surveys", "sorts"] {
            let mut asked: BTreeMap<(usize, String), (Vec<f64>, Vec<f64>)> = BTreeMap::new();
            for (place, row) in runs.iter().flat_map(|run| run.told[list].as_array().into_iter().flatten().enumerate()) {
                let times = asked.entry((place, row["what"].as_str().unwrap_or_default().to_owned())).or_default();
                times.0.extend(row["counted_ms"].as_f64());
                times.1.extend(row["settled_ms"].as_f64());
            }
            for ((_, what), (counted, settled)) in asked {
                let counted = if counted.is_empty() { String::new() } else { format!("counted after {:.0} ms, ", median(counted)) };
                lines.push(format!("{} {what}: {counted}all panels after {:.0} ms", list.trim_end_matches('s'), median(settled)));
            }
        }
        lines
    }

    /// Puts the table between its two marks.
    pub fn write(&self, page: &Path) -> Outcome {
        let text = files::read_text(page)?;
        let between = || Some((text.find(BEGIN)? + BEGIN.len(), text.find(END)?));
        let (from, to) =
            between().filter(|(from, to)| from <= to).ok_or_else(|| format!("There is no place for the table: {}", page.display()))?;
        files::write(page, format!("{}\n\n```text\n{self}```\n\n{}", &text[..from], &text[to..]))
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "machine  {}", self.machine)?;
        writeln!(f, "data     {}", self.data)?;
        writeln!(f, "runs     {}\n", self.runs)?;
        writeln!(f, "{:<11} {:>9} {:>17} {:>11} {:>8}   in this time", "peer", "ingest", "least – most", "events/s", "ratio")?;
        for (peer, runs) in &self.peers {
            let (all, events) = (seconds(runs), runs.first().map_or(0, |run| run.events));
            let (least, most) = all.iter().fold((f64::MAX, 0.0_f64), |(least, most), time| (least.min(*time), most.max(*time)));
            let (middle, range) = (median(all), format!("{least:.2} – {most:.2} s"));
            let rate = thousands((events as f64 / middle) as u64);
            let ratio = self.ratio(*peer).map_or_else(String::new, |ratio| format!("{ratio:.2} ×"));
            let middle = format!("{middle:.2} s");
            writeln!(f, "{:<11} {middle:>9} {range:>17} {rate:>11} {ratio:>8}   {}", peer.name(), peer.work())?;
        }
        self.absent.iter().try_for_each(|absent| writeln!(f, "absent: {absent}"))?;
        let lines = self.page_lines();
        if !lines.is_empty() {
            writeln!(f, "\nin the page, from the key or click on")?;
            lines.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        }
        if !self.scale.is_empty() {
            writeln!(f, "\nwithout a browser, one core, the sample's rows again and again")?;
            writeln!(
                f,
                "{:>12} {:>11} {:>12} {:>12} {:>12} {:>12} {:>12}",
                "rows", "bytes/row", "survey all", "one value", "text", "sort time", "sort name"
            )?;
        }
        for row in &self.scale {
            let ms = |name: &str| format!("{:.1} ms", row[name].as_f64().unwrap_or(f64::NAN));
            let rows = thousands(row["rows"].as_u64().unwrap_or(0));
            write!(f, "{rows:>12} {:>11.0}", row["bytes_a_row"].as_f64().unwrap_or(f64::NAN))?;
            for name in ["survey_all_ms", "survey_value_ms", "survey_text_ms", "sort_time_ms", "sort_name_ms"] {
                write!(f, " {:>12}", ms(name))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn seconds(runs: &[Measured]) -> Vec<f64> {
    runs.iter().map(|run| run.seconds).collect()
}

/// Of an even number the mean of the middle two; of none, not a number.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => f64::NAN,
        even if even.is_multiple_of(2) => f64::midpoint(numbers[middle - 1], numbers[middle]),
        _ => numbers[middle],
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}

fn size(folder: &Path) -> (u64, u64) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) => (1, about.len()),
        Err(_) => (0, 0),
    });
    sizes.fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1))
}

const BEGIN: &str = "<!-- cargo xtask bench --write -->";
const END: &str = "<!-- end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_thousands() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
