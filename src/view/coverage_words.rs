//! The words and shapes of the coverage: of a chain, of a state, of a cell of many hours.

use crate::integrity::bins::CoverageCell;
use crate::integrity::bins::CoverageMap;
use crate::integrity::judgement::WindowState;
use crate::screen::coverage_chart::Cell;
use crate::screen::coverage_chart::Strip;
use crate::screen::format;
use crate::trail::ids::ChainId;
use crate::trail::ids::ChainKind;
use crate::trail::time::DAY;
use crate::trail::time::HOUR;

/// `1111…3333 · eu-west-1`
pub(crate) fn chain_name(chain: &ChainId) -> String {
    let (account, rest) = chain_parts(chain);
    format!("{account} · {rest}")
}

/// Account and Region apart: where there is little room, the Region alone is shown.
pub(crate) fn chain_parts(chain: &ChainId) -> (String, String) {
    let backfill = if chain.kind == ChainKind::Backfill { " · backfill" } else { "" };
    let account = format::plain(&format::short_account(&chain.account)).into_owned();
    (account, format!("{}{backfill}", format::plain(&chain.region)))
}

/// All that tells a chain from another.
pub(crate) fn chain_title(chain: &ChainId) -> String {
    let backfill = if chain.kind == ChainKind::Backfill { ", backfill digests" } else { "" };
    let title = format!("{}, account {}, trail {} (home Region {}){backfill}", chain.region, chain.account, chain.trail, chain.home_region);
    format::plain(&title).into_owned()
}

/// The chains' cells as they are drawn.
pub(crate) fn strips(map: &CoverageMap) -> Vec<Strip> {
    let strip = |cells: &[CoverageCell]| Strip { cells: cells.iter().map(|cell| (cell.range, shape(cell.state))).collect() };
    map.rows.iter().map(|row| strip(&row.cells)).collect()
}

/// How a state is drawn.
pub(crate) fn shape(state: WindowState) -> Cell {
    match state {
        WindowState::Proven => Cell::Proven,
        WindowState::ProvenEmpty => Cell::Empty,
        WindowState::Unproven | WindowState::LeftOut => Cell::Unproven,
        WindowState::Invalid | WindowState::InvalidInside | WindowState::Missing => Cell::Broken,
        WindowState::Gap => Cell::Gap,
    }
}

/// What is known of a stretch, in words.
pub(crate) fn state_words(state: WindowState) -> &'static str {
    match state {
        WindowState::Proven => "proven",
        WindowState::ProvenEmpty => "proven, nothing was delivered",
        WindowState::LeftOut => "digest proven, logs of it are not in the pack",
        WindowState::Unproven => "not proven",
        WindowState::Invalid => "digest invalid",
        WindowState::InvalidInside => "digest proven, a log of it is not here as signed",
        WindowState::Missing => "digest not found",
        WindowState::Gap => "gap: no digest speaks for it",
    }
}

/// The class of its swatch.
pub(crate) fn state_class(state: WindowState) -> &'static str {
    match shape(state) {
        Cell::Proven => "valid",
        Cell::Empty => "empty",
        Cell::Unproven => "unproven",
        Cell::Broken => "invalid",
        Cell::Gap => "gap",
    }
}

/// `3 Mar 2026 00:00 – 4 Mar 2026 00:00 UTC: 22 h proven, 1 h not proven, 1 h gap; 130 log files, 1 of them not as signed`
pub(crate) fn cell_words(cell: &CoverageCell) -> String {
    let states = match cell.millis.as_slice() {
        [(state, _)] if cell.windows == 1 => state_words(*state).to_owned(),
        parts => {
            let part = |(state, millis): &(WindowState, i64)| format!("{} {}", format::length(*millis), state_words(*state));
            parts.iter().map(part).collect::<Vec<_>>().join("; ")
        }
    };
    let logs = if cell.logs > 0 { format!(", {}", format::counted(u64::from(cell.logs), "log file", "log files")) } else { String::new() };
    let bad = if cell.bad > 0 { format!(", {} of them not here as signed", format::count(u64::from(cell.bad))) } else { String::new() };
    format!("{}: {states}{logs}{bad}", format::dated_range(cell.range))
}

/// How much time one cell is.
pub(crate) fn grain_words(step: i64) -> String {
    match step {
        ..=HOUR => "one cell is one digest, mostly an hour".to_owned(),
        DAY => "one cell is a day".to_owned(),
        _ if step == 7 * DAY => "one cell is a week".to_owned(),
        _ if step % (7 * DAY) == 0 => format!("one cell is {} weeks", step / (7 * DAY)),
        _ if step % DAY == 0 => format!("one cell is {} days", step / DAY),
        _ => format!("one cell is {} hours", step / HOUR),
    }
}
