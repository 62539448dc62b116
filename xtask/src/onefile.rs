//! The whole page as one HTML file that opens from disk and can reach nothing: `connect-src 'none'`.
//!
//! Nothing may be fetched there, not even `data:`, so the programs lie in the page as base64 in elements that are never run.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;
use sha2::Sha256;

use crate::Outcome;
use crate::dist::replace_directive;
use crate::files;

/// The file beside `index.html`.
pub const NAME: &str = "trailseal.html";

/// Writes the one file from what lies in `dist`.
pub fn write(dist: &Path) -> Outcome {
    let page = files::read_text(&dist.join("index.html"))?;
    let style = style(dist, &page)?;
    let boot = inlined(&files::read_text(&dist.join("boot.js"))?, "boot.js")?;
    let (glue, wasm) = app(&page)?;
    let glue = inlined(&files::read_text(&dist.join(&glue))?, &glue)?;

    let mut out = String::new();
    for line in page.lines() {
        match Line::of(line) {
            Line::Style | Line::App => {}
            Line::Icon => out.push_str(&icon(dist)?),
            Line::EndOfHead => out.push_str(&format!("<style>{style}</style>\n<script>{boot}</script>\n{line}\n")),
            Line::EndOfBody => {
                let assets = assets(dist, &wasm)?;
                out.push_str(&format!("{assets}<script id=\"glue\">{glue}</script>\n<script>{START}</script>\n{line}\n"));
            }
            Line::Other => out.push_str(&format!("{line}\n")),
        }
    }
    let scripts = format!("{} {} {} 'wasm-unsafe-eval'", hash(&boot), hash(&glue), hash(START));
    for (directive, value) in [
        ("script-src", scripts.as_str()),
        ("style-src", &hash(&style)),
        ("img-src", "data:"),
        ("connect-src", "'none'"),
        ("base-uri", "'none'"),
    ] {
        out = replace_directive(&out, directive, value)?;
    }
    files::write(&dist.join(NAME), out)
}

/// `boot.js` left this function behind, and keeps the program's start in one place. The workers' glue is the text of the page's own.
const START: &str =
    r#"trailsealStart(document.getElementById("glue").textContent, trailsealAsset("app_bg.wasm").then(WebAssembly.compile));"#;

/// The lines of the built page that the one file has otherwise.
enum Line {
    Style,
    Icon,
    App,
    EndOfHead,
    EndOfBody,
    Other,
}

impl Line {
    fn of(line: &str) -> Self {
        let line = line.trim_start();
        match line {
            _ if line.starts_with("<link rel=\"stylesheet\"") => Self::Style,
            _ if line.starts_with("<link rel=\"icon\"") => Self::Icon,
            _ if line.starts_with("<script") => Self::App,
            _ if line.starts_with("</head>") => Self::EndOfHead,
            _ if line.starts_with("</body>") => Self::EndOfBody,
            _ => Self::Other,
        }
    }
}

fn style(dist: &Path, page: &str) -> Outcome<String> {
    let mut style = String::new();
    for line in page.lines().filter(|line| matches!(Line::of(line), Line::Style)) {
        let name = attribute(line, "href")?;
        style.push_str(&files::read_text(&dist.join(&name))?);
    }
    if style.contains("</style") || style.contains("url(") {
        return Err("A style sheet closes its element or loads a file, which the one-file build cannot carry. Look in style/.".into());
    }
    Ok(style)
}

/// The names of the app's glue and of its WebAssembly, as `boot.js` is told them.
fn app(page: &str) -> Outcome<(String, String)> {
    let line = page.lines().find(|line| matches!(Line::of(line), Line::App)).ok_or("index.html starts no program.")?;
    Ok((attribute(line, "data-js")?, attribute(line, "data-wasm")?))
}

fn icon(dist: &Path) -> Outcome<String> {
    let bytes = files::read(&dist.join("favicon.svg"))?;
    Ok(format!("<link rel=\"icon\" href=\"data:image/svg+xml;base64,{}\">\n", STANDARD.encode(bytes)))
}

fn assets(dist: &Path, app: &str) -> Outcome<String> {
    let packs: Vec<String> = files::ending(dist, ".pack").iter().map(|path| files::name(path)).collect();
    let mut elements = String::new();
    for (name, file) in std::iter::once(("app_bg.wasm", app)).chain(packs.iter().map(|name| (name.as_str(), name.as_str()))) {
        let bytes = STANDARD.encode(files::read(&dist.join(file))?);
        elements.push_str(&format!("<script type=\"text/plain\" id=\"asset-{name}\">{bytes}</script>\n"));
    }
    Ok(elements)
}

/// A script that can stand inside an element: it must neither end it nor load anything.
fn inlined(script: &str, name: &str) -> Outcome<String> {
    if script.lines().any(|line| line.starts_with("import ") || line.starts_with("import{")) {
        return Err(format!(
            "{name} imports another script (a dependency brought a JavaScript snippet), which the one-file build cannot load."
        ));
    }
    if script.contains("<!--") {
        return Err(format!("{name} contains an HTML comment, which would hide the end of its element."));
    }
    Ok(script.replace("</script", "<\\/script"))
}

fn attribute(line: &str, name: &str) -> Outcome<String> {
    let missing = || format!("index.html has a line without {name}: {line}");
    let (_, rest) = line.split_once(&format!("{name}=\"")).ok_or_else(missing)?;
    let (value, _) = rest.split_once('"').ok_or_else(missing)?;
    Ok(value.trim_start_matches("./").to_owned())
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_written_as_policies_want_them() {
        // The example of the Content Security Policy specification, level 3, section 2.3.1.
        assert_eq!(hash("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
    }

    #[test]
    fn a_script_cannot_end_its_element_or_import() {
        assert_eq!(inlined("a = '</script>'", "x").unwrap(), "a = '<\\/script>'");
        assert!(inlined("import { a } from './snippets/a.js';", "x").is_err());
        assert!(inlined("a = '<!--'", "x").is_err());
    }
}
