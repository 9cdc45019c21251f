//! The order of the module's functions: each beside the one that is most like it.
//!
//! Generic code makes hundreds of functions that differ in a few bytes. The compressor finds in a neighbour what it would
//! not find at the other end of the module: 4 % of brotli, measured.
//!
//! wasm-opt can order functions by their names, so each is given a name that says its place. Of the format
//! (<https://webassembly.github.io/spec/core/binary/modules.html>) only what that takes is read here.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::error::Error;

/// Sections begin after the magic number and the version.
const PREAMBLE: usize = 8;
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;

/// How many bytes in a row two bodies must have in common for one likeness.
const SHINGLE: usize = 5;

/// Likeness is the part that two bodies share of all they have (Jaccard), in millionths.
const PRECISION: u64 = 1_000_000;

/// What is added to that whole: two bodies of a few bytes are not worth standing together for.
const TRIFLE: u64 = 2;

/// The module without its custom sections, each of its functions named by its place in the order.
pub(super) fn with_names(module: &[u8]) -> Result<Vec<u8>, Error> {
    let mut all = Reader { rest: module.get(PREAMBLE..).ok_or_else(cut_short)? };
    let mut kept = module[..PREAMBLE].to_vec();
    let (mut imported, mut bodies) = (0, Vec::new());
    while !all.rest.is_empty() {
        let from = all.rest;
        let id = all.byte()?;
        let size = all.number()?;
        let mut section = Reader { rest: all.bytes(size)? };
        match id {
            CUSTOM => continue,
            IMPORT => imported = section.imported_functions()?,
            CODE => {
                bodies = section.list(|body| {
                    let size = body.number()?;
                    body.bytes(size)
                })?;
            }
            _ => {}
        }
        kept.extend_from_slice(&from[..from.len() - all.rest.len()]);
    }
    kept.extend(name_section(imported, &places(&bodies)));
    Ok(kept)
}

/// The place of each function: after the smallest, always the one of those left that is most like the last.
fn places(bodies: &[&[u8]]) -> Vec<usize> {
    let shingles: Vec<Vec<u64>> = bodies.iter().map(|body| shingles(body)).collect();
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    for (function, shingles) in shingles.iter().enumerate() {
        for shingle in shingles {
            holders.entry(*shingle).or_default().push(function);
        }
    }
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    left.sort_by_key(|&function| bodies[function]);
    left.sort_by_key(|&function| bodies[function].len());
    let mut places = vec![0; bodies.len()];
    let mut shared = vec![0_u64; bodies.len()];
    let mut last: Option<usize> = None;
    for place in 0..bodies.len() {
        shared.fill(0);
        for shingle in last.map_or(&[][..], |last| &shingles[last]) {
            for &function in holders.get(shingle).into_iter().flatten() {
                shared[function] += 1;
            }
        }
        let likeness = |function: usize| {
            let last = last?;
            let either =
                (shingles[function].len() + shingles[last].len()) as u64 - shared[function];
            let apart = bodies[function].len().abs_diff(bodies[last].len());
            Some((shared[function] * PRECISION / (either + TRIFLE), Reverse(apart)))
        };
        // Of those that are equally like it the first in the list.
        let Some(next) = (0..left.len()).rev().max_by_key(|&at| likeness(left[at])) else { break };
        let function = left.remove(next);
        places[function] = place;
        last = Some(function);
    }
    places
}

/// What two bodies are compared by: all runs of so many bytes, each once.
fn shingles(body: &[u8]) -> Vec<u64> {
    let packed =
        |shingle: &[u8]| shingle.iter().fold(0, |packed, byte| packed << 8 | u64::from(*byte));
    let mut shingles: Vec<u64> = body.windows(SHINGLE).map(packed).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// The section `name` with its part on functions; imported ones come first, whatever they are called.
fn name_section(imported: usize, place: &[usize]) -> Vec<u8> {
    let mut names = Vec::new();
    put(&mut names, place.len());
    for (function, at) in place.iter().enumerate() {
        let name = format!("f{at:08}");
        put(&mut names, imported + function);
        put(&mut names, name.len());
        names.extend_from_slice(name.as_bytes());
    }
    let mut content = b"\x04name\x01".to_vec();
    put(&mut content, names.len());
    content.extend(names);
    let mut section = vec![CUSTOM];
    put(&mut section, content.len());
    section.extend(content);
    section
}

/// Writes a number as the format has it (unsigned LEB128).
fn put(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(cut_short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Error> {
        Ok(self.bytes(1)?[0])
    }

    fn number(&mut self) -> Result<usize, Error> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(strange("a number without an end"))
    }

    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let count = self.number()?;
        (0..count).map(|_| item(self)).collect()
    }

    /// How many of a section's imports are functions.
    fn imported_functions(&mut self) -> Result<usize, Error> {
        let kinds = self.list(|import| {
            for _ in ["module", "name"] {
                let length = import.number()?;
                import.bytes(length)?;
            }
            let kind = import.byte()?;
            match kind {
                0 => drop(import.number()?),
                1 => {
                    import.byte()?;
                    import.limits()?;
                }
                2 => import.limits()?,
                3 => drop(import.bytes(2)?),
                _ => return Err(strange("an import of an unknown kind")),
            }
            Ok(kind)
        })?;
        Ok(kinds.into_iter().filter(|kind| *kind == 0).count())
    }

    fn limits(&mut self) -> Result<(), Error> {
        let has_most = self.byte()? & 1 == 1;
        self.number()?;
        if has_most {
            self.number()?;
        }
        Ok(())
    }
}

fn cut_short() -> Error {
    strange("a section that is cut short")
}

fn strange(what: &str) -> Error {
    Error::Bind(format!("wasm-opt's module has {what}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::{places, with_names};

    /// One imported function, then three whose bodies are `b`, `ccc` and `a`; and a custom section.
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\
        \x02\x07\x01\x01m\x01n\x00\x00\
        \x03\x04\x03\x01\x00\x00\
        \x0a\x09\x03\x01b\x03ccc\x01a\
        \x00\x04\x03old";

    #[test]
    fn each_function_is_named_by_its_place_and_the_old_names_are_gone() {
        let named = with_names(MODULE).unwrap();
        let custom = MODULE.len() - 6;
        assert_eq!(named[..custom], MODULE[..custom]);
        assert_eq!(
            named[custom..],
            *b"\x00\x29\x04name\x01\x22\x03\x01\x09f00000001\x02\x09f00000002\x03\x09f00000000"
        );
    }

    #[test]
    fn what_is_alike_stands_together() {
        let bodies: [&[u8]; 5] = [
            b"load, add and store it at the place",
            b"call somebody with nothing",
            b"-",
            b"load, add and store it at that place",
            b"call somebody with nothing at all",
        ];
        let mut places = places(&bodies);
        assert_eq!(places[2], 0);
        let apart = |places: &[usize], a: usize, b: usize| places[a].abs_diff(places[b]);
        assert_eq!((apart(&places, 0, 3), apart(&places, 1, 4)), (1, 1));
        places.sort_unstable();
        assert_eq!(places, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        for end in [4, 9, 12, 20, MODULE.len() - 1] {
            assert!(with_names(&MODULE[..end]).is_err(), "{end}");
        }
    }
}
