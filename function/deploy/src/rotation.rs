//! The three steps that replace the session key without signing anyone out: `old,new`, `new,old`, `new`. The first key
//! encrypts, both decrypt. So every instance knows the new key before any encrypts with it, and the old key stays as
//! long as a session that it encrypted can last.

use std::time::Duration;

const DAY: u64 = 24 * 60 * 60;

/// Allows for instances that still ran with the previous settings when a step was recorded.
const MARGIN: u64 = 60 * 60;

/// The prefix of a step's note.
const NOTE: &str = "session-key";

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The document changed and the instances have not read it yet; they must before any other step.
    Restart,
    /// `old` becomes `old,new`.
    Add,
    /// `old,new` becomes `new,old`.
    Switch,
    /// `new,old` becomes `new`.
    Remove,
}

/// The last completed step, and its time in seconds since 1970. From two keys by themselves it is not clear which is
/// the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) step: Step,
    pub(crate) at: u64,
}

impl Note {
    /// The label that is kept with the document.
    pub(crate) fn to_text(self) -> Option<String> {
        let step = match self.step {
            Step::Add => "added",
            Step::Switch => "switched",
            Step::Restart | Step::Remove => return None,
        };
        Some(format!("{NOTE}-{step}-{}", self.at))
    }

    /// Parses such a label.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (step, at) = text.strip_prefix(NOTE)?.strip_prefix('-')?.split_once('-')?;
        let step = match step {
            "added" => Step::Add,
            "switched" => Step::Switch,
            _ => return None,
        };
        Some(Self { step, at: at.parse().ok()? })
    }
}

/// The current state.
pub(crate) struct Present<'a> {
    pub(crate) keys: &'a [&'a str],
    pub(crate) note: Option<Note>,
    /// Whether every instance has read this version of the document.
    pub(crate) is_live: bool,
    /// The longest lifetime of a session, in days.
    pub(crate) days: u64,
}

/// The step that is next at a given time.
///
/// # Errors
/// Why there is none yet.
pub(crate) fn next(present: &Present<'_>, now: u64, is_forced: bool) -> Result<Step, String> {
    if !present.is_live {
        return Ok(Step::Restart);
    }
    match (present.keys, present.note) {
        ([], _) => Err("there is no session key yet: `cargo xtask deploy` generates one".to_owned()),
        ([_], _) => Ok(Step::Add),
        ([_, _], Some(Note { step: Step::Switch, at })) => {
            let due = removable(at, present.days);
            if now < due && !is_forced {
                return Err(format!(
                    "the old key can be removed from {} on: until then, sessions that it encrypted may exist. \
                     `--force` removes it now and signs these people out",
                    date(due)
                ));
            }
            Ok(Step::Remove)
        }
        // Without a note, assume that the first step is done: then no one is signed out, whichever key is the new one.
        ([_, _], _) => Ok(Step::Switch),
        _ => Err("OAUTH_SESSION_KEY has more than two keys, which the function does not accept".to_owned()),
    }
}

/// The keys after a step.
pub(crate) fn keys<'a>(step: Step, keys: &[&'a str], new: &'a str) -> Vec<&'a str> {
    match (step, keys) {
        (Step::Add, [old]) => vec![old, new],
        (Step::Switch, [old, new]) => vec![new, old],
        (Step::Remove, [new, _]) => vec![new],
        _ => keys.to_vec(),
    }
}

/// When the old key can be removed, if the new one has encrypted since `at`. A session that ends with the browser lasts
/// at most a day.
fn removable(at: u64, days: u64) -> u64 {
    at + days.max(1) * DAY + MARGIN
}

/// The message after a step: what it did, and what is next.
pub(crate) fn message(step: Step, now: u64, days: u64) -> String {
    match step {
        Step::Restart => {
            "every instance now reads the current document. Run this command again for the next step".to_owned()
        }
        Step::Add => {
            "step 1 of 3: every instance knows the new key, and still encrypts with the old one. Run this command \
                      again for the next step"
                .to_owned()
        }
        Step::Switch => format!(
            "step 2 of 3: the new key encrypts, and the old one still decrypts. Run this command again from {} on",
            date(removable(now, days))
        ),
        Step::Remove => "step 3 of 3: the old key is removed".to_owned(),
    }
}

fn date(seconds: u64) -> String {
    humantime::format_rfc3339_seconds(std::time::UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-27T00:00:00Z.
    const NOW: u64 = 1_795_737_600;

    fn at(step: Step, days_ago: u64, seconds: u64) -> Option<Note> {
        Some(Note { step, at: NOW - days_ago * DAY - seconds })
    }

    #[test]
    fn each_state_has_one_next_step() {
        for (keys, note, is_live, days, is_forced, expected) in [
            (&["old"][..], None, true, 30, false, Ok(Step::Add)),
            (&["old", "new"], at(Step::Add, 0, 0), true, 30, false, Ok(Step::Switch)),
            // With one key, the note of an earlier rotation is irrelevant.
            (&["old"], at(Step::Switch, 0, 0), true, 30, false, Ok(Step::Add)),
            (&["a", "b"], None, true, 30, false, Ok(Step::Switch)),
            (&["new", "old"], at(Step::Switch, 30, MARGIN), true, 30, false, Ok(Step::Remove)),
            (&["new", "old"], at(Step::Switch, 30, MARGIN - 1), true, 30, false, Err("from 2026-11-27T00:00:01Z on")),
            (&["new", "old"], at(Step::Switch, 29, 0), true, 30, true, Ok(Step::Remove)),
            (&["new", "old"], at(Step::Switch, 1, MARGIN), true, 0, false, Ok(Step::Remove)),
            (&["new", "old"], at(Step::Switch, 0, MARGIN), true, 0, false, Err("`--force`")),
            // An earlier run was interrupted before the instances had read what it wrote.
            (&["old", "new"], at(Step::Add, 0, 0), false, 30, false, Ok(Step::Restart)),
            (&["new", "old"], at(Step::Switch, 99, 0), false, 30, true, Ok(Step::Restart)),
            (&[], None, true, 30, false, Err("`cargo xtask deploy` generates one")),
            (&["a", "b", "c"], None, true, 30, true, Err("more than two keys")),
        ] {
            let next = next(&Present { keys, note, is_live, days }, NOW, is_forced);
            match (&next, expected) {
                (Ok(step), Ok(expected)) => assert_eq!(*step, expected, "{keys:?} {note:?}"),
                (Err(reason), Err(words)) => assert!(reason.contains(words), "{keys:?} {note:?}: {reason}"),
                _ => panic!("{keys:?} {note:?}: {next:?}"),
            }
        }
    }

    #[test]
    fn no_step_encrypts_with_a_key_that_instances_do_not_know() {
        let mut present = vec!["old"];
        for (step, expected) in
            [(Step::Add, &["old", "new"][..]), (Step::Switch, &["new", "old"]), (Step::Remove, &["new"])]
        {
            let after = keys(step, &present, "new");
            assert_eq!(after, expected);
            assert!(present.contains(&after[0]), "{step:?}");
            assert_eq!(keys(Step::Restart, &present, "new"), present);
            present = after;
        }
    }

    #[test]
    fn written_note_can_be_parsed() {
        for step in [Step::Add, Step::Switch] {
            let note = Note { step, at: NOW };
            assert_eq!(Note::parse(&note.to_text().expect("it has one")), Some(note));
        }
        for step in [Step::Remove, Step::Restart] {
            assert_eq!(Note { step, at: NOW }.to_text(), None);
        }
        for text in ["AWSCURRENT", "session-key", "session-key-added-", "session-key-removed-1", "session-key-added-x"]
        {
            assert_eq!(Note::parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_step_says_what_comes_next() {
        assert!(message(Step::Add, NOW, 30).contains("again for the next step"));
        assert!(message(Step::Switch, NOW, 30).contains("from 2026-12-27T01:00:00Z on"));
        assert!(message(Step::Remove, NOW, 30).contains("removed"));
        assert!(message(Step::Restart, NOW, 30).contains("again"));
    }
}
