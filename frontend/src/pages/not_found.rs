//! Every address that is none of ours.

use super::page::Page;

pub(super) fn show(page: &mut Page) {
    page.heading("Page not found");
    page.quiet("This address was not found: there is no such page in this app.");
    page.home();
}
