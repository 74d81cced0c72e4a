//! Takes the place of `wasm-streams` in this workspace, because an app cannot leave that crate out.
//!
//! Leptos brings it for server functions, which a static app does not have. It exports functions to JavaScript, and
//! what is exported stays in the program whether anybody calls it or not: 3 kB of every visitor's download, under
//! brotli. These are the two things that Leptos names of it; nothing in a static app reaches them.

use futures_core::Stream;
use wasm_bindgen::JsValue;

/// The browser's stream.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Wraps the browser's stream.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// The browser's stream again.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// What the body of a streaming server function would be made with.
    ///
    /// # Panics
    /// Always.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        panic!("this app has no server functions")
    }

    /// What the answer of a streaming server function would be read with: nothing.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        Nothing
    }
}

struct Nothing;

impl Stream for Nothing {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(None)
    }
}
