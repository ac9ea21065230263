//! Shapes of text: `paste`, `fold`, `comm`, `column`, `shuf`, `strings`, `hexdump`, `xxd`.

use super::Context;
use machine::ExitStatus;

pub(super) async fn paste(context: Context) -> ExitStatus {
    let options = match context
        .options("sd:", &[("serial", 's'), ("delimiters", 'd')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let separator = options
        .value('d')
        .unwrap_or("\t")
        .replace("\\n", "\n")
        .replace("\\t", "\t");
    let separators: Vec<String> = separator.chars().map(String::from).collect();
    let mut operands = options.operands.clone();
    if operands.is_empty() {
        operands.push("-".into());
    }
    let mut columns = Vec::new();
    for operand in &operands {
        let Some(bytes) = context.input(operand).await else {
            return ExitStatus::FAILURE;
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        columns.push(text.lines().map(str::to_owned).collect::<Vec<String>>());
    }
    // Several `-` share the one standard input, line by line.
    let shared = operands.iter().filter(|operand| *operand == "-").count();
    if shared > 1 && !options.has('s') {
        let all = columns
            .iter()
            .find(|lines| !lines.is_empty())
            .cloned()
            .unwrap_or_default();
        let mut at = 0;
        for (column, operand) in columns.iter_mut().zip(&operands) {
            if operand == "-" {
                *column = all.iter().skip(at).step_by(shared).cloned().collect();
                at += 1;
            }
        }
    }
    let joined = |cells: &[String]| {
        let mut text = String::new();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 && !separators.is_empty() {
                text += separators
                    .get((at - 1) % separators.len())
                    .map_or("", String::as_str);
            }
            text += cell;
        }
        text + "\n"
    };
    let mut text = String::new();
    if options.has('s') {
        for column in &columns {
            text += &joined(column);
        }
    } else {
        let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..rows {
            let cells: Vec<String> = columns
                .iter()
                .map(|column| column.get(row).cloned().unwrap_or_default())
                .collect();
            text += &joined(&cells);
        }
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

pub(super) async fn fold(context: Context) -> ExitStatus {
    let options = match context
        .options("sbw:", &[("width", 'w'), ("spaces", 's')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let width = options
        .value('w')
        .and_then(|text| text.parse().ok())
        .unwrap_or(80_usize)
        .max(1);
    let (bytes, complete) = context.inputs(&options.operands).await;
    let mut text = String::new();
    for line in String::from_utf8_lossy(&bytes).lines() {
        let mut rest: Vec<char> = line.chars().collect();
        while rest.len() > width {
            let mut at = width;
            if options.has('s')
                && let Some(blank) = rest.iter().take(width).rposition(|letter| *letter == ' ')
            {
                at = blank + 1;
            }
            text.extend(rest.drain(..at));
            text.push('\n');
        }
        text.extend(rest);
        text.push('\n');
    }
    context.process.print(text).await;
    ExitStatus::Exited(u8::from(!complete))
}

pub(super) async fn common(context: Context) -> ExitStatus {
    let options = match context.options("123", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let [left, right] = options.operands.as_slice() else {
        return context.missing_operand().await;
    };
    let (Some(left), Some(right)) = (context.input(left).await, context.input(right).await) else {
        return ExitStatus::FAILURE;
    };
    let (left, right) = (
        String::from_utf8_lossy(&left),
        String::from_utf8_lossy(&right),
    );
    let (mut left, mut right) = (left.lines().peekable(), right.lines().peekable());
    let mut text = String::new();
    let indent = |columns: &[char]| -> String {
        columns
            .iter()
            .filter(|one| !options.has(**one))
            .map(|_| '\t')
            .collect()
    };
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(left), Some(right)) => left.cmp(right),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => break,
        };
        let (column, before, line): (char, &[char], Option<&str>) = match order {
            std::cmp::Ordering::Less => ('1', &[], left.next()),
            std::cmp::Ordering::Greater => ('2', &['1'], right.next()),
            std::cmp::Ordering::Equal => {
                right.next();
                ('3', &['1', '2'], left.next())
            }
        };
        if let Some(line) = line.filter(|_| !options.has(column)) {
            text += &format!("{}{line}\n", indent(before));
        }
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

pub(super) async fn column(context: Context) -> ExitStatus {
    let options = match context
        .options("ts:o:", &[("table", 't'), ("separator", 's')])
        .await
    {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (bytes, complete) = context.inputs(&options.operands).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let between = options.value('o').unwrap_or("  ");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| match options.value('s') {
            Some(separator) => line.split(|letter| separator.contains(letter)).collect(),
            None => line.split_whitespace().collect(),
        })
        .collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        for (at, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(at) {
                Some(widest) => *widest = (*widest).max(width),
                None => widths.push(width),
            }
        }
    }
    let mut output = String::new();
    for row in &rows {
        for (at, cell) in row.iter().enumerate() {
            let width = widths.get(at).copied().unwrap_or(0);
            if at + 1 == row.len() {
                output += cell;
            } else {
                output += &format!("{cell:<width$}{between}");
            }
        }
        output.push('\n');
    }
    context.process.print(output).await;
    ExitStatus::Exited(u8::from(!complete))
}

pub(super) async fn shuffle(context: Context) -> ExitStatus {
    let options = match context.options("n:ei:", &[("head-count", 'n')]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let mut lines: Vec<String> = if options.has('e') {
        options.operands.clone()
    } else if let Some((first, last)) = options.value('i').and_then(|range| range.split_once('-')) {
        let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
            context
                .complain(format!("invalid input range: '{first}-{last}'"))
                .await;
            return ExitStatus::FAILURE;
        };
        (first..=last.min(first.saturating_add(1_000_000)))
            .map(|number| number.to_string())
            .collect()
    } else {
        let (bytes, _) = context.inputs(&options.operands).await;
        String::from_utf8_lossy(&bytes)
            .lines()
            .map(str::to_owned)
            .collect()
    };
    let random = context.process.simulation().random();
    for at in (1..lines.len()).rev() {
        lines.swap(at, random.next_u64() as usize % (at + 1));
    }
    let count = options
        .value('n')
        .and_then(|text| text.parse().ok())
        .unwrap_or(lines.len());
    lines.truncate(count);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

pub(super) async fn strings(context: Context) -> ExitStatus {
    let options = match context.options("an:", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let least = options
        .value('n')
        .and_then(|text| text.parse().ok())
        .unwrap_or(4_usize);
    let (bytes, complete) = context.inputs(&options.operands).await;
    let runs = bytes.split(|byte| !(32..127).contains(byte) && *byte != b'\t');
    let text: String = runs
        .filter(|run| run.len() >= least)
        .map(|run| format!("{}\n", String::from_utf8_lossy(run)))
        .collect();
    context.process.print(text).await;
    ExitStatus::Exited(u8::from(!complete))
}

/// `hexdump -C` and `xxd`: sixteen bytes a line, with their characters.
pub(super) async fn hexdump(context: Context) -> ExitStatus {
    let options = match context.options("Cvn:l:c:ps:", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let (mut bytes, complete) = context.inputs(&options.operands).await;
    let most = options.value('n').or(options.value('l'));
    if let Some(most) = most.and_then(|text| text.parse().ok()) {
        bytes.truncate(most);
    }
    let is_xxd = context.name == "xxd";
    let mut text = String::new();
    if is_xxd && options.has('p') {
        for row in bytes.chunks(30) {
            text.extend(row.iter().map(|byte| format!("{byte:02x}")));
            text.push('\n');
        }
        context.process.print(text).await;
        return ExitStatus::Exited(u8::from(!complete));
    }
    let printed = |row: &[u8]| -> String {
        let shown = row.iter().map(|byte| match byte {
            32..127 => char::from(*byte),
            _ => '.',
        });
        shown.collect()
    };
    for (at, row) in bytes.chunks(16).enumerate() {
        let offset = at * 16;
        text += &if is_xxd {
            let pairs: Vec<String> = row
                .chunks(2)
                .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
                .collect();
            format!("{offset:08x}: {:<39}  {}\n", pairs.join(" "), printed(row))
        } else if options.has('C') {
            let mut cells = String::new();
            for (place, byte) in row.iter().enumerate() {
                cells += &format!("{byte:02x} ");
                if place == 7 {
                    cells.push(' ');
                }
            }
            format!("{offset:08x}  {cells:<49} |{}|\n", printed(row))
        } else {
            let words: String = row
                .chunks(2)
                .map(|pair| {
                    let low = u16::from(pair.first().copied().unwrap_or(0));
                    let high = u16::from(pair.get(1).copied().unwrap_or(0));
                    format!(" {:04x}", high << 8 | low)
                })
                .collect();
            format!("{offset:07x}{words:<40}\n")
        };
    }
    if !is_xxd {
        text += &match options.has('C') {
            true => format!("{:08x}\n", bytes.len()),
            false => format!("{:07x}\n", bytes.len()),
        };
    }
    context.process.print(text).await;
    ExitStatus::Exited(u8::from(!complete))
}
