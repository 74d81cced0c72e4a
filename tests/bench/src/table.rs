//! Markdown tables, and the format of numbers in them.

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

    /// Adds a row; missing cells are empty.
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
            // A bar in a message would end its cell.
            let row: Vec<_> = row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
            writeln!(f, "{}", line(&row))?;
        }
        Ok(())
    }
}

/// A number with three significant digits, or more if its integer part is longer.
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

/// The median, and in parentheses the 10th and 90th percentiles.
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
    fn table_is_valid_markdown_with_any_content() {
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
