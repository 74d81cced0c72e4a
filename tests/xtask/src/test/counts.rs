//! The numbers of passed and failed tests, from the output of test runners.

/// The numbers of passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
}

impl Counts {
    pub(super) fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed) }
    }

    /// Parses the summary line of Rust's test runners.
    pub(super) fn of(line: &str) -> Option<Self> {
        let line = line.split_once("test result: ")?.1;
        let number = |word: &str| {
            let before = line.split_once(word)?.0;
            before.rsplit([' ', '.', ';']).find(|part| !part.is_empty())?.parse().ok()
        };
        Some(Self { passed: number(" passed")?, failed: number(" failed")? })
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_line_of_a_test_run_is_parsed() {
        for (line, expected) in [
            ("test result: ok. 47 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out", Some((47, 0))),
            ("test result: FAILED. 37 passed; 1 failed; 0 ignored", Some((37, 1))),
            ("test result: ok. 0 passed; 0 failed", Some((0, 0))),
            ("test result: ", None),
            ("test session::a_result_of_3_passed ... ok", None),
            ("", None),
        ] {
            let expected = expected.map(|(passed, failed)| Counts { passed, failed });
            assert_eq!(Counts::of(line), expected, "{line}");
        }
    }
}
