//! Every fast path over the columns gives what the obvious loop over the records gives.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use trailseal::query::activity::busiest;
use trailseal::query::arrangement::Arrangement;
use trailseal::query::filter::Clause;
use trailseal::query::filter::Field;
use trailseal::query::filter::Filter;
use trailseal::query::filter::Sense;
use trailseal::query::inquiry::Deliveries;
use trailseal::query::inquiry::Inquiry;
use trailseal::query::order::Direction;
use trailseal::query::order::SortBy;
use trailseal::query::scene::FileClasses;
use trailseal::query::scene::Scene;
use trailseal::query::select::Selections;
use trailseal::query::select::select;
use trailseal::query::sorting::Sorting;
use trailseal::query::tally::Tally;
use trailseal::query::tally::Totals;
use trailseal::query::timeline::Axis;
use trailseal::query::timeline::Bins;
use trailseal::table::batch::BatchBuilder;
use trailseal::table::column::ColumnId;
use trailseal::table::event_table::EventTable;
use trailseal::table::predicate::Predicate;
use trailseal::table::predicate::TextMatch;
use trailseal::table::row_set::RowSet;
use trailseal::trail::event::EventRecord;
use trailseal::trail::ids::FileId;
use trailseal::trail::time::TimeRange;
use trailseal::trail::time::Timestamp;

/// One row as a person would write it down.
#[derive(Clone, Debug)]
struct Plain {
    time: Option<i64>,
    name: String,
    user: String,
    region: String,
    error: String,
    id: String,
    file: u32,
}

impl Plain {
    fn cell(&self, column: ColumnId, classes: &FileClasses) -> String {
        match column {
            ColumnId::EventName => self.name.clone(),
            ColumnId::UserName => self.user.clone(),
            ColumnId::AwsRegion => self.region.clone(),
            ColumnId::ErrorCode => self.error.clone(),
            ColumnId::Outcome if self.error.is_empty() => "Success".to_owned(),
            ColumnId::Outcome if self.error.contains("Denied") => "Denied".to_owned(),
            ColumnId::Outcome => "Failure".to_owned(),
            ColumnId::Verdict => classes.names[usize::from(classes.of_file[self.file as usize])].clone(),
            ColumnId::UserIdentityType => "IAMUser".to_owned(),
            _ => String::new(),
        }
    }

    fn holds(&self, predicate: &Predicate, classes: &FileClasses) -> bool {
        match predicate {
            Predicate::All(parts) => parts.iter().all(|part| self.holds(part, classes)),
            Predicate::Any(parts) => parts.iter().any(|part| self.holds(part, classes)),
            Predicate::Not(part) => !self.holds(part, classes),
            Predicate::Cell(column, text) => text.holds(&self.cell(*column, classes)),
            Predicate::AnyCell(text) => {
                let is_id =
                    matches!(text, TextMatch::Contains(id) | TextMatch::Is(id) if !id.is_empty() && id.to_ascii_lowercase() == self.id);
                is_id || ColumnId::STORED.iter().any(|column| text.holds(&self.cell(*column, classes)))
            }
            Predicate::Time(range) => self.time.is_some_and(|time| range.contains(Timestamp(time))),
            // Nobody has asked for it here: tests/once.rs does.
            Predicate::CountedOnce => true,
            // Nor for this: tests/deep.rs does.
            Predicate::Raw(_) => false,
        }
    }
}

/// The same rows in columns, in batches of three.
fn table(rows: &[Plain]) -> EventTable {
    let mut table = EventTable::default();
    for some in rows.chunks(3) {
        let mut builder = BatchBuilder::default();
        for row in some {
            let json = serde_json::json!({
                "eventName": row.name, "awsRegion": row.region, "errorCode": row.error, "eventID": row.id,
                "userIdentity": {"type": "IAMUser", "userName": row.user},
            });
            let json = json.to_string();
            let mut record = EventRecord::parse(json.as_bytes()).unwrap();
            record.event_time = row.time.map(Timestamp);
            builder.push(FileId(row.file), 0, &record);
        }
        table.append(&builder.finish());
    }
    table
}

/// The rows in the table's own order: sorted by time inside each batch, rows without a time first.
fn in_table_order(rows: &[Plain]) -> Vec<Plain> {
    rows.chunks(3)
        .flat_map(|some| {
            let mut some = some.to_vec();
            some.sort_by_key(|row| row.time.unwrap_or(i64::MIN));
            some
        })
        .collect()
}

fn row() -> impl Strategy<Value = Plain> {
    let time = prop_oneof![9 => (0i64..400).prop_map(|second| Some(second * 1000)), 1 => Just(None)];
    (
        time,
        "[AB][a-c]",
        "[a-c]{0,2}",
        "(us|eu)-[12]",
        prop_oneof![Just(String::new()), Just("AccessDenied".to_owned()), Just("Oops".to_owned())],
        "id[0-9]",
        0u32..4,
    )
        .prop_map(|(time, name, user, region, error, id, file)| Plain {
            time,
            name,
            user: if user.is_empty() { "x".to_owned() } else { user },
            region,
            error,
            id,
            file,
        })
}

fn clause() -> impl Strategy<Value = Clause> {
    let field = prop::sample::select(vec![
        Field::Column(ColumnId::EventName),
        Field::Column(ColumnId::UserName),
        Field::Column(ColumnId::ErrorCode),
        Field::Column(ColumnId::Outcome),
        Field::Column(ColumnId::Verdict),
        Field::Text,
        Field::EventId,
    ]);
    let value = prop_oneof![
        "[AB][a-c]",
        "[a-c*]{1,3}",
        Just("*".to_owned()),
        Just("valid".to_owned()),
        Just("denied".to_owned()),
        "id[0-9]",
        "(us|eu)*"
    ];
    let sense = prop_oneof![2 => Just(Sense::Include), 1 => Just(Sense::Exclude)];
    (field, value, sense).prop_map(|(field, value, sense)| Clause { field, value, sense })
}

fn inquiry() -> impl Strategy<Value = Inquiry> {
    let range = prop::option::of(
        (0i64..400, 1i64..300).prop_map(|(start, length)| TimeRange::new(Timestamp(start * 1000), Timestamp((start + length) * 1000))),
    );
    (prop::collection::vec(clause(), 0..4), range).prop_map(|(clauses, range)| Inquiry {
        filter: Filter { clauses },
        range,
        ..Inquiry::default()
    })
}

fn classes(table: &EventTable) -> FileClasses {
    let mut classes = FileClasses::default();
    classes.renew(vec![0, 1, 2, 1], ["pending", "valid", "invalid"].map(str::to_owned).to_vec());
    classes.follow(table);
    classes
}

/// Sorted in steps of that budget.
fn sorted(sorting: &mut Sorting, scene: Scene<'_>, by: SortBy, budget: usize) -> Vec<u32> {
    let budget = if budget > 40 { usize::MAX } else { budget };
    while !sorting.is_there(scene, by) {
        sorting.step(scene, by, budget);
    }
    sorting.order(by).unwrap().to_vec()
}

proptest! {
    #[test]
    fn the_rows_selected_are_those_a_loop_selects(rows in prop::collection::vec(row(), 0..150), inquiry in inquiry()) {
        let (table, plain) = (table(&rows), in_table_order(&rows));
        let classes = classes(&table);
        let scene = Scene { table: &table, classes: &classes };
        let predicate = inquiry.predicate();
        let set = select(&predicate, scene);
        let expected: Vec<u32> = (0..).zip(&plain).filter(|(_, row)| row.holds(&predicate, &classes)).map(|(at, _)| at).collect();
        prop_assert_eq!(set.iter().map(|row| row.0).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn tallies_timelines_and_people_count_what_is_there(rows in prop::collection::vec(row(), 1..150), inquiry in inquiry(), most in 1usize..6) {
        let (table, plain) = (table(&rows), in_table_order(&rows));
        let classes = classes(&table);
        let scene = Scene { table: &table, classes: &classes };
        let predicate = inquiry.predicate();
        let set = select(&predicate, scene);
        let chosen: Vec<&Plain> = plain.iter().filter(|row| row.holds(&predicate, &classes)).collect();
        for column in [ColumnId::EventName, ColumnId::UserName, ColumnId::Verdict, ColumnId::Outcome] {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            chosen.iter().for_each(|row| *counts.entry(row.cell(column, &classes)).or_default() += 1);
            let mut totals = Totals::default();
            totals.follow(scene, column, table.len(), usize::MAX);
            let found = totals.of(scene, column, &set.listed());
            let tally = Tally::of(scene, column, &found, totals.counts(), most, &[]);
            let mut expected: Vec<(String, u64)> = counts.clone().into_iter().collect();
            expected.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            expected.truncate(most);
            prop_assert_eq!(tally.distinct, counts.len());
            prop_assert_eq!(tally.values.iter().map(|value| (value.value.clone(), value.count)).collect::<Vec<_>>(), expected);
            for value in &tally.values {
                prop_assert_eq!(value.total, plain.iter().filter(|row| row.cell(column, &classes) == value.value).count() as u64);
            }
        }
        let bins = Bins::over(TimeRange::new(Timestamp(0), Timestamp(400_000)), 40);
        let timeline = Axis::default().timeline(scene, &set.listed(), bins, ColumnId::Outcome);
        let timed = chosen.iter().filter(|row| row.time.is_some()).count() as u32;
        prop_assert_eq!((0..bins.count()).map(|bin| timeline.total(bin)).sum::<u32>(), timed);
        prop_assert_eq!(timeline.ghost.iter().sum::<u32>() as usize, plain.iter().filter(|row| row.time.is_some()).count());
        for stack in &timeline.stacks {
            let expected = chosen.iter().filter(|row| row.time.is_some() && row.cell(ColumnId::Outcome, &classes) == stack.name).count();
            prop_assert_eq!(stack.counts.iter().sum::<u32>() as usize, expected);
        }
        let people = busiest(scene, &Arc::new(set), bins, 100);
        prop_assert_eq!(people.iter().map(|person| person.events).sum::<u64>() as usize, chosen.len());
        for person in &people {
            prop_assert_eq!(person.failures as usize, chosen.iter().filter(|row| row.user == person.name && !row.error.is_empty()).count());
        }
    }

    #[test]
    fn an_order_is_the_stable_sort_of_the_rows(rows in prop::collection::vec(row(), 0..120), inquiry in inquiry(), by_name in any::<bool>(), budget in 1usize..50, start in 0usize..130, count in 0usize..130) {
        let (table, plain) = (table(&rows), in_table_order(&rows));
        let classes = classes(&table);
        let scene = Scene { table: &table, classes: &classes };
        let by = if by_name { SortBy::Column(ColumnId::EventName) } else { SortBy::Time };
        let mut expected: Vec<usize> = (0..plain.len()).collect();
        expected.sort_by_key(|at| (by_name.then(|| plain[*at].name.to_lowercase()), plain[*at].time.unwrap_or(i64::MIN)));
        let predicate = inquiry.predicate();
        expected.retain(|at| plain[*at].holds(&predicate, &classes));
        let set = select(&predicate, scene);
        let order = sorted(&mut Sorting::default(), scene, by, budget);
        let places = Arrangement::new(&order, &set);
        prop_assert_eq!(places.matched(), expected.len());
        let slice = |direction, start, count| places.slice(&order, &set, direction, start, count).iter().map(|row| row.index()).collect::<Vec<_>>();
        prop_assert_eq!(slice(Direction::Ascending, 0, usize::MAX), expected.clone());
        let some = |rows: &[usize]| rows.iter().copied().skip(start).take(count).collect::<Vec<_>>();
        prop_assert_eq!(slice(Direction::Ascending, start, count), some(&expected));
        expected.reverse();
        prop_assert_eq!(slice(Direction::Descending, 0, usize::MAX), expected.clone());
        prop_assert_eq!(slice(Direction::Descending, start, count), some(&expected));
    }

    /// What is kept between questions changes no answer: whatever was asked before, however the table has grown, whatever was judged anew.
    #[test]
    fn what_is_kept_is_what_would_be_found_anew(rows in prop::collection::vec(row(), 1..120), asked in prop::collection::vec((inquiry(), 0..4usize, 0..3usize), 1..8), first in 0..40usize, judged in 0u8..3, budget in 1..60usize) {
        let (mut selections, mut axis, mut sorting) = (Selections::default(), Axis::default(), Sorting::default());
        let columns = [ColumnId::EventName, ColumnId::Verdict, ColumnId::Outcome, ColumnId::UserName];
        let mut totals = columns.map(|_| Totals::default());
        let mut classes = FileClasses::default();
        let names = ["pending", "valid", "invalid"].map(str::to_owned).to_vec();
        for (at, (inquiry, column, zoom)) in asked.iter().enumerate() {
            // The table grows by whole batches from question to question; half-way through, files are judged anew.
            let upto = (((first + at * 30) / 3 + 1) * 3).min(rows.len());
            let (table, plain) = (table(&rows[..upto]), in_table_order(&rows[..upto]));
            let of_file = if at < asked.len() / 2 { vec![0, 1, 2, 1] } else { vec![judged, 1, 0] };
            if classes.renew(of_file, names.clone()) {
                selections.forget_classes();
                axis.forget_classes();
                sorting.forget_classes();
                totals[1] = Totals::default();
            }
            classes.follow(&table);
            // Other rows count from question to question, as another verdict may choose them.
            let mut once = RowSet::none(table.len());
            (0..table.len()).filter(|row| (row + at) % 3 > 0).for_each(|row| once.insert(row));
            classes.once = Some(Arc::new(once.clone()));
            let scene = Scene { table: &table, classes: &classes };
            let deliveries = if *zoom == 1 { Deliveries::Once } else { Deliveries::Every };
            let predicate = Inquiry { deliveries, ..inquiry.clone() }.predicate();
            let set = selections.select(&predicate, scene);
            let mut expected = select(&inquiry.predicate(), scene);
            if deliveries == Deliveries::Once {
                expected.and(&once);
            }
            prop_assert_eq!(&*set, &expected);
            let id = columns[*column];
            totals[*column].follow(scene, id, table.len(), usize::MAX);
            let class = |row: usize| classes.of_file.get(plain[row].file as usize).map_or("", |class| names[usize::from(*class)].as_str());
            let cell = |row: usize| if id == ColumnId::Verdict { if class(row).is_empty() { "pending" } else { class(row) } } else { scene.value(id, scene.code(id, row)) };
            for (code, count) in totals[*column].of(scene, id, &set.listed()).iter().enumerate() {
                let expected = set.iter().filter(|row| cell(row.index()) == scene.value(id, code as u32)).count();
                prop_assert_eq!(*count as usize, expected);
            }
            let bins = Bins::over(TimeRange::new(Timestamp(*zoom as i64 * 50_000), Timestamp(400_000)), 40);
            let timeline = axis.timeline(scene, &set.listed(), bins, id);
            prop_assert_eq!(&timeline, &Axis::default().timeline(scene, &set.listed(), bins, id));
            for stack in &timeline.stacks {
                for (bin, count) in stack.counts.iter().enumerate() {
                    let here = |row: usize| plain[row].time.and_then(|time| bins.of(Timestamp(time))) == Some(bin);
                    prop_assert_eq!(*count as usize, set.iter().filter(|row| cell(row.index()) == stack.name && here(row.index())).count());
                }
            }
            let by = if *zoom == 0 { SortBy::Time } else { SortBy::Column(id) };
            let mut expected: Vec<u32> = (0..table.len() as u32).collect();
            expected.sort_by_key(|row| ((*zoom > 0).then(|| cell(*row as usize).to_ascii_lowercase()), plain[*row as usize].time.unwrap_or(i64::MIN)));
            // Sometimes another order is asked before this one is done.
            if budget % 2 == 0 {
                sorting.step(scene, SortBy::Column(ColumnId::AwsRegion), budget);
            }
            prop_assert_eq!(sorted(&mut sorting, scene, by, budget), expected);
        }
    }
}
