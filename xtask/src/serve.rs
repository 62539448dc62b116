//! `cargo xtask serve`: the page as it is shipped, from a plain static host on this machine.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::Ipv4Addr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use crate::Outcome;
use crate::dist;
use crate::dist::Connect;
use crate::files;
use crate::process;
use crate::tools;

const PORT: u16 = 8080;

/// `cargo xtask serve [--port N] [--watch]`.
pub fn run(args: &[String]) -> Outcome {
    let wish = Wish::parse(args)?;
    if wish.watch {
        return watch(wish.port.unwrap_or(PORT));
    }
    if dist::is_fresh() {
        println!("Nothing changed since the last build.");
    } else {
        dist::build(&Connect::Amazon)?;
    }
    let listener = listen(wish.port)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("\nTrailseal is at  http://{address}/   (this machine only; Ctrl-C ends it)");
    for stream in listener.incoming().flatten() {
        thread::spawn(move || answer(stream));
    }
    Ok(())
}

#[derive(Default)]
struct Wish {
    port: Option<u16>,
    watch: bool,
}

impl Wish {
    fn parse(args: &[String]) -> Outcome<Self> {
        let mut wish = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            match arg.as_str() {
                "--watch" => wish.watch = true,
                "--port" => wish.port = Some(port(rest.next().map_or("", String::as_str))?),
                _ => return Err(format!("`serve` takes --port N and --watch, not `{arg}`.")),
            }
        }
        Ok(wish)
    }
}

fn port(text: &str) -> Outcome<u16> {
    text.parse().map_err(|_| format!("`{text}` is no port; write a number below 65536."))
}

/// While developing: `trunk` rebuilds on every change. The page is reloaded by hand (see Trunk.toml).
fn watch(port: u16) -> Outcome {
    let search = process::path_with(tools::for_building()?);
    // Apart from `dist/`, which stays the release build.
    let mut trunk = Command::new("trunk");
    trunk.args(["serve", "--dist", "target/watch", "--port", &port.to_string()]);
    process::run(trunk.current_dir(process::root()).env("PATH", search).env_remove("NO_COLOR"))
}

/// The wished port or none; without a wish, the usual one or the next that is free.
fn listen(wished: Option<u16>) -> Outcome<TcpListener> {
    let ports = wished.map_or(PORT..=PORT + 20, |port| port..=port);
    let (first, last) = (*ports.start(), *ports.end());
    let free = ports.into_iter().find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
    free.ok_or_else(|| format!("No port between {first} and {last} is free on this machine. Name another with --port."))
}

fn answer(mut stream: TcpStream) {
    // A visitor who went away is no failure of ours.
    let _ = match request(&stream) {
        Some((method, path)) => reply(&mut stream, &method, &path),
        None => stream.write_all(BAD_REQUEST),
    };
}

const BAD_REQUEST: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Method and path of a request; its headers are read to their end, because closing earlier resets the connection.
fn request(stream: &TcpStream) -> Option<(String, String)> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    lines.find(String::is_empty)?;
    let mut words = first.split(' ');
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

fn reply(stream: &mut TcpStream, method: &str, path: &str) -> std::io::Result<()> {
    let found =
        if matches!(method, "GET" | "HEAD") { file(path).and_then(|path| Some((kind(&path), files::read(&path).ok()?))) } else { None };
    let (status, kind, body) = match found {
        Some((kind, body)) => ("200 OK", kind, body),
        None => ("404 Not Found", "text/plain; charset=utf-8", b"There is no such file here.\n".to_vec()),
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", body.len())?;
    write!(stream, "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n")?;
    if method == "HEAD" { Ok(()) } else { stream.write_all(&body) }
}

/// The file a request's path names; nothing outside `dist/`. No name in a build needs percent signs.
fn file(path: &str) -> Option<PathBuf> {
    let path = path.split(['?', '#']).next()?.trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    inside.then(|| dist::folder().join(path)).filter(|path| path.is_file())
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_build_is_served() {
        for path in ["/../Cargo.toml", "//etc/passwd", "/a/../../Cargo.toml", "/..", "/./index.html"] {
            assert!(file(path).is_none_or(|file| file.starts_with(dist::folder()) && !path.contains("..")), "{path}");
        }
    }

    #[test]
    fn wishes_are_understood_or_refused() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(Wish::parse(&words("--port 9000")).unwrap().port, Some(9000));
        assert!(Wish::parse(&words("--watch")).unwrap().watch);
        assert!(Wish::parse(&words("--port")).is_err());
        assert!(Wish::parse(&words("--prot 1")).is_err());
    }
}
