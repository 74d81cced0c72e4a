//! Every address that is none of ours.

use super::page::Page;

pub(super) fn show(page: &mut Page) {
    page.heading(page.texts.not_found);
    page.quiet(page.texts.no_such_page);
    page.home();
}
