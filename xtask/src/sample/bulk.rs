//! Bulk trails for load tests: any number of events, as tiny, typical or huge files. Written as they are made, so that
//! memory stays with one file.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use super::blanks::trail_name;
use super::crowd::{Crowd, error};
use super::dice::Dice;
use super::forge::{Chain, LogEntry, signature_row};
use super::people::{AUDIT, PROD};
use super::period::HOUR;
use super::records::{Act, Calls};
use super::trail::{BUCKET, KeyRing, NOTE, REGIONS, log_name};

/// What is asked for.
pub(super) struct Order {
    pub events: u64,
    pub profile: Profile,
    pub digests: Digests,
    pub out: PathBuf,
}

/// How many records a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// 1 to 5, like a quiet account's.
    Tiny,
    /// About 100.
    Typical,
    /// Some 100,000.
    Huge,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Digests {
    Signed,
    None,
}

/// What was made.
#[derive(Default)]
pub(super) struct Made {
    pub events: u64,
    pub logs: u64,
    pub digests: u64,
    pub bytes: u64,
}

/// Makes the trail; the message of an error is ready to be shown.
pub(super) fn make(order: &Order) -> Result<Made, String> {
    let shown = order.out.display();
    Bulk::new(order)
        .and_then(Bulk::run)
        .map_err(|error| format!("cannot write the bulk trail: {error}; is the folder writable, the disk full? {shown}"))
}

struct Bulk<'a> {
    order: &'a Order,
    calls: Calls,
    crowd: Crowd,
    dice: Dice,
    ring: KeyRing,
    hours: i64,
    signatures: BufWriter<File>,
    text: String,
    made: Made,
}

impl<'a> Bulk<'a> {
    fn new(order: &'a Order) -> std::io::Result<Self> {
        fs::create_dir_all(&order.out)?;
        let calls = Calls::with_rare();
        let hours = hours(order);
        let (middle, end) = (BEGIN + hours / 2 * HOUR, BEGIN + (hours + 2) * HOUR);
        let ring = KeyRing::with(middle, [(BEGIN - 30 * DAY, middle + 2 * DAY), (middle - 2 * DAY, end + 30 * DAY)]);
        let signatures = BufWriter::new(File::create(order.out.join("signatures.json"))?);
        let crowd = Crowd::new(&calls);
        Ok(Self { order, calls, crowd, dice: Dice::new(order.events), ring, hours, signatures, text: String::new(), made: Made::default() })
    }

    fn run(mut self) -> std::io::Result<Made> {
        fs::write(self.order.out.join("keys.json"), self.ring.file())?;
        write!(self.signatures, "{{\n\"note\":{}", serde_json::Value::from(NOTE))?;
        let mut chains = chains();
        let weights: Vec<u64> = chains.iter().map(|(_, weight)| *weight).collect();
        let mut quota = Quota::new(self.order, self.hours, &weights);
        for hour in 0..=self.hours {
            for (n, (chain, _)) in chains.iter_mut().enumerate() {
                // The first digest of a chain is a starting digest and lists nothing.
                let events = if hour == 0 { 0 } else { quota.take(hour - 1, n) };
                let logs = self.logs(chain, BEGIN + (hour - 1) * HOUR, events)?;
                if self.order.digests == Digests::Signed {
                    self.digest(chain, BEGIN + hour * HOUR, logs)?;
                }
            }
        }
        self.signatures.write_all(b"\n}\n")?;
        self.signatures.flush()?;
        Ok(self.made)
    }

    /// The logs of one chain that are delivered in the hour after `start`.
    fn logs(&mut self, chain: &Chain, start: i64, events: u64) -> std::io::Result<Vec<LogEntry>> {
        let mut entries = Vec::new();
        let mut rest = events;
        while rest > 0 {
            let size = self.size().min(rest);
            rest -= size;
            // Spread over the hour by how much of it is done.
            let delivered = start + 1 + (HOUR - 2) * (events - rest) as i64 / events as i64;
            entries.push(self.log(chain, delivered, size)?);
        }
        Ok(entries)
    }

    fn log(&mut self, chain: &Chain, delivered: i64, size: u64) -> std::io::Result<LogEntry> {
        self.text.clear();
        self.text.push_str("{\"Records\":[");
        let (mut oldest, mut newest) = (i64::MAX, i64::MIN);
        for n in 0..size {
            if n > 0 {
                self.text.push(',');
            }
            let time = delivered - 20 - self.dice.between(0, 280);
            (oldest, newest) = (oldest.min(time), newest.max(time));
            self.record(chain, time);
        }
        self.text.push_str("]}");
        let name = log_name(&chain.account, &chain.region, (delivered + 299) / 300 * 300, &mut self.dice);
        let path = self.order.out.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = GzBuilder::new().mtime(0).write(File::create(&path)?, Compression::new(4));
        file.write_all(self.text.as_bytes())?;
        self.made.bytes += file.finish()?.metadata()?.len();
        self.made.logs += 1;
        self.made.events += size;
        Ok(LogEntry::of(BUCKET, &name, self.text.as_bytes(), (oldest, newest)))
    }

    fn record(&mut self, chain: &Chain, time: i64) {
        let actor = self.crowd.actor(&chain.account, &mut self.dice);
        let api = self.crowd.api(&chain.region, &mut self.dice);
        let mut act = Act::new(actor, time, &chain.region, api);
        if let Some((code, message)) = error(&mut self.dice) {
            act = act.failing(code, message);
        }
        let id = self.dice.uuid();
        self.calls.write(&mut self.text, &act, &id, &mut self.dice);
    }

    fn digest(&mut self, chain: &mut Chain, end: i64, logs: Vec<LogEntry>) -> std::io::Result<()> {
        let forged = chain.forge(self.ring.at(end), end - HOUR, end, logs);
        write!(self.signatures, ",\n{}", signature_row(&forged.key, &forged.signature))?;
        self.made.digests += 1;
        write(&self.order.out.join(&forged.key), &forged.file)
    }

    fn size(&mut self) -> u64 {
        let (low, high) = match self.order.profile {
            Profile::Tiny => (1, 5),
            Profile::Typical => (40, 160),
            Profile::Huge => return u64::MAX,
        };
        self.dice.between(low, high).unsigned_abs()
    }
}

/// Shares the events out over the hours and chains, so that they add up exactly.
struct Quota {
    weights: Vec<u64>,
    total: u64,
    events: u64,
    done: u64,
    given: u64,
    profile: Profile,
}

impl Quota {
    fn new(order: &Order, hours: i64, weights: &[u64]) -> Self {
        let slots = hours * weights.len() as i64;
        let mut quota = Self { weights: weights.to_vec(), total: 0, events: order.events, done: 0, given: 0, profile: order.profile };
        quota.total = (0..slots).map(|slot| quota.weight(slot / weights.len() as i64, (slot % weights.len() as i64) as usize)).sum();
        quota
    }

    fn take(&mut self, hour: i64, chain: usize) -> u64 {
        self.done += self.weight(hour, chain);
        let until = (u128::from(self.events) * u128::from(self.done) / u128::from(self.total.max(1))) as u64;
        let own = until - self.given;
        self.given = until;
        own
    }

    fn weight(&self, hour: i64, chain: usize) -> u64 {
        match self.profile {
            // One file in each hour, of the chains in turn.
            Profile::Huge => u64::from(hour as usize % self.weights.len() == chain),
            _ => self.weights[chain] * if (7..22).contains(&(hour % 24)) { 3 } else { 1 },
        }
    }
}

/// How long the trail is: some dozen files per chain and hour, but no more than a quarter of a year.
fn hours(order: &Order) -> i64 {
    let (per_file, files_per_hour) = match order.profile {
        Profile::Tiny => (3, 180),
        Profile::Typical => (100, 72),
        Profile::Huge => (250_000, 1),
    };
    let files = i64::try_from(order.events / per_file).unwrap_or(i64::MAX);
    let least = if order.profile == Profile::Huge { 2 } else { 24 };
    (files / files_per_hour).clamp(least, 90 * 24)
}

/// Two accounts, three Regions, with their shares of the events.
fn chains() -> Vec<(Chain, u64)> {
    let chain = |account, region| Chain::new(account, region, trail_name(account), "us-east-1", BUCKET);
    let weights = [[40, 22, 8], [18, 8, 4]];
    let shares = [PROD, AUDIT].into_iter().zip(weights);
    shares
        .flat_map(|(account, weights)| REGIONS.into_iter().zip(weights).map(move |(region, weight)| (chain(account, region), weight)))
        .collect()
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, bytes)
}

const DAY: i64 = 24 * HOUR;
/// Wednesday 1 January 2025, 00:00 UTC.
const BEGIN: i64 = 1_735_689_600;

#[cfg(test)]
mod tests {
    use super::super::forge::unix;
    use super::*;

    #[test]
    fn the_bulk_begins_with_the_year() {
        assert_eq!(BEGIN, unix([2025, 1, 1], [0, 0, 0]));
    }

    #[test]
    fn the_shares_add_up() {
        for profile in [Profile::Tiny, Profile::Typical, Profile::Huge] {
            let order = Order { events: 1003, profile, digests: Digests::None, out: PathBuf::new() };
            let mut quota = Quota::new(&order, 24, &[40, 8]);
            let given: u64 = (0..24).flat_map(|hour| [(hour, 0), (hour, 1)]).map(|(hour, chain)| quota.take(hour, chain)).sum();
            assert_eq!(given, 1003);
        }
    }
}
