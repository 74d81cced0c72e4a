//! Tables in Markdown, and how a number stands in one.

use std::fmt;

use xtask::statistics::Spread;

/// A table with a heading for each column.
pub(super) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(super) fn new(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|&column| column.to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row; what it lacks stays empty.
    pub(super) fn row(&mut self, mut cells: Vec<String>) {
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
        writeln!(f, "{}", line(&self.columns))?;
        writeln!(f, "{}", line(&vec!["---".to_owned(); self.columns.len()]))?;
        for row in &self.rows {
            // A message can hold a bar, which would be the end of its cell.
            let row: Vec<_> = row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
            writeln!(f, "{}", line(&row))?;
        }
        Ok(())
    }
}

/// Three digits of a number, more only where they stand before the point.
pub(super) fn digits(number: f64) -> String {
    let decimals = match number.abs() {
        0.0 => 0,
        under if under < 0.9995 => 3,
        under if under < 9.995 => 2,
        under if under < 99.95 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

/// The middle of many numbers, and in brackets what a tenth of them is below and above.
pub(super) fn spread(spread: Option<Spread>) -> String {
    spread.map_or_else(
        || "–".to_owned(),
        |Spread { low, median, high }| format!("{} ({} to {})", digits(median), digits(low), digits(high)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown_whatever_is_in_it() {
        let mut table = Table::new(&["function", "start"]);
        table.row(vec!["ours".into(), "1.2".into()]);
        table.row(vec!["not | there\nat all".into()]);
        assert_eq!(
            table.to_string(),
            "| function | start |\n| --- | --- |\n| ours | 1.2 |\n| not \\| there at all |  |\n"
        );
    }

    #[test]
    fn numbers_have_three_digits() {
        for (number, expected) in [
            (0.0, "0"),
            (0.0421, "0.042"),
            (0.9996, "1.00"),
            (1.234, "1.23"),
            (9.996, "10.0"),
            (99.96, "100"),
            (12345.6, "12346"),
        ] {
            assert_eq!(digits(number), expected);
        }
        assert_eq!(spread(Some(Spread { low: 1.0, median: 2.0, high: 30.0 })), "2.00 (1.00 to 30.0)");
        assert_eq!(spread(None), "–");
    }
}
