//! Desk: all that the page knows. Views read it and raise intents (`intents.rs`); answers land in it (`answers.rs`).

use std::sync::Arc;

use leptos::prelude::*;

use crate::export::parts::PackPlan;
use crate::integrity::bins::CoverageMap;
use crate::protocol::Detail;
use crate::protocol::FilesPage;
use crate::protocol::FilesRequest;
use crate::protocol::Problem;
use crate::protocol::Progress;
use crate::protocol::Proof;
use crate::protocol::Record;
use crate::protocol::Stretch;
use crate::protocol::Survey;
use crate::query::activity::Activity;
use crate::query::inquiry::Inquiry;
use crate::query::tally::Tally;
use crate::state::client::Client;
use crate::state::export::Exporting;
use crate::state::habits;
use crate::state::habits::Theme;
use crate::state::intake::Intake;
use crate::state::rows::RowCache;
use crate::table::column::ColumnId;
use crate::table::estimate::MEMORY;
use crate::trail::ids::ChainId;
use crate::trail::ids::RowId;
use crate::trail::time::TimeRange;

/// All signals of the page.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Whether the ledger runs.
    pub launch: RwSignal<Launch>,
    /// The page's end of the ledger, once it runs.
    pub client: RwSignal<Option<Client>, LocalStorage>,
    /// Where files go.
    pub intake: RwSignal<Option<Intake>, LocalStorage>,

    /// Which events, in which order.
    pub inquiry: RwSignal<Inquiry>,
    /// The range under the pointer while it is dragged.
    pub pointed: RwSignal<Option<TimeRange>>,
    /// Of these the one that the panels show or are asked for.
    pub brushed: RwSignal<Option<TimeRange>>,
    /// The stretch of time that the axis shows; `None`: all that is loaded.
    pub window: RwSignal<Option<TimeRange>>,
    /// By what the bars are stacked.
    pub stacked: RwSignal<ColumnId>,
    /// How many bars there is room for.
    pub bins: RwSignal<u32>,
    /// How many values of each facet are asked for.
    pub most: RwSignal<u32>,
    /// Which view lies in the middle.
    pub tab: RwSignal<Tab>,
    /// The table's columns, in their order.
    pub columns: RwSignal<Vec<ColumnId>>,
    /// The row whose detail is shown.
    pub selected: RwSignal<Option<RowId>>,
    /// Which files the integrity view lists, and from where on.
    pub files_asked: RwSignal<FilesRequest>,
    /// The stretch of time that the coverage map shows; `None`: all that digests speak for.
    pub map_view: RwSignal<Option<TimeRange>>,
    /// How many cells there is room for in it.
    pub map_cells: RwSignal<u32>,
    /// What is chosen in it: a stretch of time of these chains (of none: of all).
    pub chosen: RwSignal<Option<(TimeRange, Vec<ChainId>)>>,
    /// Colours.
    pub theme: RwSignal<Theme>,

    /// Walks under way, and files that the ledger has not yet acknowledged.
    pub arriving: RwSignal<u64>,
    /// How far reading has come.
    pub progress: RwSignal<Progress>,
    /// The first screen's picture.
    pub survey: RwSignal<Arc<Survey>>,
    /// The facets' counts, one signal each: a new survey renews them one after the other, a task of the page each.
    pub tallies: [RwSignal<Option<Arc<Tally>>>; FACETS.len()],
    /// What is proven.
    pub proof: RwSignal<Option<Arc<Proof>>>,
    /// The selected row.
    pub detail: RwSignal<Option<Arc<Detail>>>,
    /// Its raw JSON, or why there is none.
    pub record: RwSignal<Option<Arc<Result<Record, String>>>>,
    /// What could not be read.
    pub problems: RwSignal<Arc<Vec<Problem>>>,
    /// The files asked for: how many there are, and a page of them.
    pub files: RwSignal<Arc<FilesPage>>,
    /// The chains' hours on the axis of the charts.
    pub strip: RwSignal<Option<Arc<CoverageMap>>>,
    /// The same on the map's own axis.
    pub map: RwSignal<Option<Arc<CoverageMap>>>,
    /// What lies in the stretch that is chosen in the map.
    pub stretch: RwSignal<Option<Arc<Stretch>>>,
    /// The busiest identities, once they were asked for.
    pub people: RwSignal<Option<Arc<Vec<Activity>>>>,
    /// Whether the ledger is still sorting the rows that the table is to show.
    pub sorting: RwSignal<bool>,
    /// Pages of the table.
    pub rows: RowCache,
    /// Questions in flight, and those that are about to be asked.
    pub asking: RwSignal<u32>,
    /// What is being exported, and how far it has come.
    pub exporting: RwSignal<Option<Exporting>>,
    /// What an evidence pack of the present filter would hold, once somebody asks.
    pub pack_plan: RwSignal<Option<Arc<PackPlan>>>,
    /// Whether a load that may not fit into memory waits for a choice.
    pub is_asked: RwSignal<bool>,
    /// Bytes of memory that the ledger may take.
    pub limit: RwSignal<u64>,
    /// Which rows alone were wanted, in words; empty: all.
    pub kept: RwSignal<String>,
    /// The text that the raw JSON is being searched for.
    pub seeking: RwSignal<Option<String>>,
    /// How many stored bytes of how many have been searched.
    pub sought: RwSignal<Option<Exporting>>,
    /// A sentence for the one who just did something: what did not work.
    pub notice: RwSignal<Option<String>>,
}

/// Whether the ledger runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// Not yet.
    Starting,
    /// It said so.
    Ready,
    /// And why.
    Failed(String),
}

/// The views in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// The table of events.
    Events,
    /// Who did how much.
    Identities,
    /// What is proven.
    Integrity,
}

impl Desk {
    /// All signals, with nothing known yet. To be called once, at the root.
    #[must_use]
    pub fn new() -> Self {
        Self {
            launch: RwSignal::new(Launch::Starting),
            client: RwSignal::new_local(None),
            intake: RwSignal::new_local(None),
            inquiry: RwSignal::new(Inquiry::default()),
            pointed: RwSignal::new(None),
            brushed: RwSignal::new(None),
            window: RwSignal::new(None),
            stacked: RwSignal::new(ColumnId::Verdict),
            bins: RwSignal::new(300),
            most: RwSignal::new(FEW_VALUES),
            tab: RwSignal::new(Tab::Events),
            columns: RwSignal::new(habits::columns()),
            selected: RwSignal::new(None),
            files_asked: RwSignal::new(FilesRequest { count: FILES_PAGE, ..FilesRequest::default() }),
            map_view: RwSignal::new(None),
            map_cells: RwSignal::new(120),
            chosen: RwSignal::new(None),
            theme: RwSignal::new(habits::theme()),
            arriving: RwSignal::new(0),
            progress: RwSignal::new(Progress::default()),
            survey: RwSignal::new(Arc::default()),
            tallies: std::array::from_fn(|_| RwSignal::new(None)),
            proof: RwSignal::new(None),
            detail: RwSignal::new(None),
            record: RwSignal::new(None),
            problems: RwSignal::new(Arc::default()),
            files: RwSignal::new(Arc::default()),
            strip: RwSignal::new(None),
            map: RwSignal::new(None),
            stretch: RwSignal::new(None),
            people: RwSignal::new(None),
            sorting: RwSignal::new(false),
            rows: RowCache::new(),
            asking: RwSignal::new(0),
            exporting: RwSignal::new(None),
            pack_plan: RwSignal::new(None),
            is_asked: RwSignal::new(false),
            limit: RwSignal::new(MEMORY),
            kept: RwSignal::new(String::new()),
            seeking: RwSignal::new(None),
            sought: RwSignal::new(None),
            notice: RwSignal::new(None),
        }
    }

    /// A facet's counts; `None` for a column that has no facet.
    #[must_use]
    pub fn tally(&self, column: ColumnId) -> Option<RwSignal<Option<Arc<Tally>>>> {
        let at = FACETS.iter().position(|facet| *facet == column)?;
        self.tallies.get(at).copied()
    }

    /// Whether anything was opened: else the page says what it is for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.progress.with(|progress| progress.files == 0 && progress.problems == 0)
    }

    /// The stretch of time that the charts show: the window, else all events and all hours that digests speak for.
    #[must_use]
    pub fn axis(&self) -> Option<TimeRange> {
        self.window.get().or_else(|| self.whole())
    }

    /// All events and all hours that digests speak for.
    #[must_use]
    pub fn whole(&self) -> Option<TimeRange> {
        let events = self.survey.with(|survey| survey.span);
        let covered = self.proof.with(|proof| proof.as_ref().and_then(|proof| covered(proof)));
        match (events, covered) {
            (Some(a), Some(b)) => Some(TimeRange::new(a.start.min(b.start), a.end.max(b.end))),
            (one, other) => one.or(other),
        }
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

fn covered(proof: &Proof) -> Option<TimeRange> {
    let spans = || proof.chains.iter().filter_map(|chain| chain.span);
    let start = spans().map(|span| span.start).min()?;
    let end = spans().map(|span| span.end).max()?;
    (start < end).then_some(TimeRange::new(start, end))
}

/// Files on one page of the list.
pub const FILES_PAGE: u32 = 100;
/// Values of a facet that are asked for at first: what is shown, and enough for completion.
pub const FEW_VALUES: u32 = 40;
/// Values of a facet once one has been opened.
pub const MANY_VALUES: u32 = 200;

/// The columns whose values are counted beside the table.
pub const FACETS: [ColumnId; 12] = [
    ColumnId::Verdict,
    ColumnId::UserName,
    ColumnId::EventName,
    ColumnId::EventSource,
    ColumnId::Outcome,
    ColumnId::ErrorCode,
    ColumnId::AwsRegion,
    ColumnId::RecipientAccountId,
    ColumnId::SourceIpAddress,
    ColumnId::EventCategory,
    ColumnId::ReadOnly,
    ColumnId::AccessKeyId,
];
