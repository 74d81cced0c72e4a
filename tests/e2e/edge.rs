//! The edge in front of the function, where the app is deployed: CloudFront signs what it passes on.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use browser::world::{PERSON, World};

pub async fn an_edge_that_signs_a_body_by_its_hash_takes_the_apps_exchange(world: World) -> Result<()> {
    world.site().sign(true);
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
