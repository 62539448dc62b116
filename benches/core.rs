//! The hot paths one by one, natively: `cargo bench --bench core`, or `cargo bench --bench core -- survey` for some of them.
//! What a person feels is measured in the page, by `cargo xtask bench`.
#![allow(missing_docs)]

mod support;

use divan::Bencher;
use divan::black_box;
use divan::counter::BytesCount;
use divan::counter::ItemsCount;
use trailseal::integrity::content::Hasher;
use trailseal::integrity::signature::check;
use trailseal::ledger::Ledger;
use trailseal::protocol::Question;
use trailseal::protocol::RawFile;
use trailseal::protocol::ReadReport;
use trailseal::protocol::SurveyRequest;
use trailseal::query::filter::Filter;
use trailseal::query::inquiry::Inquiry;
use trailseal::query::order::SortBy;
use trailseal::query::scene::FileClasses;
use trailseal::query::scene::Scene;
use trailseal::query::select::select;
use trailseal::query::sorting::Sorting;
use trailseal::reader::Searcher;
use trailseal::table::batch::EventBatch;
use trailseal::table::column::ColumnId;
use trailseal::trail::event::EventRecord;
use trailseal::trail::ids::FileId;
use trailseal::trail::records::Records;

fn main() {
    divan::main();
}

const SIZES: [usize; 2] = [100_000, 1_000_000];

mod reader {
    use super::*;

    /// From stored bytes to rows and facts: all of what follows, together.
    #[divan::bench]
    fn whole(bencher: Bencher<'_, '_>) {
        counted(bencher).bench(|| black_box(support::rows()));
    }

    #[divan::bench]
    fn inflate_and_hash(bencher: Bencher<'_, '_>) {
        counted(bencher).bench(|| support::logs().iter().map(|file| support::inflated(&file.stored).len()).sum::<usize>());
    }

    #[divan::bench]
    fn cut_into_records(bencher: Bencher<'_, '_>) {
        counted(bencher).bench(|| support::logs().iter().map(|file| records(&file.content, |_| ())).sum::<usize>());
    }

    #[divan::bench]
    fn cut_and_parse_records(bencher: Bencher<'_, '_>) {
        let parse = |json: &[u8]| drop(black_box(EventRecord::parse(json).map(|record| record.is_event())));
        counted(bencher).bench(|| support::logs().iter().map(|file| records(&file.content, parse)).sum::<usize>());
    }

    /// A text that stands nowhere, one that stands in every record.
    #[divan::bench(args = ["exfil-zone-7", "203.0.113.77", "amazonaws.com"])]
    fn search_raw(bencher: Bencher<'_, '_>, text: &str) {
        let places = |content: &[u8]| {
            let (mut places, mut records) = (Vec::new(), Records::default());
            records.push(content, &mut |piece| places.push((piece.offset, 0)));
            places
        };
        let file = |content: &[u8]| RawFile { id: FileId(0), size: 0, taken: 0, sha256: None, places: places(content) };
        let files: Vec<RawFile> = support::logs().iter().map(|log| file(&log.content)).collect();
        counted(bencher).bench(|| {
            let mut searcher = Searcher::new(text);
            let search = |(file, log): (&RawFile, &support::SampleFile)| {
                searcher.open(file, Hasher::Nobody);
                searcher.push(&log.stored);
                searcher.close(&mut |_| true).0.rows.len()
            };
            files.iter().zip(support::logs()).map(search).sum::<usize>()
        });
    }

    fn records(content: &[u8], each: impl Fn(&[u8])) -> usize {
        let (mut records, mut many) = (Records::default(), 0);
        records.push(content, &mut |piece| {
            many += 1;
            each(piece.json);
        });
        black_box(records.finish());
        many
    }

    fn counted<'a, 'b>(bencher: Bencher<'a, 'b>) -> Bencher<'a, 'b> {
        let bytes: usize = support::logs().iter().map(|file| file.content.len()).sum();
        bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(support::rows().len()))
    }
}

mod signature {
    use super::*;

    /// One RSA check after the other, as a reader does them.
    #[divan::bench]
    fn verify(bencher: Bencher<'_, '_>) {
        let checks = support::checks();
        assert!(!checks.is_empty(), "the sample's digests are signed");
        bencher.counter(ItemsCount::new(checks.len())).bench(|| checks.iter().map(check).map(|outcome| outcome.id).max());
    }
}

mod table {
    use super::*;

    #[divan::bench(args = SIZES)]
    fn append(bencher: Bencher<'_, '_>, rows: usize) {
        bencher.counter(ItemsCount::new(rows)).bench(|| support::table(rows));
    }

    /// From one machine to the other, as a reader's rows reach the ledger.
    #[divan::bench]
    fn to_bytes_and_back(bencher: Bencher<'_, '_>) {
        let batch = support::rows();
        bencher.counter(ItemsCount::new(batch.len())).bench(|| EventBatch::from_bytes(&batch.to_bytes()).map(|batch| batch.len()));
    }
}

mod survey {
    use super::*;

    #[divan::bench(args = SIZES)]
    fn everything(bencher: Bencher<'_, '_>, rows: usize) {
        ask(bencher, rows, "");
    }

    #[divan::bench(args = SIZES)]
    fn one_value(bencher: Bencher<'_, '_>, rows: usize) {
        ask(bencher, rows, "eventName:AssumeRole");
    }

    #[divan::bench(args = SIZES)]
    fn text(bencher: Bencher<'_, '_>, rows: usize) {
        ask(bencher, rows, "delete");
    }

    #[divan::bench(args = SIZES)]
    fn select_alone(bencher: Bencher<'_, '_>, rows: usize) {
        let (table, classes) = (support::table(rows), FileClasses::default());
        let predicate = Filter::parse("eventName:AssumeRole -awsRegion:us-east-1").predicate();
        bencher.bench(|| select(&predicate, Scene { table: &table, classes: &classes }).count());
    }

    fn ask(bencher: Bencher<'_, '_>, rows: usize, filter: &str) {
        let mut ledger = Ledger::default();
        let batch = support::rows();
        for _ in 0..rows.div_ceil(batch.len()) {
            ledger.admit(ReadReport::default(), batch.clone());
        }
        let request = SurveyRequest {
            inquiry: Inquiry { filter: Filter::parse(filter), ..Inquiry::default() },
            window: None,
            stacked: ColumnId::Verdict,
            bins: 240,
            tallies: TALLIES.to_vec(),
            most: 12,
        };
        bencher.bench_local(|| ledger.answer(0, Question::Survey(request.clone())));
    }

    const TALLIES: [ColumnId; 6] =
        [ColumnId::Verdict, ColumnId::UserName, ColumnId::EventName, ColumnId::EventSource, ColumnId::ErrorCode, ColumnId::SourceIpAddress];
}

mod sort {
    use super::*;

    #[divan::bench(args = SIZES)]
    fn by_time(bencher: Bencher<'_, '_>, rows: usize) {
        sorted(bencher, rows, SortBy::Time);
    }

    #[divan::bench(args = SIZES)]
    fn by_name(bencher: Bencher<'_, '_>, rows: usize) {
        sorted(bencher, rows, SortBy::Column(ColumnId::EventName));
    }

    fn sorted(bencher: Bencher<'_, '_>, rows: usize, by: SortBy) {
        let (table, classes) = (support::table(rows), FileClasses::default());
        bencher.counter(ItemsCount::new(table.len())).bench(|| {
            let mut sorting = Sorting::default();
            while !sorting.step(Scene { table: &table, classes: &classes }, by, usize::MAX) {}
            sorting.order(by).map(<[u32]>::len)
        });
    }
}
