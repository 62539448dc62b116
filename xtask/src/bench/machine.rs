//! The machine's line: numbers without it mean nothing.

use std::process::Command;

use crate::files;
use crate::process;

/// Processor, cores, memory, system, compiler; what cannot be found out is left out.
pub fn line() -> String {
    let cores = std::thread::available_parallelism().map(|cores| format!("{cores} cores")).ok();
    let system = process::ask(Command::new("uname").args(["-sm"]));
    let compiler = process::ask(Command::new("rustc").arg("--version").current_dir(process::root()));
    let compiler = compiler.and_then(|said| said.split_whitespace().nth(1).map(|version| format!("Rust {version}")));
    [processor(), cores, memory(), system, compiler].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn processor() -> Option<String> {
    let text = files::read_text("/proc/cpuinfo".as_ref()).ok();
    let named = text.and_then(|text| field(&text, "model name"));
    named.or_else(|| process::ask(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])))
}

fn memory() -> Option<String> {
    let text = files::read_text("/proc/meminfo".as_ref()).ok()?;
    let kilobytes: f64 = field(&text, "MemTotal")?.split(' ').next()?.parse().ok()?;
    Some(format!("{:.1} GB", kilobytes / 1e6))
}

fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':')).map(|value| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        assert_eq!(field("a\nmodel name\t: Some CPU @ 2 GHz\n", "model name").as_deref(), Some("Some CPU @ 2 GHz"));
        assert_eq!(field("MemTotal:   8000000 kB", "MemTotal").as_deref(), Some("8000000 kB"));
        assert_eq!(field("x", "MemTotal"), None);
    }
}
