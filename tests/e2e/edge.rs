//! The edge in front of the function: signatures, mistakes in its configuration, and cookies.

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::response::AppendHeaders;
use axum::routing::get;
use deploy::{sha256, template, template_path};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use browser::sessions::SESSION;
use browser::world::{PERSON, World};

pub async fn edge_accepts_a_body_only_with_the_hash_that_the_app_sends(world: World) -> Result<()> {
    world.log_in().await?;
    let exchange = world.site().calls().into_iter().find(|call| call.method == "POST").context("a code was sent")?;
    let hash = exchange.headers.get("x-amz-content-sha256").context("with its hash")?.to_str()?.to_owned();

    let code = world.emulator().issue_code(PERSON);
    let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": format!("{}/auth", world.site().url()) });
    for headers in [
        json!({ "content-type": "application/json" }),
        json!({ "content-type": "application/json", "x-amz-content-sha256": hash }),
        json!({ "content-type": "application/json", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
    ] {
        let ask = format!(
            "const done = arguments[0];
             fetch('/api/token', {{ method: 'POST', headers: {headers}, body: '{body}' }})
                .then((answer) => done(answer.status), done)"
        );
        let status = world.browser.execute_async(&ask, vec![]).await?.json().clone();
        ensure!(status == 403, "{headers}: {status}");
    }
    ensure!(world.emulator().exchanges() == 1);
    Ok(())
}

/// Mistakes in the template that would deploy without an error.
const MISTAKES: [(&str, &[(&str, &str)]); 9] = [
    (
        "no cookie reaches the function",
        &[("Cookies: [__Host-Http-session, __Host-Http-session-1]", "Cookies: [theme]")],
    ),
    (
        "responses of the function are cached",
        &[
            ("4135ea2d-6df8-44a3-9df3-4b5a84be39ad # CachingDisabled", "!Ref ConfigCaching"),
            ("MinTTL: 0", "MinTTL: 60"),
        ],
    ),
    ("only methods without a body", &[("[GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]", "[GET, HEAD, OPTIONS]")]),
    ("no header of the browser is forwarded", &[("            OriginRequestPolicyId: !Ref ApiRequests\n", "")]),
    ("the browser's Host is forwarded", &[("Headers: [Host]", "Headers: [Via]")]),
    ("Origin is not forwarded", &[("Headers: [Host]", "Headers: [Host, Origin]")]),
    ("requests are not signed", &[("            OriginAccessControlId: !Ref FunctionAccess\n", "")]),
    ("/api/ is not the function's, except for one path", &[("PathPattern: /api/*", "PathPattern: /api/session")]),
    ("no edge function", &[("EventType: viewer-request", "EventType: viewer-response")]),
];

pub async fn each_mistake_in_the_template_prevents_logging_in(world: World) -> Result<()> {
    let text = std::fs::read_to_string(template_path())?;
    log_in_by_hand(&world).await.context("with the original template")?;
    for (mistake, changes) in MISTAKES {
        let changed = changes.iter().try_fold(text.clone(), |text, (from, to)| {
            ensure!(text.contains(from), "{mistake}: the template has no {from}");
            Ok(text.replace(from, to))
        })?;
        world.site().configure(&template::parse(&changed)?)?;
        ensure!(log_in_by_hand(&world).await.is_err(), "a login works in spite of this mistake: {mistake}");
    }
    world.site().configure(&template::parse(&text)?)?;
    log_in_by_hand(&world).await.context("with the original template, after the mistakes")
}

/// Sends the requests of a browser from the callback to the session, with another cookie of this host.
async fn log_in_by_hand(world: &World) -> Result<()> {
    let client = function::client::build(&[]).map_err(anyhow::Error::from_boxed)?;
    let origin = world.site().url();
    let signed_in = async |cookies: &str| -> Result<Value> {
        let cookies = ["theme=dark", cookies].join("; ");
        let answer = client.get(format!("{origin}{SESSION}")).header("cookie", cookies).send().await?;
        Ok(serde_json::from_slice::<Value>(&answer.bytes().await?)?["session"]["profile"]["name"].take())
    };
    ensure!(signed_in("").await?.is_null(), "a person is signed in before the login");
    let page = client.get(format!("{origin}/auth?code=c&state=s")).send().await?;
    ensure!(page.status() == 200, "the callback's page returned {}", page.status());
    let code = world.emulator().issue_code(PERSON);
    let body = json!({ "provider": "aniapi", "code": code, "redirect_uri": format!("{origin}/auth") }).to_string();
    let exchange = client
        .post(format!("{origin}/api/token"))
        .header("origin", &origin)
        .header("content-type", "application/json")
        .header("x-amz-content-sha256", sha256(body.as_bytes()))
        .body(body);
    let answer = exchange.send().await?;
    ensure!(answer.status() == 200, "the exchange returned {}", answer.status());
    let set =
        answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookies = set.collect::<Vec<_>>().join("; ");
    let name = signed_in(&cookies).await?;
    ensure!(name == "demo", "{name} is signed in");
    Ok(())
}

/// A function that responds with the cookies that it received, and sets two session cookies on `POST`.
async fn with_cookies(names: [String; 2]) -> Result<(String, JoinHandle<()>)> {
    let set = names.map(|name| format!("{name}=v.{name}; Path=/; HttpOnly; SameSite=Strict; Max-Age=600"));
    let set = async move || AppendHeaders(set.map(|cookie| (SET_COOKIE, cookie)));
    let sent = async |headers: HeaderMap| {
        let cookies =
            headers.get_all(COOKIE).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        cookies.collect::<Vec<_>>().join(" | ")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route(SESSION, get(sent).post(set));
    let server = tokio::spawn(async move {
        // It runs until it is aborted.
        let _ = axum::serve(listener, router).await;
    });
    Ok((url, server))
}

/// The function's response to a request of the page.
async fn answer(world: &World, method: &str) -> Result<Value> {
    let script = format!(
        "const done = arguments[0];
         fetch('{SESSION}', {{ method: '{method}' }}).then((answer) => answer.text()).then(done, (error) => done(String(error)))"
    );
    Ok(world.browser.execute_async(&script, vec![]).await?.json().clone())
}

pub async fn cookies_pass_between_browser_and_function(world: World) -> Result<()> {
    world.open("/anywhere").await?;
    world.sees("not found").await?;
    let names = world.session_cookie_names();
    let (function, server) = with_cookies(names.clone()).await?;
    world.site().point_at(&function);
    // A cookie of another app on this machine.
    world.script("document.cookie = 'theme=dark; path=/'").await?;
    ensure!(answer(&world, "GET").await? == "");
    answer(&world, "POST").await?;
    let both = names.each_ref().map(|name| format!("{name}=v.{name}"));
    let kept: Vec<_> =
        world.session_cookies().await?.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
    ensure!(kept == both, "{kept:?}");
    ensure!(world.script("return document.cookie").await? == "theme=dark", "a page can read the session cookies");
    let sent = answer(&world, "GET").await?;
    ensure!(both.iter().all(|cookie| sent.as_str().is_some_and(|sent| sent.contains(cookie))), "{sent}");
    ensure!(sent.as_str().is_some_and(|sent| !sent.contains("theme") && !sent.contains('|')), "{sent}");

    world.tamper_with_session_cookies(|value| value.replace('v', "w")).await?;
    let sent = answer(&world, "GET").await?;
    ensure!(sent.as_str().is_some_and(|sent| sent.contains("=w.") && !sent.contains("=v.")), "{sent}");
    world.delete_session_cookies().await?;
    ensure!(answer(&world, "GET").await? == "");
    world.put_session_cookie(&names[0], "made-up").await?;
    ensure!(answer(&world, "GET").await? == format!("{}=made-up", names[0]));
    ensure!(world.script("return document.cookie").await? == "theme=dark");

    world.cut_off();
    ensure!(answer(&world, "GET").await?.as_str().is_some_and(|page| page.contains("502")));
    let away = world.replace_function(503).await?;
    ensure!(answer(&world, "GET").await? == "<h1>503</h1>");
    drop(away);
    world.bring_back();
    server.abort();
    Ok(())
}

/// It keeps cookies with a `Max-Age` and `localStorage`, but neither `sessionStorage` nor other cookies.
pub async fn closed_browser_keeps_only_what_is_on_disk(mut world: World) -> Result<()> {
    world.open("/anywhere").await?;
    let names = world.session_cookie_names();
    let (function, server) = with_cookies(names.clone()).await?;
    world.site().point_at(&function);
    answer(&world, "POST").await?;
    world
        .script("localStorage.setItem('kept', 1); sessionStorage.setItem('lost', 1); document.cookie = 'lost=1'")
        .await?;
    let first = world.browser.window().await?;
    world.open_tab("/?other").await?;
    ensure!(world.browser.windows().await?.len() == 2);
    world.go_to_tab(&first).await?;
    ensure!(world.place().await? == "/anywhere");

    world.reopen().await?;
    ensure!(world.browser.windows().await?.len() == 1);
    world.open("/anywhere").await?;
    ensure!(world.session_cookies().await?.len() == 2, "the cookies are gone");
    ensure!(world.script("return localStorage.getItem('kept')").await? == "1");
    ensure!(world.script("return sessionStorage.length").await? == 0);
    ensure!(world.script("return document.cookie").await? == "");
    server.abort();
    Ok(())
}
