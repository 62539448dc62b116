//! The whole picture for one inquiry: how many, when, and how often each value.
//!
//! Over a million rows (WebAssembly, twelve facets): 2 to 8 ms for a changed filter, 23 to 130 when every facet looked for itself.

use std::sync::Arc;

use crate::ledger::Ledger;
use crate::protocol::Survey;
use crate::protocol::SurveyRequest;
use crate::query::activity::Activity;
use crate::query::activity::Busiest;
use crate::query::filter::Field;
use crate::query::inquiry::Inquiry;
use crate::query::scene::Scene;
use crate::query::tally::Tally;
use crate::query::timeline::Bins;
use crate::query::timeline::Timeline;
use crate::table::column::ColumnId;
use crate::table::predicate::TextMatch;
use crate::table::row_set::RowSet;
use crate::trail::arrange::arrange;
use crate::trail::time::TimeRange;

impl Ledger {
    pub(super) fn survey(&mut self, request: &SurveyRequest) -> Survey {
        let repeated = self.repeated_rows();
        let inquiry = &request.inquiry;
        let scene = Scene { table: &self.table, classes: &self.classes };
        let span = self.table.span();
        let matched = self.views.selections.select(&inquiry.predicate(), scene);
        // The timeline follows the filter, not the brushed range.
        let unbrushed = match inquiry.range {
            Some(_) => self.views.selections.select(&Inquiry { range: None, ..inquiry.clone() }.predicate(), scene),
            None => matched.clone(),
        };
        let counted = self.views.counted(scene, inquiry.deliveries);
        let timeline = request.window.or(span).map(|axis| {
            let bins = Bins::over(axis, request.bins as usize);
            let listed = self.views.listed(&unbrushed);
            let timeline = self.views.axis.timeline(scene, &listed, bins, request.stacked);
            let Some(counted) = &counted else { return timeline };
            // The ghost is of the rows that count.
            let listed = self.views.listed(counted);
            let all = self.views.axis.timeline(scene, &listed, bins, request.stacked);
            Timeline { ghost: (0..bins.count()).map(|bin| all.total(bin)).collect(), ..timeline }
        });
        let (own, shared): (Vec<ColumnId>, Vec<ColumnId>) = request.tallies.iter().partition(|column| inquiry.filter.concerns(**column));
        // Those that share the matched rows one after the other: their list is made once.
        let mut tallies: Vec<Tally> = shared.iter().chain(&own).map(|column| self.tally(*column, request, &matched)).collect();
        let place = |tally: &Tally| request.tallies.iter().position(|column| *column == tally.column);
        arrange(&mut tallies, |a, b| place(a).cmp(&place(b)));
        self.views.forget_lists();
        Survey {
            generation: self.progress.generation,
            total: counted.map_or(self.table.len() as u64, |counted| counted.count()),
            repeated,
            matched: matched.count(),
            span,
            timeline: timeline.unwrap_or_default(),
            tallies,
            files: self.files.values().filter(|file| file.has_rows).count() as u64,
            raw: self.raw_states(inquiry),
        }
    }

    /// A facet follows every filter but its own, so that the values not chosen keep their counts.
    fn tally(&mut self, column: ColumnId, request: &SurveyRequest, matched: &Arc<RowSet>) -> Tally {
        let scene = Scene { table: &self.table, classes: &self.classes };
        let clauses = &request.inquiry.filter.clauses;
        let own: Vec<_> = clauses.iter().filter(|clause| clause.field == Field::Column(column)).collect();
        let set = match own.is_empty() {
            true => matched.clone(),
            false => self.views.selections.select(&request.inquiry.predicate_without(Some(column)), scene),
        };
        let listed = self.views.listed(&set);
        let counts = self.views.totals(scene, column).of(scene, column, &listed);
        let totals = self.views.counted_totals(scene, column, request.inquiry.deliveries);
        let chosen: Vec<TextMatch> = own.iter().map(|clause| TextMatch::pattern(&clause.value)).collect();
        Tally::of(scene, column, &counts, &totals, request.most as usize, &chosen)
    }

    /// Does a part of what all surveys share; whether there is all of it. The first one after ten million rows takes a second.
    pub(super) fn prepare_survey(&mut self, request: &SurveyRequest, budget: usize) -> bool {
        if !self.count_once_in_steps(budget) {
            return false;
        }
        let scene = Scene { table: &self.table, classes: &self.classes };
        for column in &request.tallies {
            if !self.views.follow_totals(scene, *column, budget) {
                return false;
            }
        }
        let axis = request.window.or_else(|| scene.table.span());
        axis.is_none_or(|axis| self.views.axis.follow(scene, Bins::over(axis, request.bins as usize), request.stacked, budget))
    }

    /// Does a part of the looking for who did how much; whether that is known. Looked for once the survey is there, since it costs more
    /// than all the rest of it, and kept.
    pub(super) fn prepare_people(&mut self, inquiry: &Inquiry, window: Option<TimeRange>, budget: usize) -> bool {
        let scene = Scene { table: &self.table, classes: &self.classes };
        let rows = scene.table.len();
        let Some(axis) = inquiry.range.or(window).or_else(|| scene.table.span()) else { return true };
        let is_known = |known: &(Inquiry, Option<TimeRange>, usize, Busiest)| (&known.0, known.1, known.2) == (inquiry, Some(axis), rows);
        if !self.views.people.as_ref().is_some_and(is_known) {
            let matched = self.views.selections.select(&inquiry.predicate(), scene);
            let busiest = Busiest::of(scene, matched, Bins::over(axis, PEOPLE_BINS), MOST_PEOPLE);
            self.views.people = Some((inquiry.clone(), Some(axis), rows, busiest));
            return false;
        }
        self.views.people.as_mut().is_none_or(|(.., busiest)| busiest.step(scene, budget / DEAR + 1))
    }

    pub(super) fn people(&mut self, inquiry: &Inquiry, window: Option<TimeRange>) -> Vec<Activity> {
        while !self.prepare_people(inquiry, window, usize::MAX) {}
        self.views.people.as_ref().map(|(.., busiest)| busiest.people()).unwrap_or_default()
    }
}

/// Rows that one asks the busiest about take as long as so many comparisons of times.
const DEAR: usize = 4;
/// A sparkline of this many bars is as fine as its place on the screen.
const PEOPLE_BINS: usize = 60;
const MOST_PEOPLE: usize = 50;
