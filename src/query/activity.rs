//! Who did how much when: the busiest identities with their activity over time.

use serde::Deserialize;
use serde::Serialize;

use crate::query::scene::Scene;
use crate::query::tally::histogram;
use crate::query::timeline::Bins;
use crate::table::column::ColumnId;
use crate::table::row_set::RowSet;
use crate::trail::arrange::arrange;
use crate::trail::event::Outcome;
use crate::trail::ids::RowId;
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
    let counts = histogram(scene, ColumnId::UserName, set);
    let mut codes: Vec<u32> = (0..).zip(&counts).filter(|(_, count)| **count > 0).map(|(code, _)| code).collect();
    arrange(&mut codes, |a, b| counts[*b as usize].cmp(&counts[*a as usize]).then(a.cmp(b)));
    codes.truncate(most);
    let mut place = vec![usize::MAX; counts.len()];
    codes.iter().enumerate().for_each(|(at, code)| place[*code as usize] = at);
    let mut people: Vec<Tracker> = codes.iter().map(|code| Tracker::new(scene.value(ColumnId::UserName, *code), bins)).collect();
    let success = success_code(scene);
    let write = code_of(scene, ColumnId::ReadOnly, "false");
    for row in set.iter() {
        let at = place[scene.code(ColumnId::UserName, row.index()) as usize];
        if let Some(person) = people.get_mut(at) {
            person.see(scene, row, bins, success, write);
        }
    }
    people.into_iter().map(Tracker::done).collect()
}

struct Tracker {
    activity: Activity,
    addresses: std::collections::HashSet<u32>,
}

impl Tracker {
    fn new(name: &str, bins: Bins) -> Self {
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
            bins: vec![0; bins.count()],
        };
        Self { activity, addresses: std::collections::HashSet::new() }
    }

    fn see(&mut self, scene: Scene<'_>, row: RowId, bins: Bins, success: u32, write: u32) {
        let at = row.index();
        self.activity.events += 1;
        self.activity.failures += u64::from(scene.code(ColumnId::Outcome, at) != success);
        self.activity.writes += u64::from(scene.code(ColumnId::ReadOnly, at) == write);
        self.addresses.insert(scene.code(ColumnId::SourceIpAddress, at));
        if self.activity.kind.is_empty() {
            self.activity.kind = scene.value(ColumnId::UserIdentityType, scene.code(ColumnId::UserIdentityType, at)).to_owned();
        }
        if let Some(time) = scene.table.time(row) {
            self.activity.first = self.activity.first.min(time);
            self.activity.last = self.activity.last.max(time);
            if let Some(bin) = bins.of(time) {
                self.activity.bins[bin] += 1;
            }
        }
    }

    fn done(mut self) -> Activity {
        self.activity.addresses = self.addresses.len();
        self.activity
    }
}

fn success_code(scene: Scene<'_>) -> u32 {
    code_of(scene, ColumnId::Outcome, Outcome::Success.word())
}

/// The code of a value; one that no row has where the value does not occur.
fn code_of(scene: Scene<'_>, column: ColumnId, value: &str) -> u32 {
    scene.table.column(column).and_then(|column| column.dictionary.code(value)).map_or(u32::MAX, |code| code.0)
}
