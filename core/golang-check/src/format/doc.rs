//! Texts of comments: the common indentation of `/* … */`, and the form of documentation comments.
//! Models `go/printer`'s comments and the plain part of `go/doc/comment`: paragraphs, code, lists.

use super::tree::Comment;

fn common<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.bytes().zip(b.bytes());
    let length = same
        .take_while(|(x, y)| x == y && (*x <= b' ' || *x == b'*'))
        .count();
    a.get(..length).unwrap_or("")
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte <= b' ')
}

/// The lines of a `/* … */` comment without the indentation that they share. With `shift` the
/// comment stood at the first column and moves to the right.
pub(super) fn lines(text: &str, shift: bool) -> Vec<String> {
    let mut lines: Vec<String> = text.split('\n').map(str::to_string).collect();
    let count = lines.len();
    if count < 2 {
        return lines;
    }
    if shift {
        for line in lines.iter_mut().skip(1) {
            line.insert_str(0, "   ");
        }
    }
    let mut prefix: Option<String> = None;
    for line in lines.iter_mut().skip(1).take(count - 2) {
        if is_blank(line) {
            line.clear();
            continue;
        }
        let known = prefix.as_deref().unwrap_or(line);
        prefix = Some(common(known, line).to_string());
    }
    let last = lines.last().cloned().unwrap_or_default();
    let mut prefix = prefix.unwrap_or_else(|| common(&last, &last).to_string());
    let mut is_stars = false;
    if let Some((before, _)) = prefix.split_once('*') {
        prefix = before.strip_suffix(' ').unwrap_or(before).to_string();
        is_stars = true;
    } else {
        let opening = lines.first().and_then(|line| line.get(2..)).unwrap_or("");
        if is_blank(opening) {
            let shorter = prefix.trim_end_matches(' ');
            let blanks = (prefix.len() - shorter.len()).min(3);
            let length = prefix.len() - blanks;
            prefix.truncate(length);
            if blanks == 0 && prefix.ends_with('\t') {
                prefix.pop();
            }
        } else {
            let length = opening.len() - opening.trim_start_matches(|c: char| c <= ' ').len();
            let gap = opening.get(..length).unwrap_or("");
            let suffix = if gap.starts_with('\t') {
                gap.to_string()
            } else {
                format!("  {gap}")
            };
            if let Some(shorter) = prefix.strip_suffix(&suffix) {
                prefix = shorter.to_string();
            }
        }
    }
    let before = last.split("*/").next().unwrap_or("");
    if is_blank(before) {
        let closing = if is_stars { " */" } else { "*/" };
        if let Some(line) = lines.last_mut() {
            *line = format!("{prefix}{closing}");
        }
    } else {
        prefix = common(&prefix, &last).to_string();
    }
    for line in lines.iter_mut().skip(1) {
        if let Some(rest) = line.strip_prefix(prefix.as_str()) {
            *line = rest.to_string();
        }
    }
    lines
}

fn is_directive(text: &str) -> bool {
    if ["line ", "extern ", "export "]
        .iter()
        .any(|word| text.starts_with(word))
    {
        return true;
    }
    let Some((name, rest)) = text.split_once(':') else {
        return false;
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !name.is_empty() && name.bytes().all(plain) && rest.bytes().next().is_some_and(plain)
}

/// A documentation comment in its canonical form; `None` leaves it as it is.
pub(super) fn format(group: &[Comment]) -> Option<Vec<String>> {
    let mut text: Vec<&str> = Vec::new();
    let mut directives = Vec::new();
    for comment in group {
        let line = comment.text.strip_prefix("//")?;
        if is_directive(line) {
            directives.push(comment.text.trim_end().to_string());
        } else {
            text.push(line.strip_prefix(' ').unwrap_or(line).trim_end());
        }
    }
    if text.is_empty() {
        return None;
    }
    let shared = text
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    for line in &mut text {
        *line = line.get(shared..).unwrap_or("");
    }
    let mut out: Vec<String> = blocks(&text)
        .into_iter()
        .map(|line| match line.as_str() {
            "" => "//".to_string(),
            line if line.starts_with('\t') => format!("//{line}"),
            line => format!("// {line}"),
        })
        .collect();
    if !directives.is_empty() {
        if !out.is_empty() {
            out.push("//".into());
        }
        out.append(&mut directives);
    }
    Some(out)
}

fn is_indented(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

/// The mark and the text of a list's item.
fn item(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start_matches([' ', '\t']);
    let first = line.chars().next()?;
    if "-*+•".contains(first) {
        let rest = line.get(first.len_utf8()..)?;
        return rest
            .starts_with([' ', '\t'])
            .then(|| ("  - ".to_string(), rest.trim()));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..)?;
    let is_number = digits > 0 && rest.starts_with(['.', ')']);
    let rest = rest
        .get(1..)
        .filter(|rest| is_number && rest.starts_with([' ', '\t']))?;
    let number = line.get(..digits)?;
    Some((format!("{number:>2}. "), rest.trim()))
}

/// Paragraphs as they are, with one empty line between blocks; code by one tab, lists by two or four blanks.
fn blocks(text: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(line) = text.get(at) {
        if line.is_empty() {
            at += 1;
            continue;
        }
        if !out.is_empty() {
            let after_blank = at > 0 && text.get(at - 1).is_some_and(|line| line.is_empty());
            let is_list = is_indented(line) && item(line).is_some();
            if after_blank || !is_list {
                out.push(String::new());
            }
        }
        let rest = text.get(at..).unwrap_or(&[]);
        let mut length = rest
            .iter()
            .take_while(|line| {
                is_indented(line) == is_indented(rest.first().unwrap_or(&"")) && !line.is_empty()
            })
            .count();
        if !is_indented(line) {
            out.extend(rest.iter().take(length).map(|line| (*line).to_string()));
        } else if item(line).is_some() {
            for line in rest.iter().take(length) {
                match item(line) {
                    Some((mark, text)) => out.push(format!("{mark}{text}")),
                    None => out.push(format!("    {}", line.trim())),
                }
            }
        } else {
            // Code goes on over empty lines.
            let code = rest
                .iter()
                .take_while(|line| is_indented(line) || line.is_empty())
                .count();
            length = code;
            while length > 0 && rest.get(length - 1).is_some_and(|line| line.is_empty()) {
                length -= 1;
            }
            let lines = rest.get(..length).unwrap_or(&[]);
            let mut prefix: Option<&str> = None;
            for line in lines.iter().filter(|line| !line.is_empty()) {
                let own = line.len() - line.trim_start_matches([' ', '\t']).len();
                let own = line.get(..own).unwrap_or("");
                prefix = Some(prefix.map_or(own, |known| common(known, own)));
            }
            let prefix = prefix.unwrap_or("");
            out.extend(lines.iter().map(|line| match line.strip_prefix(prefix) {
                Some(rest) if !line.is_empty() => format!("\t{rest}"),
                _ => String::new(),
            }));
        }
        at += length.max(1);
    }
    out
}
