//! Who did how much when: the busiest identities with their activity over time.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::query::timeline::Bins;
use crate::table::batch::NO_TIME;
use crate::table::column::ColumnId;
use crate::table::dictionary::Code;
use crate::table::row_set::RowSet;
use crate::trail::arrange::arrange;
use crate::trail::event::Outcome;
use crate::trail::time::Timestamp;

/// One identity's activity among the rows asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its name, as in the column `UserName`.
    pub name: String,
    /// What kind of identity it is.
    pub kind: String,
    /// Its events.
    pub events: u64,
    /// Those that change something (`readOnly` false).
    pub writes: u64,
    /// Those that were refused or failed.
    pub failures: u64,
    /// How many different addresses it came from.
    pub addresses: usize,
    /// First and last event.
    pub first: Timestamp,
    /// First and last event.
    pub last: Timestamp,
    /// Events per bin of the axis.
    pub bins: Vec<u32>,
}

/// The busiest identities of a set of rows, found in steps as short as the caller likes.
#[derive(Debug)]
pub struct Busiest {
    set: Arc<RowSet>,
    axis: Bins,
    most: usize,
    stage: Stage,
    /// Of each identity's code: how many events, and then its place among the busiest.
    counts: Vec<u32>,
    people: Vec<Tracker>,
    /// The rows under way, and their cells: where these lie is asked once a thousand rows.
    rows: Vec<u32>,
    cells: [Vec<u32>; 4],
}

/// What is being done: up to which word of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// How many events everyone has.
    Count(usize),
    /// What the busiest did.
    See(usize),
    Done,
}

impl Busiest {
    /// The `most` busiest of `set`, over `axis`.
    #[must_use]
    pub fn of(scene: Scene<'_>, set: Arc<RowSet>, axis: Bins, most: usize) -> Self {
        let counts = vec![0; scene.distinct(ColumnId::UserName)];
        Self { set, axis, most, stage: Stage::Count(0), counts, people: Vec::new(), rows: Vec::new(), cells: <[Vec<u32>; 4]>::default() }
    }

    /// Looks at about `budget` rows; whether all were looked at. The scene stays the same from step to step.
    pub fn step(&mut self, scene: Scene<'_>, budget: usize) -> bool {
        let mut left = budget;
        while left > 0 && self.stage != Stage::Done {
            self.stage = match self.stage {
                Stage::Count(word) if self.set.read(word..word + WORDS, &mut self.rows) => {
                    scene.codes(ColumnId::UserName).count(&self.rows, 1, &mut self.counts);
                    Stage::Count(word + WORDS)
                }
                Stage::Count(_) => {
                    self.choose(scene);
                    Stage::See(0)
                }
                Stage::See(word) if self.set.read(word..word + WORDS, &mut self.rows) => {
                    self.see(scene);
                    Stage::See(word + WORDS)
                }
                Stage::See(_) | Stage::Done => Stage::Done,
            };
            // A word without rows takes time too.
            left = left.saturating_sub(self.rows.len() + WORDS);
        }
        self.stage == Stage::Done
    }

    /// The busiest first, once all was looked at.
    #[must_use]
    pub fn people(&self) -> Vec<Activity> {
        self.people.iter().map(Tracker::activity).collect()
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.set.memory() + self.counts.capacity() * 4
    }

    fn choose(&mut self, scene: Scene<'_>) {
        let counts = &self.counts;
        let mut codes: Vec<u32> = (0..).zip(counts).filter(|(_, count)| **count > 0).map(|(code, _)| code).collect();
        arrange(&mut codes, |a, b| counts[*b as usize].cmp(&counts[*a as usize]).then(a.cmp(b)));
        codes.truncate(self.most);
        self.counts.fill(u32::MAX);
        for (place, code) in (0..).zip(&codes) {
            self.counts[*code as usize] = place;
        }
        self.people = codes.iter().map(|code| Tracker::new(scene.value(ColumnId::UserName, *code), self.axis)).collect();
    }

    fn see(&mut self, scene: Scene<'_>) {
        let known = Known::of(scene);
        for (column, cells) in COLUMNS.iter().zip(&mut self.cells) {
            scene.codes(*column).read(&self.rows, cells);
        }
        let [names, outcomes, read_only, addresses] = &self.cells;
        let cells = names.iter().zip(outcomes).zip(read_only).zip(addresses);
        for (row, (((name, outcome), read_only), address)) in self.rows.iter().zip(cells) {
            let place = self.counts.get(*name as usize).and_then(|place| usize::try_from(*place).ok());
            if let Some(person) = place.and_then(|place| self.people.get_mut(place)) {
                person.activity.events += 1;
                person.activity.failures += u64::from(Code(*outcome) != known.success);
                person.activity.writes += u64::from(Code(*read_only) == known.write);
                person.see(scene, *row as usize, Code(*address));
            }
        }
    }
}

/// All of it at once.
#[must_use]
pub fn busiest(scene: Scene<'_>, set: &Arc<RowSet>, bins: Bins, most: usize) -> Vec<Activity> {
    let mut busiest = Busiest::of(scene, set.clone(), bins, most);
    while !busiest.step(scene, usize::MAX) {}
    busiest.people()
}

/// Words of a set whose rows are looked at together.
const WORDS: usize = 16;
/// What a person's line is made of.
const COLUMNS: [ColumnId; 4] = [ColumnId::UserName, ColumnId::Outcome, ColumnId::ReadOnly, ColumnId::SourceIpAddress];

/// The codes of two values.
struct Known {
    success: Code,
    write: Code,
}

impl Known {
    fn of(scene: Scene<'_>) -> Self {
        let success = code_of(scene, ColumnId::Outcome, Outcome::Success.word());
        Self { success, write: code_of(scene, ColumnId::ReadOnly, "false") }
    }
}

#[derive(Debug)]
struct Tracker {
    activity: Activity,
    axis: Bins,
    addresses: HashSet<Code>,
    last_address: Option<Code>,
    /// From when to when the bin last counted in reaches.
    bin: (usize, i64, i64),
}

impl Tracker {
    fn new(name: &str, axis: Bins) -> Self {
        let (first, last) = (Timestamp(i64::MAX), Timestamp(i64::MIN));
        let activity = Activity {
            name: name.to_owned(),
            kind: String::new(),
            events: 0,
            writes: 0,
            failures: 0,
            addresses: 0,
            first,
            last,
            bins: vec![0; axis.count()],
        };
        Self { activity, axis, addresses: HashSet::new(), last_address: None, bin: (0, 0, 0) }
    }

    fn see(&mut self, scene: Scene<'_>, row: usize, address: Code) {
        // A session keeps its address: most rows need no look into the set.
        if Some(address) != self.last_address {
            self.last_address = Some(address);
            self.addresses.insert(address);
        }
        if self.activity.kind.is_empty() {
            self.activity.kind = scene.value(ColumnId::UserIdentityType, scene.code(ColumnId::UserIdentityType, row)).to_owned();
        }
        if let Some(time) = scene.table.times().get(row).copied().filter(|time| *time != NO_TIME) {
            self.activity.first = self.activity.first.min(time);
            self.activity.last = self.activity.last.max(time);
            self.count(time);
        }
    }

    /// One more in its bin, which is most often the same as the last one's: no division then.
    fn count(&mut self, time: Timestamp) {
        let (mut bin, start, end) = self.bin;
        if time.0 < start || time.0 >= end {
            let Some(at) = self.axis.of(time) else { return };
            bin = at;
            let start = self.axis.start().0 + i64::try_from(at).unwrap_or(0) * self.axis.step();
            self.bin = (bin, start, start + self.axis.step());
        }
        if let Some(count) = self.activity.bins.get_mut(bin) {
            *count += 1;
        }
    }

    fn activity(&self) -> Activity {
        Activity { addresses: self.addresses.len(), ..self.activity.clone() }
    }
}

/// The code of a value; one that no row has where the value does not occur.
fn code_of(scene: Scene<'_>, column: ColumnId, value: &str) -> Code {
    scene.table.column(column).and_then(|column| column.dictionary.code(value)).unwrap_or(Code(u32::MAX))
}
