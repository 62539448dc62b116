//! `cargo xtask dist`: the page for any static host, and the same page as one file.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Outcome;
use crate::files;
use crate::likeness;
use crate::onefile;
use crate::process;
use crate::tools;

/// The program of page and workers, gzipped. Past this, opening the page on a slow line stops feeling immediate; every built page is checked.
const BUDGET: usize = 850_000;

/// `cargo xtask dist [--connect "ORIGINS"]`.
pub fn run(args: &[String]) -> Outcome {
    build(&Connect::parse(args)?)?;
    print!("{}", Sizes::measure(&folder())?);
    Ok(())
}

/// Builds `dist/` and `dist/trailseal.html`.
pub fn build(connect: &Connect) -> Outcome {
    let search = process::path_with(tools::for_building()?);
    let mut trunk = Command::new("trunk");
    // Trunk understands only `true` and `false` here; NO_COLOR=1 is everyone else's habit.
    trunk.args(["build", "--release"]).current_dir(process::root()).env("PATH", search).env_remove("NO_COLOR");
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", format!("{} {OWN_FRAME}", same_paths()));
    process::run(&mut trunk)?;
    likeness::arrange(&program(&folder())?)?;
    connect.apply(&folder().join("index.html"))?;
    onefile::write(&folder())
}

/// A function with more than 128 bytes of variables on the stack stays one, even where only one place calls it: within its caller it has other
/// offsets and locals, and gzip finds no likeness any more. It saves 10 kB gzipped. With 48 bytes it would be 8 kB less again, but then the
/// steps of iterators and hash tables, too, are called instead of inlined while a trail is read.
const OWN_FRAME: &str = "-Cllvm-args=-inline-max-stacksize=128";

/// Source paths in panic messages, the same on every machine: equal sources give equal bytes, and no home folder is published.
/// Cargo adds these flags to those in `.cargo/config.toml`.
fn same_paths() -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let folders = [(Some(process::root().to_path_buf()), "."), (home, "cargo")];
    let named = folders.into_iter().filter_map(|(folder, name)| Some((folder?.to_str()?.to_owned(), name)));
    // Cargo splits the variable at spaces.
    let flags: Vec<String> =
        named.filter(|(folder, _)| !folder.contains(' ')).map(|(folder, name)| format!("--remap-path-prefix={folder}={name}")).collect();
    flags.join(" ")
}

/// Whether `dist/` is whole, younger than everything it is made from, and under the usual policy.
pub fn is_fresh() -> bool {
    let Some(built) = files::changed(&folder().join(onefile::NAME)) else {
        return false;
    };
    let younger = SOURCES.iter().filter_map(|source| files::changed(&process::root().join(source))).all(|changed| changed < built);
    let policy = |page: PathBuf| files::read_text(&page).ok()?.lines().find(|line| line.contains(POLICY)).map(str::to_owned);
    younger && policy(process::root().join("index.html")) == policy(folder().join("index.html"))
}

/// Where the build lands.
pub fn folder() -> PathBuf {
    process::root().join("dist")
}

const POLICY: &str = "http-equiv=\"Content-Security-Policy\"";
const SOURCES: &[&str] = &[
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "public",
    "rust-toolchain.toml",
    "src",
    "style",
    "xtask/src",
];

/// Where the hosted page may read log files from, besides its own host.
pub enum Connect {
    /// What `index.html` says: S3 at Amazon.
    Amazon,
    /// These origins instead; perhaps none.
    Only(Vec<String>),
}

impl Connect {
    fn parse(args: &[String]) -> Outcome<Self> {
        match args {
            [] => Ok(Self::Amazon),
            [option, origins] if option == "--connect" => Self::only(origins),
            [option] if option.starts_with("--connect=") => Self::only(option.trim_start_matches("--connect=")),
            _ => Err(format!("`dist` takes only --connect \"ORIGINS\", not `{}`.", args.join(" "))),
        }
    }

    fn only(origins: &str) -> Outcome<Self> {
        let origins: Vec<String> = origins.split_whitespace().filter(|origin| *origin != "none").map(str::to_owned).collect();
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(wrong) => {
                Err(format!("`{wrong}` is not an origin. Write scheme and host, as in https://logs.s3.eu-central-1.amazonaws.com"))
            }
            None => Ok(Self::Only(origins)),
        }
    }

    fn apply(&self, page: &Path) -> Outcome {
        let Self::Only(origins) = self else {
            return Ok(());
        };
        let text = files::read_text(page)?;
        let own = std::iter::once("'self'").chain(origins.iter().map(String::as_str));
        files::write(page, replace_directive(&text, "connect-src", &own.collect::<Vec<_>>().join(" "))?)
    }
}

/// Anything else could end the directive or the attribute and open the policy unseen.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && host.chars().all(|letter| letter.is_ascii_alphanumeric() || "-.:*[]".contains(letter)))
}

/// The page with another value for one directive of its Content-Security-Policy.
pub fn replace_directive(page: &str, directive: &str, value: &str) -> Outcome<String> {
    let missing = || format!("index.html has no policy with {directive}, so the build would be open. Put it back.");
    let policy = page.find("http-equiv=\"Content-Security-Policy\"").ok_or_else(missing)?;
    let start = policy + page[policy..].find(&format!("{directive} ")).ok_or_else(missing)?;
    let length = page[start..].find([';', '"']).ok_or_else(missing)?;
    Ok(format!("{}{directive} {value}{}", &page[..start], &page[start + length..]))
}

/// How much a visitor loads.
pub struct Sizes {
    raw: usize,
    gzipped: usize,
}

impl Sizes {
    pub fn measure(dist: &Path) -> Outcome<Self> {
        let bytes = files::read(&program(dist)?)?;
        Ok(Self { raw: bytes.len(), gzipped: gzipped(&bytes)? })
    }

    /// Fails when the program exceeds the budget.
    pub fn check(&self) -> Outcome {
        if self.gzipped <= BUDGET {
            return Ok(());
        }
        Err(format!(
            "The page grew to {} kB gzipped, past the budget of {} kB. Look what came in, with `twiggy` or `cargo tree`.",
            self.gzipped / 1000,
            BUDGET / 1000
        ))
    }
}

impl std::fmt::Display for Sizes {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (raw, gzipped) = (self.raw / 1000, self.gzipped / 1000);
        writeln!(out, "page and workers, one program: {raw} kB, {gzipped} kB gzipped of {} kB allowed", BUDGET / 1000)
    }
}

fn program(dist: &Path) -> Outcome<PathBuf> {
    let found = files::ending(dist, "_bg.wasm");
    match found.as_slice() {
        [path] => Ok(path.clone()),
        _ => Err(format!("{} programs in {}, not one.", found.len(), dist.display())),
    }
}

fn gzipped(bytes: &[u8]) -> Outcome<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map(|bytes| bytes.len()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!-- connect-src --><meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src 'self' https://a; base-uri 'self'">"#;

    #[test]
    fn one_directive_is_replaced_and_the_rest_stays() {
        let page = replace_directive(PAGE, "connect-src", "'none'").unwrap();
        assert_eq!(page, PAGE.replace("'self' https://a", "'none'"));
        let page = replace_directive(PAGE, "base-uri", "'none'").unwrap();
        assert_eq!(page, PAGE.replace("base-uri 'self'", "base-uri 'none'"));
    }

    #[test]
    fn a_page_without_a_policy_is_refused() {
        assert!(replace_directive("<p>connect-src 'self'", "connect-src", "'none'").is_err());
    }

    #[test]
    fn an_origin_cannot_open_the_policy() {
        for good in ["https://*.example.org", "http://127.0.0.1:9000", "http://[::1]:9"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in ["*", "https:", "https://", "data:", "https://a;script-src", "https://a\"", "https://a/b"] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
