//! Who did how much when: the busiest identities with their activity over time.

use std::collections::HashSet;

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::query::timeline::Bins;
use crate::table::batch::NO_TIME;
use crate::table::codes::Codes;
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

/// The `most` busiest identities of `set`, over `bins`.
#[must_use]
pub fn busiest(scene: Scene<'_>, set: &RowSet, bins: Bins, most: usize) -> Vec<Activity> {
    let names = scene.codes(ColumnId::UserName);
    let rows: Vec<u32> = set.iter().map(|row| row.0).collect();
    let mut counts = vec![0; scene.distinct(ColumnId::UserName)];
    names.count(&rows, 1, &mut counts);
    let mut codes: Vec<u32> = (0..).zip(&counts).filter(|(_, count)| **count > 0).map(|(code, _)| code).collect();
    arrange(&mut codes, |a, b| counts[*b as usize].cmp(&counts[*a as usize]).then(a.cmp(b)));
    codes.truncate(most);
    let mut place = vec![usize::MAX; counts.len()];
    codes.iter().enumerate().for_each(|(at, code)| place[*code as usize] = at);
    let mut people: Vec<Tracker> = codes.iter().map(|code| Tracker::new(scene.value(ColumnId::UserName, *code), bins)).collect();
    let cells = Cells::of(scene);
    for row in rows.iter().map(|row| *row as usize) {
        if let Some(person) = people.get_mut(place[names.at(row).0 as usize]) {
            person.see(scene, row, &cells);
        }
    }
    people.into_iter().map(Tracker::done).collect()
}

/// The columns that a person's line is made of, looked up once.
struct Cells<'a> {
    outcome: &'a Codes,
    success: Code,
    read_only: &'a Codes,
    write: Code,
    address: &'a Codes,
}

impl<'a> Cells<'a> {
    fn of(scene: Scene<'a>) -> Self {
        Self {
            outcome: scene.codes(ColumnId::Outcome),
            success: code_of(scene, ColumnId::Outcome, Outcome::Success.word()),
            read_only: scene.codes(ColumnId::ReadOnly),
            write: code_of(scene, ColumnId::ReadOnly, "false"),
            address: scene.codes(ColumnId::SourceIpAddress),
        }
    }
}

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

    fn see(&mut self, scene: Scene<'_>, row: usize, cells: &Cells<'_>) {
        self.activity.events += 1;
        self.activity.failures += u64::from(cells.outcome.at(row) != cells.success);
        self.activity.writes += u64::from(cells.read_only.at(row) == cells.write);
        let address = Some(cells.address.at(row));
        // A session keeps its address: most rows need no look into the set.
        if address != self.last_address {
            self.last_address = address;
            self.addresses.extend(address);
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

    fn done(mut self) -> Activity {
        self.activity.addresses = self.addresses.len();
        self.activity
    }
}

/// The code of a value; one that no row has where the value does not occur.
fn code_of(scene: Scene<'_>, column: ColumnId, value: &str) -> Code {
    scene.table.column(column).and_then(|column| column.dictionary.code(value)).unwrap_or(Code(u32::MAX))
}
