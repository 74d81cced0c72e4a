//! `cargo xtask bench`: how fast and how large it is, beside the least that could do the job and what others would take.
//! It prints Markdown. None of it is a test: no test asserts a time.

mod biggest;
mod distant;
mod event;
mod far;
#[cfg(test)]
#[expect(dead_code, reason = "as a program it starts in `main`, and here in `run`")]
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

/// Measure the function and the page, beside others that do the same. Prints Markdown.
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench")]
struct Line {
    /// Only this.
    part: Option<Part>,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The function, beside its peers.
    Function,
    /// The page, in a browser.
    Page,
}

/// A peer that cannot be had is reported in the tables; what is ours must be measured.
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
