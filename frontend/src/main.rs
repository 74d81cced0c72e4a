//! The app in the browser: it logs in with `leptos-login`, and shows who is signed in. It takes the place of the shell
//! that `index.html` has painted.

#![allow(unreachable_pub, reason = "Leptos's macro makes every component's properties `pub`")]

mod browser;
mod pages;
mod texts;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

fn main() {
    // In a development build, a panic says in the console what it was. A release build has no texts for that; there,
    // `cargo xtask trace` says where it was.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let shell = document().query_selector("#app").ok().flatten().expect("index.html has an element #app");
    shell.replace_children_with_node_0();
    mount_to(shell.unchecked_into(), pages::App).forget();
}
