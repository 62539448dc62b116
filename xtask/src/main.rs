//! The chores of the project: `cargo xtask NAME`.

mod sample;

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((task, rest)) if task == "sample" => sample::run(rest),
        _ => Err("usage: cargo xtask sample [OUT_DIR]".into()),
    }
}
