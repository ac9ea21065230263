//! Aligned columns by elastic tab stops.
//!
//! Models Go's `text/tabwriter`, and kubectl's variant of it that remembers widths from one block
//! to the next.

use crate::limits;

/// Lines of cells; a tab ends a cell.
pub struct Columns {
    minimum: usize,
    padding: usize,
    remembered: Option<Vec<usize>>,
}

impl Columns {
    /// As `describe` aligns: two blanks between.
    pub fn describe() -> Columns {
        Columns {
            minimum: 0,
            padding: 2,
            remembered: None,
        }
    }

    /// As tables are aligned: three blanks between, and columns that never become narrower.
    pub fn table() -> Columns {
        Columns {
            minimum: 6,
            padding: 3,
            remembered: Some(Vec::new()),
        }
    }

    /// The text with its cells aligned.
    pub fn align(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let ends_whole = text.ends_with('\n');
        let text = text.strip_suffix('\n').unwrap_or(text);
        let lines: Vec<Vec<&str>> = text
            .split('\n')
            .map(|line| line.splitn(limits::COLUMNS, '\t').collect())
            .collect();
        let mut out = String::new();
        let mut widths = Vec::new();
        self.block(&lines, &mut widths, &mut out);
        if !ends_whole {
            out.pop();
        }
        out
    }

    fn block(&mut self, lines: &[Vec<&str>], widths: &mut Vec<usize>, out: &mut String) {
        let column = widths.len();
        let has = |line: &Vec<&str>| line.len() > column + 1;
        let mut rest = lines;
        while !rest.is_empty() {
            let without = rest.iter().take_while(|line| !has(line)).count();
            let (plain, after) = rest.split_at_checked(without).unwrap_or((rest, &[]));
            write_lines(plain, widths, out);
            let with = after.iter().take_while(|line| has(line)).count();
            let (block, after) = after.split_at_checked(with).unwrap_or((after, &[]));
            rest = after;
            if block.is_empty() {
                continue;
            }
            let cells = block.iter().filter_map(|line| line.get(column));
            let widest = cells.map(|cell| width(cell) + self.padding).max();
            let mut wide = widest.unwrap_or_default().max(self.minimum);
            if let Some(remembered) = &mut self.remembered {
                match remembered.get_mut(column) {
                    Some(before) => {
                        wide = wide.max(*before);
                        *before = wide;
                    }
                    None => remembered.push(wide),
                }
            }
            widths.push(wide);
            self.block(block, widths, out);
            widths.pop();
        }
    }
}

fn write_lines(lines: &[Vec<&str>], widths: &[usize], out: &mut String) {
    for line in lines {
        for (column, cell) in line.iter().enumerate() {
            out.push_str(cell);
            if let Some(wide) = widths.get(column)
                && column + 1 < line.len()
            {
                let blanks = wide.saturating_sub(width(cell));
                out.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        out.push('\n');
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn columns_are_as_wide_as_their_block() {
        let text = "Name:\thello\nLabels:\tapp=hello\n\ttier=front\nContainers:\n  hello:\n    Image:\tx\n    Ready Count:\ty\n";
        expect![[r#"
            Name:    hello
            Labels:  app=hello
                     tier=front
            Containers:
              hello:
                Image:        x
                Ready Count:  y
        "#]]
        .assert_eq(&Columns::describe().align(text));
    }

    #[test]
    fn tables_never_become_narrower() {
        let mut columns = Columns::table();
        let mut text = columns.align("NAME\tREADY\tSTATUS\tAGE\none\t0/1\tPending\t0s\n");
        text.push_str(&columns.align("one\t0/1\tContainerCreating\t0s\n"));
        text.push_str(&columns.align("one\t1/1\tRunning\t0s\n"));
        expect![[r#"
            NAME   READY   STATUS    AGE
            one    0/1     Pending   0s
            one    0/1     ContainerCreating   0s
            one    1/1     Running             0s
        "#]]
        .assert_eq(&text);
    }
}
