//! `cargo xtask bench`: the page beside its peers on one generated trail, one after the other in turns; medians and ratios.
//!
//! Nothing here is asserted about time: machines differ. What is asserted is that all have counted the same events.

mod machine;
mod order;
mod peers;
mod table;

use std::path::PathBuf;

use crate::Outcome;
use crate::files;
use crate::process;
use crate::sample;
use order::Form;
use order::Order;
use order::USAGE;
use peers::Bench;
use peers::Measured;
use table::Results;

/// `cargo xtask bench …`.
pub fn run(args: &[String]) -> Outcome {
    if args.iter().any(|arg| arg == "--help") {
        println!("{USAGE}");
        return Ok(());
    }
    let order = Order::parse(args)?;
    let results = measure(&order)?;
    match order.form {
        Form::Table => print!("{results}"),
        Form::Json => println!("{}", results.json()),
    }
    if order.writes { results.write(&process::root().join("docs/performance.md")) } else { Ok(()) }
}

/// For `cargo xtask test`.
pub fn smoke() -> Outcome {
    for order in Order::smoke() {
        print!("{}", measure(&order)?);
    }
    Ok(())
}

fn measure(order: &Order) -> Outcome<Results> {
    let folder = trail(order)?;
    let bench = Bench::prepare(order, folder.clone())?;
    let mut all: Vec<(usize, Measured)> = Vec::new();
    for run in 1..=order.runs {
        // In turns, so that a machine that grows warm or busy slows all of them.
        for (place, peer) in bench.peers.iter().enumerate() {
            eprintln!("run {run} of {}: {}", order.runs, peer.name());
            all.push((place, bench.run(*peer)?));
        }
    }
    let counted: Vec<u64> = all.iter().map(|(_, measured)| measured.events).collect();
    if let Some((place, measured)) = all.iter().find(|(_, measured)| measured.events != order.events) {
        return Err(format!(
            "{} counted {} events of {}: what is compared is not the same work. All counts: {counted:?}",
            bench.peers[*place].name(),
            measured.events,
            order.events
        ));
    }
    let scale = bench.scale(&order.rows)?;
    Ok(Results::of(order, &bench, &folder, all, scale))
}

/// The trail of this order, made once and kept below `target/bench`.
fn trail(order: &Order) -> Outcome<PathBuf> {
    let name = format!("{}-{}", order.profile, order.events);
    let below = process::root().join("target/bench");
    let (folder, whole) = (below.join(&name), below.join(format!("{name}.made")));
    if !whole.is_file() {
        let _ = std::fs::remove_dir_all(&folder); // the rest of one that was not finished, if there is one
        let (events, path) = (order.events.to_string(), folder.display().to_string());
        let words = ["--events", &events, "--profile", &order.profile, "--out", &path];
        eprintln!("{}", sample::bulk_trail(&words.map(str::to_owned))?);
        files::write(&whole, name)?;
    }
    Ok(folder)
}
