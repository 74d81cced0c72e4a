//! The parts of a Markdown file that are checked.

use super::source;

/// A Markdown file.
pub(super) struct Document {
    pub(super) name: String,
    text: String,
}

/// A command, with its line number.
pub(super) struct Command {
    pub(super) line: usize,
    pub(super) words: String,
    /// Whether it is marked as one that needs an AWS account.
    pub(super) needs_account: bool,
}

/// A fenced block, without the fence.
pub(super) struct Block<'a> {
    language: &'a str,
    /// The lines, with their numbers.
    pub(super) lines: Vec<(usize, &'a str)>,
}

impl Document {
    pub(super) fn read(name: &str) -> Self {
        Self::of(name, &source::text(name))
    }

    pub(super) fn of(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned() }
    }

    pub(super) fn fault(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.name)
    }

    /// The blocks in a language.
    pub(super) fn blocks(&self, language: &str) -> Vec<Block<'_>> {
        let (blocks, _) = self.parts();
        blocks.into_iter().filter(|block| block.language == language).collect()
    }

    /// All commands: the lines of the `sh` blocks, and the commands of cargo in prose and tables.
    pub(super) fn commands(&self) -> Vec<Command> {
        let mut commands = Vec::new();
        for block in self.blocks("sh") {
            let mut all_need = false;
            for (line, text) in block.lines {
                let (words, comment) = text.split_once("# ").map_or((text, ""), |(words, comment)| (words, comment));
                let needs_account = comment.contains("needs an AWS account");
                all_need |= needs_account && words.is_empty();
                let words = words.trim().to_owned();
                if !words.is_empty() {
                    commands.push(Command { line, words, needs_account: needs_account || all_need });
                }
            }
        }
        for (line, words) in self.ticks() {
            if ["cargo xtask ", "cargo test "].iter().any(|start| words.starts_with(start)) {
                commands.push(Command { line, words, needs_account: false });
            }
        }
        commands
    }

    /// The texts in backticks outside of blocks, with the numbers of the lines on which they begin.
    pub(super) fn ticks(&self) -> Vec<(usize, String)> {
        let (_, prose) = self.parts();
        let mut ticks = Vec::new();
        let mut line = 1;
        for (at, part) in prose.split('`').enumerate() {
            if at % 2 == 1 {
                ticks.push((line, part.replace('\n', " ")));
            }
            line += part.matches('\n').count();
        }
        ticks
    }

    /// The targets of links and pictures, with their line numbers.
    pub(super) fn links(&self) -> Vec<(usize, String)> {
        let (_, prose) = self.parts();
        let mut links = Vec::new();
        for (line, text) in prose.lines().enumerate() {
            for (start, end) in [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"'), ("href=\"", '"')] {
                let found = text.split(start).skip(1).filter_map(|rest| rest.split_once(end));
                links.extend(found.map(|(link, _)| (line + 1, link.to_owned())));
            }
        }
        links
    }

    /// The anchors that GitHub creates for the headings.
    pub(super) fn anchors(&self) -> Vec<String> {
        let (_, prose) = self.parts();
        let headings =
            prose.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
        let anchor = |heading: &str| -> String {
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
        };
        headings.map(anchor).collect()
    }

    /// The blocks, and the text without them, in which lines keep their numbers.
    fn parts(&self) -> (Vec<Block<'_>>, String) {
        let (mut blocks, mut prose) = (Vec::new(), String::new());
        let mut open: Option<Block<'_>> = None;
        for (line, text) in self.text.lines().enumerate() {
            match (text.trim_start().strip_prefix("```"), open.as_mut()) {
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(language), None) => open = Some(Block { language: language.trim(), lines: Vec::new() }),
                (None, Some(block)) => block.lines.push((line + 1, text)),
                (None, None) => prose.push_str(text),
            }
            prose.push('\n');
        }
        assert!(open.is_none(), "{} has a fence that does not end", self.name);
        (blocks, prose)
    }
}
