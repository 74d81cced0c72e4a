//! Helpers for sessions in cookies: reading and changing the cookies, opening tabs, and counting the requests to the
//! function.

use anyhow::{Context as _, Result, ensure};
use deploy::sha256;
use serde_json::Value;
use stack::session::SessionMode;
use thirtyfour::{Cookie, SameSite, WindowHandle};

use crate::canned::Canned;
use crate::world::World;

/// A body and its hash, as arguments of a script that posts it: the edge rejects a body without its hash.
pub fn hashed(body: &str) -> Vec<Value> {
    [body.to_owned(), sha256(body.as_bytes())].map(Value::from).into()
}

/// The function's path for sessions.
pub const SESSION: &str = "/api/session";

impl World {
    /// The session mode of this test's stack.
    pub fn session_mode(&self) -> SessionMode {
        self.stack.session
    }

    /// The names of the session's cookies, in order.
    pub fn session_cookie_names(&self) -> [String; 2] {
        let url = self.site().url();
        let port = url.rsplit(':').next().unwrap_or_default();
        [format!("session-{port}"), format!("session-{port}-1")]
    }

    /// The session's cookies in the browser, in order. The tab must show the app.
    pub async fn session_cookies(&self) -> Result<Vec<Cookie>> {
        let all = self.browser.get_all_cookies().await.context("reading the cookies")?;
        let of = |name: &String| all.iter().find(|cookie| cookie.name == *name).cloned();
        Ok(self.session_cookie_names().iter().filter_map(of).collect())
    }

    /// Sets a session cookie in the browser, in place of one with the same name. It may come from another browser or be
    /// made up, and lasts until the browser ends.
    pub async fn put_session_cookie(&self, name: &str, value: &str) -> Result<()> {
        self.replace_cookie(Cookie::new(name, value), None).await
    }

    async fn replace_cookie(&self, mut cookie: Cookie, expiry: Option<i64>) -> Result<()> {
        let name = cookie.name.clone();
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Strict);
        cookie.expiry = expiry;
        // WebKit's driver would keep both.
        self.browser.delete_cookie(&name).await.with_context(|| format!("deleting {name}"))?;
        self.browser.add_cookie(cookie).await.with_context(|| format!("setting {name}"))
    }

    /// Changes the value of each of the session's cookies, and keeps their expiry. There must be one.
    pub async fn tamper_with_session_cookies(&self, change: impl Fn(&str) -> String) -> Result<()> {
        let cookies = self.session_cookies().await?;
        ensure!(!cookies.is_empty(), "there is no session cookie");
        for cookie in cookies {
            self.replace_cookie(Cookie::new(cookie.name, change(&cookie.value)), cookie.expiry).await?;
        }
        Ok(())
    }

    /// Deletes the session's cookies in the browser.
    pub async fn delete_session_cookies(&self) -> Result<()> {
        for name in self.session_cookie_names() {
            self.browser.delete_cookie(&name).await.with_context(|| format!("deleting {name}"))?;
        }
        Ok(())
    }

    /// Opens a path of the app in a new tab, and continues there.
    pub async fn open_tab(&self, place: &str) -> Result<WindowHandle> {
        let tab = self.browser.new_tab().await.context("opening a tab")?;
        self.go_to_tab(&tab).await?;
        self.open(place).await?;
        Ok(tab)
    }

    /// Continues in this tab.
    pub async fn go_to_tab(&self, tab: &WindowHandle) -> Result<()> {
        self.browser.switch_to_window(tab.clone()).await.context("going to a tab")
    }

    /// The session as the function reports it to a script in the page; `null` without one.
    pub async fn session_response(&self) -> Result<Value> {
        let script = "const done = arguments[0];
            fetch('/api/session').then((answer) => answer.json()).then(done, (error) => done(String(error)))";
        let answer = self.browser.execute_async(script, vec![]).await.context("requesting the session")?;
        Ok(answer.json()["session"].clone())
    }

    /// Waits until the function reports no session.
    pub async fn has_no_session(&self) -> Result<()> {
        let is_null =
            "return fetch('/api/session').then((answer) => answer.json()).then(({ session }) => session === null)";
        self.until("there is no session any more", is_null).await
    }

    /// The number of session requests with this method at the edge.
    pub fn session_requests(&self, method: &str) -> usize {
        self.site().count(method, SESSION)
    }

    /// From now on nothing listens at the function's address; the edge answers 502.
    pub fn cut_off(&self) {
        self.site().point_at("http://127.0.0.1:1");
    }

    /// While the result is kept, the edge answers with this status and a page in place of the function.
    pub async fn replace_function(&self, status: u16) -> Result<Canned> {
        let canned = Canned::start(Canned::html(status, &format!("<h1>{status}</h1>"))).await?;
        self.site().point_at(canned.url());
        Ok(canned)
    }

    /// Makes the function available again.
    pub fn bring_back(&self) {
        self.site().point_at(&self.stack.function_url);
    }
}
