//! Late responses, and waiting until their effects have happened.

use anyhow::Result;

use crate::world::World;

/// A script that holds every response for this address back until `window.release()` is called, and counts the requests in
/// `window.asked`. The app cannot abort such a request, so its response always arrives.
pub fn held(address: &str) -> String {
    format!(
        "const real = fetch; const waiting = []; window.asked = 0; let isOpen = false;
         window.release = () => {{ isOpen = true; waiting.forEach((go) => go()) }};
         window.fetch = async (...call) => {{
             if (!String(call[0].url ?? call[0]).includes('{address}')) return real(...call);
             window.asked++;
             const answer = await real(new Request(...call), {{ signal: null }});
             if (!isOpen) await new Promise((go) => waiting.push(go));
             return answer;
         }}"
    )
}

/// Waits until pending tasks and frames have run.
pub async fn settle(world: &World) -> Result<()> {
    let frames =
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))";
    world.browser.execute_async(frames, vec![]).await?;
    Ok(())
}
