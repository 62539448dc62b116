//! The charts as SVG: what is drawn for given numbers, mark by mark.

use plotters::prelude::IntoDrawingArea;
use plotters::prelude::SVGBackend;
use trailseal::query::timeline::Stack;
use trailseal::query::timeline::Timeline;
use trailseal::screen::Palette;
use trailseal::screen::activity_chart;
use trailseal::screen::coverage_chart;
use trailseal::screen::coverage_chart::Cell;
use trailseal::screen::coverage_chart::Strip;
use trailseal::screen::timeline_chart;
use trailseal::trail::time::HOUR;
use trailseal::trail::time::TimeRange;
use trailseal::trail::time::Timestamp;

#[test]
fn a_timeline_stacks_what_needs_attention_at_the_bottom() {
    insta::assert_snapshot!(timeline(&[("valid", &[4, 2, 0]), ("invalid", &[0, 1, 0])], &[4, 3, 2]));
}

#[test]
fn a_handful_among_thousands_is_still_seen() {
    let drawn = timeline(&[("Failure", &[0, 1, 0])], &[4000, 3000, 10]);
    let heights: Vec<i32> = rectangles(&drawn, "#FF0000").iter().map(|(_, height)| *height).collect();
    assert_eq!(heights, [2], "two pixels, however few\n{drawn}");
    let ghosts: Vec<i32> = rectangles(&drawn, "#CCCCCC").iter().map(|(_, height)| *height).collect();
    assert!(ghosts[0] > ghosts[1] && ghosts[1] > ghosts[2], "higher stays more: {ghosts:?}");
}

#[test]
fn a_timeline_out_of_sight_is_not_drawn() {
    let timeline = Timeline { start: hour(100), step: HOUR, stacks: Vec::new(), ghost: vec![1, 2] };
    assert_eq!(
        rectangles(&svg((300, 100), |area| timeline_chart::draw(area, &timeline, axis(3), &palette()).expect("drawn")), "").len(),
        0
    );
}

#[test]
fn coverage_shows_each_state_in_its_own_way() {
    let states = [Cell::Proven, Cell::Empty, Cell::Gap, Cell::Unproven, Cell::Broken];
    let cells = (0..).zip(states).map(|(at, cell)| (TimeRange::new(hour(at), hour(at + 1)), cell)).collect();
    insta::assert_snapshot!(coverage(&Strip { cells }, 6, 300));
}

#[test]
fn ten_thousand_windows_cost_no_more_marks_than_there_are_pixels() {
    let cell = |at: i64| if at == 5000 { Cell::Broken } else { Cell::Proven };
    let cells = (0..10_000).map(|at| (TimeRange::new(hour(at), hour(at + 1)), cell(at))).collect();
    let drawn = coverage(&Strip { cells }, 10_000, 200);
    assert_eq!(rectangles(&drawn, "#FF0000").len(), 1, "one broken hour among years is seen");
    assert!(rectangles(&drawn, "").len() < 10, "equal neighbours are one mark");
}

#[test]
fn activity_is_drawn_in_as_many_bars_as_have_room() {
    let bins: Vec<u32> = (0..1000).map(|at| u32::from(at % 100 == 0)).collect();
    let drawn = svg((60, 20), |area| activity_chart::draw(area, &bins, &palette()).expect("drawn"));
    assert_eq!(rectangles(&drawn, "").len(), 10);
}

fn timeline(stacks: &[(&str, &[u32])], ghost: &[u32]) -> String {
    let stacks = stacks.iter().map(|(name, counts)| Stack { name: (*name).to_owned(), counts: counts.to_vec() }).collect();
    let timeline = Timeline { start: hour(0), step: HOUR, stacks, ghost: ghost.to_vec() };
    svg((300, 101), |area| timeline_chart::draw(area, &timeline, axis(3), &palette()).expect("drawn"))
}

fn coverage(strip: &Strip, hours: i64, width: u32) -> String {
    svg((width, 14), |area| coverage_chart::draw(area, std::slice::from_ref(strip), axis(hours), (14.0, 9.0), &palette()).expect("drawn"))
}

fn svg(size: (u32, u32), draw: impl FnOnce(&plotters::drawing::DrawingArea<SVGBackend<'_>, plotters::coord::Shift>)) -> String {
    let mut text = String::new();
    draw(&SVGBackend::with_string(&mut text, size).into_drawing_area());
    text
}

/// Left edge and height of every rectangle of a colour; of every colour, where none is named.
fn rectangles(svg: &str, colour: &str) -> Vec<(i32, i32)> {
    let number = |line: &str, name: &str| {
        let text = line.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        text.and_then(|text| text.parse().ok()).expect("a rectangle has its numbers")
    };
    let lines = svg.lines().filter(|line| line.starts_with("<rect") && line.contains(colour));
    lines.map(|line| (number(line, "x"), number(line, "height"))).collect()
}

fn palette() -> Palette {
    let colour = |name: &str| match name {
        "--proven" => "#00ff00",
        "--empty" => "#aaffaa",
        "--invalid" | "--fail" => "#ff0000",
        "--unproven" => "#ffaa00",
        "--ghost" => "#cccccc",
        "--line-2" => "#eeeeee",
        _ => "#0000ff",
    };
    Palette::from_tokens(|name| colour(name).to_owned(), 1.0)
}

fn axis(hours: i64) -> TimeRange {
    TimeRange::new(hour(0), hour(hours))
}

fn hour(at: i64) -> Timestamp {
    Timestamp(at * HOUR)
}
