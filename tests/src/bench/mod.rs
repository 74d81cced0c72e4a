//! `cargo xtask bench`: how quick and how large it is, beside the least that could do the job and what others would take.
//! What is printed is Markdown. None of it is a test: a clock is nobody's friend on a busy machine.

mod biggest;
mod distant;
mod event;
mod far;
#[cfg(test)]
#[expect(dead_code, reason = "as a program it starts in `main`, and here in `run`")]
#[path = "../../bench/floor.rs"]
mod floor;
mod function;
mod instance;
mod machine;
pub mod page;
mod peers;
mod platform;
mod provider;
mod server;
mod sizes;
pub mod statistics;
mod table;

use std::io::Write as _;

use anyhow::Result;

use crate::tools::environment;
use crate::usage::Usage;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The function, beside its peers.
    Function,
    /// The page, in a browser.
    Page,
}

impl Part {
    /// In the order in which they are measured.
    const ALL: &[Self] = &[Self::Function, Self::Page];

    fn of(argument: &str) -> Result<Self> {
        match argument {
            "function" => Ok(Self::Function),
            "page" => Ok(Self::Page),
            other => Err(Usage(format!("bench takes `function`, `page` or nothing, not `{other}`")).into()),
        }
    }
}

/// Runs `cargo xtask bench [function|page]`.
///
/// # Errors
/// Where our own cannot be built or measured. A peer that cannot be had is told in the tables.
pub fn run(arguments: &[String]) -> Result<()> {
    let parts = parts(arguments)?;
    let machine = machine::describe();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{machine}\n")?;
    for part in parts {
        match part {
            Part::Function => function::run(&mut out)?,
            Part::Page => page::run(&mut out)?,
        }
        let told = match part {
            Part::Function => biggest::function(&mut out),
            Part::Page => biggest::app(&mut out),
        };
        if let Err(error) = told {
            writeln!(out, "The biggest parts are not told: {error:#}\n")?;
        }
    }
    if let Some(table) = sizes::table(&environment::workspace().join("target"))? {
        writeln!(out, "### Sizes\n\n{table}")?;
    }
    Ok(())
}

fn parts(arguments: &[String]) -> Result<Vec<Part>> {
    match arguments {
        [] => Ok(Part::ALL.to_vec()),
        [one] => Ok(vec![Part::of(one)?]),
        _ => Err(Usage("bench takes one part or nothing".to_owned()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_or_everything_can_be_measured_and_nothing_else() {
        let parts = |text: &str| {
            let arguments: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            parts(&arguments)
        };
        assert_eq!(parts("").ok().as_deref(), Some(Part::ALL));
        assert_eq!(parts("function").ok(), Some(vec![Part::Function]));
        assert_eq!(parts("page").ok(), Some(vec![Part::Page]));
        for wrong in ["functions", "--rounds 3", "function function"] {
            assert!(parts(wrong).is_err_and(|error| error.is::<Usage>()), "{wrong}");
        }
    }
}
