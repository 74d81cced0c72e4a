//! The web app: it logs in with `leptos-login` and shows who is signed in. It replaces the shell that `index.html`
//! paints.

#![allow(unreachable_pub, reason = "Leptos's macro makes every component's properties `pub`")]

mod browser;
mod pages;
mod texts;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

fn main() {
    // A development build logs panics to the console. A release build contains no panic messages; for its stack traces
    // there is `cargo xtask trace`.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let shell = document().query_selector("#app").ok().flatten().expect("index.html has an element #app");
    shell.replace_children_with_node_0();
    mount_to(shell.unchecked_into(), pages::App).forget();
}
