//! The natives of `strings`, `bytes` and of `unicode`'s letter cases.

use super::{Call, Flow, Native, Outcome, Text};
use crate::vm::Trap;

/// The table.
pub const TABLE: &[(&str, Native)] = &[
    ("strings.Index", index),
    ("strings.IndexByte", index_byte),
    ("strings.LastIndex", last_index),
    ("strings.Count", count),
    ("strings.ToUpper", to_upper),
    ("strings.ToLower", to_lower),
    ("strings.EqualFold", equal_fold),
    ("strings.TrimSpace", trim_space),
    ("strings.Fields", fields),
    ("strings.Join", join),
    ("strings.Replace", replace),
    ("strings.split", split),
    ("strings.repeat", repeat),
    ("bytes.Index", bytes_index),
    ("bytes.IndexByte", bytes_index_byte),
    ("bytes.Compare", bytes_compare),
    ("bytes.Equal", bytes_equal),
    ("unicode.ToUpper", rune_upper),
    ("unicode.ToTitle", rune_title),
    ("unicode.ToLower", rune_lower),
];

/// Where `part` stands in `text` first.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let Some((first, rest)) = part.split_first() else {
        return Some(0);
    };
    let mut from = 0;
    loop {
        let ahead = text.get(from..)?;
        let at = from + ahead.iter().position(|byte| byte == first)?;
        if text.get(at + 1..)?.starts_with(rest) {
            return Some(at);
        }
        from = at + 1;
    }
}

fn place(at: Option<usize>) -> i64 {
    at.map_or(-1, |at| at as i64)
}

fn index(call: &mut Call<'_>) -> Outcome {
    let (text, part) = (call.string(), call.string());
    call.give_int(place(find(call.bytes(text), call.bytes(part))));
    Ok(Flow::Done)
}

fn index_byte(call: &mut Call<'_>) -> Outcome {
    let (text, byte) = (call.string(), call.int() as u8);
    call.give_int(place(call.bytes(text).iter().position(|b| *b == byte)));
    Ok(Flow::Done)
}

fn last_index(call: &mut Call<'_>) -> Outcome {
    let (text, part) = (call.string(), call.string());
    let (text, part) = (call.bytes(text), call.bytes(part));
    let at = if part.is_empty() {
        Some(text.len())
    } else {
        text.windows(part.len()).rposition(|window| window == part)
    };
    call.give_int(place(at));
    Ok(Flow::Done)
}

/// Go's characters: a byte that is no part of one counts alone.
fn runes(text: &[u8]) -> usize {
    text.utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

fn count(call: &mut Call<'_>) -> Outcome {
    let (text, part) = (call.string(), call.string());
    let (text, part) = (call.bytes(text), call.bytes(part));
    let found = if part.is_empty() {
        runes(text) + 1
    } else {
        let (mut from, mut found) = (0, 0);
        while let Some(at) = text.get(from..).and_then(|ahead| find(ahead, part)) {
            from += at + part.len();
            found += 1;
        }
        found
    };
    call.give_int(found as i64);
    Ok(Flow::Done)
}

/// The simple mapping: what becomes several letters stays as it is.
fn single(mut mapped: impl Iterator<Item = char>, rune: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => rune,
    }
}

fn upper(rune: char) -> char {
    match rune {
        'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => {
            char::from_u32(u32::from(rune) + 8).unwrap_or(rune)
        }
        'ᾳ' => 'ᾼ',
        'ῃ' => 'ῌ',
        'ῳ' => 'ῼ',
        _ => single(rune.to_uppercase(), rune),
    }
}

fn lower(rune: char) -> char {
    match rune {
        'İ' => 'i',
        _ => single(rune.to_lowercase(), rune),
    }
}

fn map(call: &mut Call<'_>, text: Text, mapping: fn(char) -> char) -> Result<(), Trap> {
    let bytes = call.bytes(text);
    let mut mapped = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        mapped.extend(chunk.valid().chars().map(mapping));
        mapped.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    if mapped.as_bytes() == bytes {
        call.give_text(text);
        return Ok(());
    }
    call.give_string(mapped.as_bytes())
}

fn to_upper(call: &mut Call<'_>) -> Outcome {
    let text = call.string();
    map(call, text, upper)?;
    Ok(Flow::Done)
}

fn to_lower(call: &mut Call<'_>) -> Outcome {
    let text = call.string();
    map(call, text, lower)?;
    Ok(Flow::Done)
}

fn rune(call: &mut Call<'_>, mapping: fn(char) -> char) -> Outcome {
    let value = call.int();
    let mapped = u32::try_from(value).ok().and_then(char::from_u32);
    call.give_int(mapped.map_or(value, |rune| i64::from(u32::from(mapping(rune)))));
    Ok(Flow::Done)
}

fn rune_upper(call: &mut Call<'_>) -> Outcome {
    rune(call, upper)
}

fn rune_lower(call: &mut Call<'_>) -> Outcome {
    rune(call, lower)
}

fn rune_title(call: &mut Call<'_>) -> Outcome {
    rune(call, |rune| match rune {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჿ' => rune,
        _ => upper(rune),
    })
}

fn equal_fold(call: &mut Call<'_>) -> Outcome {
    let (one, other) = (call.string(), call.string());
    let fold = |text: &[u8]| -> String {
        String::from_utf8_lossy(text)
            .chars()
            .map(|rune| lower(upper(rune)))
            .collect()
    };
    let equal = fold(call.bytes(one)) == fold(call.bytes(other));
    call.give_bool(equal);
    Ok(Flow::Done)
}

fn is_space(rune: char) -> bool {
    rune.is_whitespace()
}

/// The part of a text from `start` to `end`.
fn part(text: Text, start: usize, end: usize) -> Text {
    Text {
        address: text.address + start as u64,
        length: (end - start) as u64,
    }
}

fn trim_space(call: &mut Call<'_>) -> Outcome {
    let text = call.string();
    let bytes = call.bytes(text);
    let (start, end) = match str::from_utf8(bytes) {
        Ok(valid) => {
            let tail = valid.trim_start().len();
            (bytes.len() - tail, bytes.len() - tail + valid.trim().len())
        }
        Err(_) => {
            let tail = bytes.trim_ascii_start().len();
            let start = bytes.len() - tail;
            (start, start + bytes.trim_ascii().len())
        }
    };
    call.give_text(part(text, start, end));
    Ok(Flow::Done)
}

fn fields(call: &mut Call<'_>) -> Outcome {
    let text = call.string();
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    for chunk in call.bytes(text).utf8_chunks() {
        for rune in chunk.valid().chars() {
            if !is_space(rune) {
                start.get_or_insert(at);
            } else if let Some(start) = start.take() {
                found.push(part(text, start, at));
            }
            at += rune.len_utf8();
        }
        if !chunk.invalid().is_empty() {
            start.get_or_insert(at);
            at += chunk.invalid().len();
        }
    }
    if let Some(start) = start {
        found.push(part(text, start, at));
    }
    give_parts(call, &found)?;
    Ok(Flow::Done)
}

/// Gives a `[]string` that is empty, not nil, when there is nothing.
fn give_parts(call: &mut Call<'_>, found: &[Text]) -> Result<(), Trap> {
    if found.is_empty() {
        let address = call.vm.heap.alloc(0, false)?;
        call.give(address);
        call.give(0);
        call.give(0);
        return Ok(());
    }
    call.give_texts(found)
}

fn join(call: &mut Call<'_>) -> Outcome {
    let (parts, between) = (call.slice(), call.string());
    let texts = call.texts(parts);
    if let [only] = texts.as_slice() {
        call.give_text(*only);
        return Ok(Flow::Done);
    }
    let mut joined = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            joined.extend_from_slice(call.bytes(between));
        }
        joined.extend_from_slice(call.bytes(*text));
    }
    call.give_string(&joined)?;
    Ok(Flow::Done)
}

/// Bytes of the character that `text` begins with, by Go's rules.
fn first_rune(text: &[u8]) -> usize {
    match text.utf8_chunks().next() {
        Some(chunk) => chunk.valid().chars().next().map_or(1, char::len_utf8),
        None => 0,
    }
}

fn replace(call: &mut Call<'_>) -> Outcome {
    let (text, old, new, limit) = (call.string(), call.string(), call.string(), call.int());
    let mut left = usize::try_from(limit).unwrap_or(usize::MAX);
    let (bytes, old, new) = (call.bytes(text), call.bytes(old), call.bytes(new));
    if old == new || left == 0 || !old.is_empty() && find(bytes, old).is_none() {
        call.give_text(text);
        return Ok(Flow::Done);
    }
    let mut replaced = Vec::new();
    let mut rest = bytes;
    let mut first = true;
    while left > 0 {
        let at = if old.is_empty() {
            if first { 0 } else { first_rune(rest) }
        } else {
            match find(rest, old) {
                Some(at) => at,
                None => break,
            }
        };
        if old.is_empty() && !first && rest.is_empty() {
            break;
        }
        first = false;
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        replaced.extend_from_slice(before);
        replaced.extend_from_slice(new);
        rest = after.get(old.len()..).unwrap_or(&[]);
        left -= 1;
    }
    replaced.extend_from_slice(rest);
    call.give_string(&replaced)?;
    Ok(Flow::Done)
}

fn split(call: &mut Call<'_>) -> Outcome {
    let (text, separator, save, limit) = (call.string(), call.string(), call.int(), call.int());
    if limit == 0 {
        call.give_texts(&[])?;
        return Ok(Flow::Done);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (bytes, between) = (call.bytes(text), call.bytes(separator));
    let mut found = Vec::new();
    let mut start = 0;
    while found.len() + 1 < limit {
        let ahead = bytes.get(start..).unwrap_or(&[]);
        if between.is_empty() {
            let length = first_rune(ahead);
            if length >= ahead.len() {
                break;
            }
            found.push(part(text, start, start + length));
            start += length;
            continue;
        }
        let Some(at) = find(ahead, between) else {
            break;
        };
        found.push(part(text, start, start + at + save as usize));
        start += at + between.len();
    }
    if !(between.is_empty() && bytes.is_empty()) {
        found.push(part(text, start, bytes.len()));
    }
    give_parts(call, &found)?;
    Ok(Flow::Done)
}

fn repeat(call: &mut Call<'_>) -> Outcome {
    let (text, count) = (call.string(), call.int());
    let size = text.length.saturating_mul(count as u64);
    if size > crate::vm::limits::HEAP_BYTES_MAX {
        return Err(Trap::OutOfMemory);
    }
    let repeated = call.bytes(text).repeat(count as usize);
    call.give_string(&repeated)?;
    Ok(Flow::Done)
}

/// The next argument, a `[]byte`.
fn byte_slice(call: &mut Call<'_>) -> Text {
    let slice = call.slice();
    Text {
        address: slice.address,
        length: slice.length,
    }
}

fn bytes_index(call: &mut Call<'_>) -> Outcome {
    let (text, part) = (byte_slice(call), byte_slice(call));
    call.give_int(place(find(call.bytes(text), call.bytes(part))));
    Ok(Flow::Done)
}

fn bytes_index_byte(call: &mut Call<'_>) -> Outcome {
    let (text, byte) = (byte_slice(call), call.int() as u8);
    call.give_int(place(call.bytes(text).iter().position(|b| *b == byte)));
    Ok(Flow::Done)
}

fn bytes_compare(call: &mut Call<'_>) -> Outcome {
    let (one, other) = (byte_slice(call), byte_slice(call));
    call.give_int(call.bytes(one).cmp(call.bytes(other)) as i64);
    Ok(Flow::Done)
}

fn bytes_equal(call: &mut Call<'_>) -> Outcome {
    let (one, other) = (byte_slice(call), byte_slice(call));
    call.give_bool(call.bytes(one) == call.bytes(other));
    Ok(Flow::Done)
}
