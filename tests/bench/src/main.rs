//! `cargo xtask bench`: speed and size, compared with the minimum for the task and with alternatives. It prints
//! Markdown. It is not a test: no test asserts a duration.

mod biggest;
mod distant;
mod event;
mod far;
#[cfg(test)]
#[expect(dead_code, reason = "the program starts in `main`, the tests use `run`")]
#[path = "../floor.rs"]
mod floor;
mod function;
mod instance;
mod machine;
mod page;
mod peers;
mod provider;
mod sizes;
mod table;

use std::io::Write as _;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use xtask::workspace;

/// Measure the function and the page, and compare them with alternatives. Prints Markdown.
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench")]
struct Line {
    /// Measure only this part.
    part: Option<Part>,
}

/// The parts that can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The function and its alternatives.
    Function,
    /// The page, in a browser.
    Page,
}

/// A peer that cannot be measured is reported in the tables; our own parts must be measured.
fn main() -> Result<()> {
    let only = Line::parse().part;
    let machine = machine::describe();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{machine}\n")?;
    for part in [Part::Function, Part::Page].into_iter().filter(|part| only.is_none_or(|only| only == *part)) {
        match part {
            Part::Function => function::run(&mut out)?,
            Part::Page => page::run(&mut out)?,
        }
        let biggest = match part {
            Part::Function => biggest::function(&mut out),
            Part::Page => biggest::app(&mut out),
        };
        if let Err(error) = biggest {
            writeln!(out, "The biggest parts are not listed: {error:#}\n")?;
        }
    }
    if let Some(table) = sizes::table(&workspace().join("target"))? {
        writeln!(out, "### Sizes\n\n{table}")?;
    }
    Ok(())
}
