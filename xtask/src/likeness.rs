//! The order of the program's functions: each comes where gzip still sees the most of what it is made of. 30 kB gzipped less than in order of
//! their names, with equal code.
//!
//! `wasm-opt` moves them and renumbers every call. Here each is only given its place, as the name it is sorted by.

use std::collections::VecDeque;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::files;
use crate::process;
use crate::tools;

/// Moves the functions of the program at `path`.
pub fn arrange(path: &Path) -> Outcome {
    let bytes = files::read(path)?;
    let program =
        Program::of(&bytes).ok_or_else(|| format!("Its functions could not be found, so they keep their order: {}", path.display()))?;
    let named = process::root().join("target/named.wasm");
    files::write(&named, [&bytes, program.name_section(&by_likeness(&program.bodies)).as_slice()].concat())?;
    // The levels run no pass here; without them its writer leaves out what it does last, and adds 5 kB.
    let levels = ["--optimize-level=2", "--shrink-level=1"];
    process::run(Command::new(tools::wasm_opt()?).args(levels).arg("--reorder-functions-by-name").arg(&named).arg("-o").arg(path))
}

/// As far as gzip looks back.
const WINDOW: usize = 32 << 10;
/// Bytes that are worth finding again. With 5 or 8 of them 2 kB are lost.
const FRAGMENT: usize = 6;
/// What more functions than these hold, any window holds: leaving it out changes the size by 0.2 kB and saves most of the work.
const COMMON: usize = 100;

/// Each next function is the one most of whose fragments are in the window.
fn by_likeness(bodies: &[&[u8]]) -> Vec<usize> {
    let Fragments { of_function, holders } = Fragments::of(bodies);
    // Below 1, or small functions would all come first and long ones would find nothing of theirs.
    let worth = |function: usize, found: u32| f64::from(found + 1) / (of_function[function].len() as f64 + 5.0).powf(0.7);
    let mut found = vec![0_u32; bodies.len()];
    let mut in_window = vec![0_u32; holders.len()];
    let (mut window, mut filled) = (VecDeque::new(), 0);
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    while let Some(place) = (0..left.len()).max_by(|a, b| worth(left[*a], found[left[*a]]).total_cmp(&worth(left[*b], found[left[*b]]))) {
        let next = left.swap_remove(place);
        order.push(next);
        window.push_back(next);
        filled += bodies[next].len();
        for fragment in &of_function[next] {
            in_window[*fragment] += 1;
            if in_window[*fragment] == 1 {
                holders[*fragment].iter().for_each(|holder| found[*holder] += 1);
            }
        }
        while filled > WINDOW && window.len() > 1 {
            let Some(oldest) = window.pop_front() else { break };
            filled -= bodies[oldest].len();
            for fragment in &of_function[oldest] {
                in_window[*fragment] -= 1;
                if in_window[*fragment] == 0 {
                    holders[*fragment].iter().for_each(|holder| found[*holder] -= 1);
                }
            }
        }
    }
    order
}

/// The byte strings that some functions share.
struct Fragments {
    of_function: Vec<Vec<usize>>,
    holders: Vec<Vec<usize>>,
}

impl Fragments {
    fn of(bodies: &[&[u8]]) -> Self {
        let mut all: Vec<(&[u8], usize)> = Vec::new();
        for (function, body) in bodies.iter().enumerate() {
            all.extend(body.windows(FRAGMENT).map(|piece| (piece, function)));
        }
        all.sort_unstable();
        all.dedup();
        let mut fragments = Self { of_function: vec![Vec::new(); bodies.len()], holders: Vec::new() };
        for alike in all.chunk_by(|one, other| one.0 == other.0).filter(|alike| (2..=COMMON).contains(&alike.len())) {
            let holders: Vec<usize> = alike.iter().map(|(_, function)| *function).collect();
            holders.iter().for_each(|holder| fragments.of_function[*holder].push(fragments.holders.len()));
            fragments.holders.push(holders);
        }
        fragments
    }
}

/// What has to be known of a WebAssembly module (core specification, chapter 5) to name its functions.
struct Program<'a> {
    /// Functions are counted from the imported ones on.
    imported: usize,
    bodies: Vec<&'a [u8]>,
}

impl<'a> Program<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut program = Self { imported: 0, bodies: Vec::new() };
        let mut sections = Input(bytes.strip_prefix(b"\0asm\x01\0\0\0")?);
        while let Some(kind) = sections.byte() {
            let mut section = Input(sections.sized()?);
            match kind {
                IMPORTS => program.imported = section.imports()?,
                CODE => program.bodies = (0..section.number()?).map(|_| section.sized()).collect::<Option<_>>()?,
                _ => {}
            }
        }
        Some(program).filter(|program| !program.bodies.is_empty())
    }

    /// A custom section that names each function by its place in this order.
    fn name_section(&self, order: &[usize]) -> Vec<u8> {
        let mut places: Vec<(usize, usize)> = order.iter().enumerate().map(|(place, function)| (self.imported + function, place)).collect();
        places.sort_unstable();
        let mut names = number(places.len());
        for (function, place) in places {
            names.extend(number(function));
            names.extend(sized(format!("{place:06}").as_bytes()));
        }
        let section = [sized(b"name"), vec![FUNCTION_NAMES], sized(&names)].concat();
        [vec![CUSTOM], sized(&section)].concat()
    }
}

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
const FUNCTION_NAMES: u8 = 1;

/// The rest of what is read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Seven bits a byte, the lowest first (LEB128).
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }

    /// How many functions are imported. `wasm-bindgen` imports nothing else; a module that does is not understood.
    fn imports(&mut self) -> Option<usize> {
        let count = self.number()?;
        for _ in 0..count {
            let (_module, _name) = (self.sized()?, self.sized()?);
            let (kind, _type) = (self.byte()?, self.number()?);
            (kind == 0).then_some(())?;
        }
        Some(count)
    }
}

fn number(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [number(bytes.len()), bytes.to_vec()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Imports one function, has two of its own.
    const MODULE: &[u8] =
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01a\x01b\0\0\x03\x03\x02\0\0\x0a\x08\x02\x02\0\x0b\x03\0\x01\x0b";

    #[test]
    fn functions_are_found_and_named_by_their_place() {
        let program = Program::of(MODULE).unwrap();
        assert_eq!((program.imported, program.bodies.as_slice()), (1, [b"\0\x0b".as_slice(), b"\0\x01\x0b"].as_slice()));
        assert_eq!(program.name_section(&[1, 0]), b"\0\x18\x04name\x01\x11\x02\x01\x06000001\x02\x06000000");
        assert!(Program::of(&MODULE[..MODULE.len() - 1]).is_none(), "cut off");
    }

    #[test]
    fn numbers_come_back() {
        for value in [0, 127, 128, 300, 1 << 20] {
            assert_eq!(Input(&number(value)).number(), Some(value));
        }
    }

    #[test]
    fn likes_come_together() {
        let bodies: Vec<Vec<u8>> = (0..20_u8).map(|place| vec![place % 2 + 7, 1, 2, 3, place % 2, 4, 5, 6, place]).collect();
        let order = by_likeness(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let changes = order.windows(2).filter(|pair| pair[0] % 2 != pair[1] % 2).count();
        assert_eq!(changes, 1, "{order:?}");
        let mut all = order;
        all.sort_unstable();
        assert_eq!(all, (0..20).collect::<Vec<_>>());
    }
}
