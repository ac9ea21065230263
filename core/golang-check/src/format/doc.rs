//! Texts of comments: the common indentation of `/* … */`, and the form of documentation comments.
//! Models `go/printer`'s comments and `go/doc/comment`: paragraphs, headings, code, lists, links.

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

/// Whether all lines of an old `/* … */` comment start with a star.
fn has_stars(text: &str) -> bool {
    let mut lines = text.split('\n').skip(1);
    lines.all(|line| {
        matches!(
            line.trim_start_matches([' ', '\t']).bytes().next(),
            None | Some(b'*')
        )
    })
}

/// A documentation comment in its canonical form; `None` leaves it as it is.
pub(super) fn format(group: &[Comment]) -> Option<Vec<String>> {
    if let [only] = group
        && let Some(text) = only.text.strip_prefix("/*")
    {
        if !text.contains('\n') || has_stars(text) {
            return None;
        }
        let text: Vec<&str> = text
            .strip_suffix("*/")
            .unwrap_or(text)
            .split('\n')
            .collect();
        let mut out = canonical(&text).join("\n");
        if !out.is_empty() {
            out.push('\n');
        }
        return Some(vec![format!("/*\n{out}*/")]);
    }
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
    let mut out: Vec<String> = canonical(&text)
        .into_iter()
        .map(|line| match line.as_str() {
            "" => "//".to_string(),
            line if line.starts_with('\t') => format!("//{line}"),
            line => format!("// {line}"),
        })
        .collect();
    if !directives.is_empty() {
        out.push("//".into());
        out.append(&mut directives);
    }
    Some(out)
}

fn is_indented(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

/// The white space that a line starts with.
fn leading(line: &str) -> &str {
    let length = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..length).unwrap_or("")
}

/// Lines without the indentation that they share, and without empty lines at both ends.
fn unindented<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut shared: Option<&str> = None;
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let own = leading(line);
        shared = Some(shared.map_or(own, |known| common(known, own)));
    }
    let shared = shared.unwrap_or("");
    let mut out: Vec<&str> = lines
        .iter()
        .map(|line| line.strip_prefix(shared).unwrap_or(line))
        .map(|line| if line.trim().is_empty() { "" } else { line })
        .skip_while(|line| line.is_empty())
        .collect();
    while out.last().is_some_and(|line| line.is_empty()) {
        out.pop();
    }
    out
}

/// The number (empty for a bullet) and the text of a list's item.
fn item(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let first = line.chars().next()?;
    let (number, rest) = if "-*+•".contains(first) {
        ("", line.get(first.len_utf8()..)?)
    } else {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let rest = line.get(digits..)?;
        let is_number = digits > 0 && rest.starts_with(['.', ')']);
        (line.get(..digits)?, rest.get(1..).filter(|_| is_number)?)
    };
    (is_indented(rest) && !rest.trim().is_empty()).then_some((number, rest.trim()))
}

/// A link's definition, `[text]: scheme://…`
fn is_link(line: &str) -> bool {
    let Some((text, rest)) = line.split_once("]:") else {
        return false;
    };
    let scheme = rest
        .trim()
        .split_once("://")
        .map_or("", |(scheme, _)| scheme);
    text.starts_with('[')
        && is_indented(rest)
        && ["file", "ftp", "gopher", "http", "https", "mailto", "nntp"].contains(&scheme)
}

/// A heading as it was before headings had a mark: one line alone that reads like one.
fn is_old_heading(lines: &[&str], at: usize) -> bool {
    let line_at = |at: usize| lines.get(at).copied();
    let is_alone = at > 0
        && line_at(at - 1) == Some("")
        && line_at(at + 1) == Some("")
        && line_at(at + 2).is_some_and(|line| !is_indented(line));
    let line = line_at(at).unwrap_or("").trim();
    is_alone
        && line.starts_with(char::is_uppercase)
        && line.ends_with(|last: char| last.is_alphabetic() || last.is_numeric())
        && !line.contains(|c| ";:!?+*/=[]{}_^°&§~%#@<\">\\".contains(c))
        && line
            .split('\'')
            .skip(1)
            .all(|rest| rest == "s" || rest.starts_with("s "))
        && line
            .split('.')
            .skip(1)
            .all(|rest| !rest.is_empty() && !rest.starts_with(' '))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Span {
    Paragraph,
    Heading,
    Code,
    List,
}

/// The blocks of a text: where each starts and ends, and what it is.
fn spans(lines: &[&str]) -> Vec<(usize, usize, Span)> {
    let line = |at: usize| lines.get(at).copied().unwrap_or("");
    let is_item = |at: usize| item(line(at)).is_some();
    let (mut list, mut at, mut forced) = (Vec::new(), 0, 0);
    loop {
        while at < lines.len() && line(at).is_empty() {
            at += 1;
        }
        if at >= lines.len() {
            return list;
        }
        let start = at;
        at += 1;
        if start < forced || is_indented(line(start)) {
            let mut loose = is_item(start) && start < forced;
            while at < lines.len()
                && (line(at).is_empty()
                    || at < forced
                    || is_indented(line(at))
                    || loose && is_item(at))
            {
                loose &= !line(at).is_empty();
                at += 1;
            }
            while at > start && line(at - 1).is_empty() {
                at -= 1;
            }
            // A brace that closes code, forgotten at the margin.
            at += usize::from(line(at).starts_with('}'));
            list.push((
                start,
                at,
                if is_item(start) {
                    Span::List
                } else {
                    Span::Code
                },
            ));
            continue;
        }
        while at < lines.len() && !line(at).is_empty() && !is_indented(line(at)) {
            at += 1;
        }
        let mut end = at;
        if !line(at).is_empty() && !is_item(at) {
            let last = line(at - 1);
            if is_item(at - 1) {
                forced = end;
                end -= 1;
                while end > start && is_item(end - 1) {
                    end -= 1;
                }
            } else if last.ends_with(['{', '\\']) {
                forced = end;
                end -= 1;
            }
        }
        at = end;
        if start == end {
            continue;
        }
        let text = line(start);
        let is_heading = text.starts_with("# ") || text.starts_with("#\t");
        let is_heading =
            end == start + 1 && (is_heading && text.trim() != "#" || is_old_heading(lines, start));
        list.push((
            start,
            end,
            if is_heading {
                Span::Heading
            } else {
                Span::Paragraph
            },
        ));
    }
}

/// Quotation marks made of two characters as one; not within three of them.
fn quoted(text: &str) -> String {
    if text.contains("```") {
        return text.to_string();
    }
    text.replace("``", "“").replace("''", "”")
}

/// The items of a list; whether empty lines are between them.
fn items(lines: &[&str]) -> (Vec<String>, bool) {
    let is_bullet = |number: &str| number.is_empty();
    let kind = lines
        .first()
        .and_then(|line| item(line))
        .is_none_or(|(number, _)| is_bullet(number));
    let is_loose = lines.iter().any(|line| line.is_empty());
    let (mut out, mut is_new, mut after_blank) = (Vec::new(), true, false);
    for line in lines {
        if line.trim().is_empty() {
            after_blank = true;
            continue;
        }
        match item(line).filter(|(number, _)| is_bullet(number) == kind) {
            Some((number, text)) => {
                if is_loose && !is_new {
                    out.push(String::new());
                }
                let mark = if number.is_empty() {
                    "  - ".into()
                } else {
                    format!(" {number}. ")
                };
                out.push(mark + &quoted(text));
            }
            None => {
                if after_blank {
                    out.push(String::new());
                }
                out.push(format!("    {}", quoted(line.trim())));
            }
        }
        (is_new, after_blank) = (false, false);
    }
    (out, is_loose)
}

/// A comment's text: one empty line between blocks; code by one tab, lists by two or four blanks.
fn canonical(text: &[&str]) -> Vec<String> {
    let lines = unindented(text);
    let mut out: Vec<String> = Vec::new();
    let (mut links, mut previous) = (Vec::new(), 0);
    for (start, end, span) in spans(&lines) {
        let part = lines.get(start..end).unwrap_or(&[]);
        let (mut block, mut is_apart) = (Vec::new(), true);
        match span {
            Span::Paragraph if part.iter().all(|line| is_link(line)) => {
                links.extend(part.iter().map(|line| (*line).to_string()));
            }
            Span::Paragraph => block.extend(part.iter().map(|line| quoted(line))),
            Span::Heading => {
                let text = part.first().copied().unwrap_or("");
                let text = text.strip_prefix('#').unwrap_or(text).trim();
                block.push(format!("# {}", quoted(text)));
            }
            Span::Code => block.extend(unindented(part).iter().map(|line| match *line {
                "" => String::new(),
                line => format!("\t{line}"),
            })),
            Span::List => {
                (block, is_apart) = items(part);
                is_apart |= previous < start;
            }
        }
        if !block.is_empty() {
            if !out.is_empty() && is_apart {
                out.push(String::new());
            }
            out.append(&mut block);
        }
        previous = end;
    }
    if !links.is_empty() {
        out.push(String::new());
        out.append(&mut links);
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    #[test]
    fn comments_and_constraints_in_their_canonical_form() {
        let text = "//go:build   linux&&(amd64||arm64)||!(a)\n\n// Package p is one:\n//  * first item\n//    goes on\n//  * second\n// Code follows\n//     x := 1\n//     y\n//\n//\n// Old Heading\n//\n// Some ``words''.\n// [link]: https://go.dev\n// 1) one\n//go:generate x\npackage p\n\n/*\n  F does:\n\n    code\n*/\nfunc F() {}\n";
        expect![[r#"
            //go:build (linux && (amd64 || arm64)) || !a

            // Package p is one:
            //   - first item
            //     goes on
            //   - second
            //
            // Code follows
            //
            //	x := 1
            //	y
            //
            // # Old Heading
            //
            // Some “words”.
            // [link]: https://go.dev
            // 1) one
            //
            //go:generate x
            package p

            /*
            F does:

            	code
            */
            func F() {}
        "#]]
        .assert_eq(&super::super::source(text, false).unwrap());
    }
}
