//! `cargo xtask compare-aws`: the AWS CLI's `validate-logs` and `trailseal verify` on the same buckets, file by file.
//!
//! Each bucket is made here, served on this machine as S3 and CloudTrail to the unmodified CLI, and laid into a folder for Trailseal.
//! Where the two differ, the reason is known and told; a difference without a reason, or a reason without its difference, is a failure.

mod aws;
mod bucket;
mod ours;
mod scene;
mod scenes;
mod server;
mod table;
mod why;

use std::path::Path;

use crate::Outcome;
use crate::process;
use crate::python::Package;
use bucket::Bucket;
use scene::Scene;
use scenes::SCENES;
use table::Table;

/// Newer versions may say other things: the reasons below are those of this one.
const AWS_CLI: Package<'_> = Package { name: "awscli", version: "1.46.2", why: "its validate-logs is what Trailseal is compared with" };

/// `cargo xtask compare-aws [NAME…]`.
pub fn run(args: &[String]) -> Outcome {
    let wanted = |scene: &&Scene| args.is_empty() || args.iter().any(|arg| arg == scene.name);
    if let Some(unknown) = args.iter().find(|arg| SCENES.iter().all(|scene| scene.name != **arg)) {
        let names: Vec<&str> = SCENES.iter().map(|scene| scene.name).collect();
        return Err(format!("There is no bucket `{unknown}`. The buckets are: {}", names.join(", ")));
    }
    let aws = match AWS_CLI.program("aws") {
        Ok(aws) => aws,
        Err(why) => {
            println!("SKIPPED compare-aws: the AWS CLI could not be installed. {why}");
            return Ok(());
        }
    };
    process::run(&mut process::cargo(&["build", "--quiet", "--package", "trailseal", "--bin", "trailseal"]))?;
    println!("AWS CLI {} and Trailseal, on the same bytes\n", AWS_CLI.version);
    let (mut alike, mut apart, mut wrong) = (0, 0, Vec::new());
    for scene in SCENES.iter().filter(wanted) {
        let table = compare(scene, &aws)?;
        print!("{table}");
        alike += table.alike();
        apart += table.apart();
        wrong.extend(table.wrong().into_iter().map(|wrong| format!("{}: {wrong}", scene.name)));
    }
    println!("{alike} statements alike, {apart} apart for a known reason, {} without one", wrong.len());
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("What is said apart without a known reason, or known and no longer so:\n  {}", wrong.join("\n  ")))
}

fn compare(scene: &Scene, aws: &Path) -> Outcome<Table> {
    let bucket: Bucket = (scene.make)();
    let folder = process::root().join("target/compare").join(scene.name.replace(' ', "-"));
    bucket.lay_out(&folder)?;
    let said = aws::validate(aws, &bucket)?;
    let ours = ours::verify(&folder, &bucket)?;
    Ok(Table::of(scene, &bucket, &said, &ours))
}
