//! The attacker wants two parties to read the same authorization response differently, with parameters that are
//! repeated, empty, spelt differently or in another place (RFC 6749, 3.1 and 4.1.2). Defence: repeated parameters are
//! rejected, other spellings are ignored, and only the query counts.

use anyhow::{Result, ensure};

use browser::world::{PERSON, World};

pub async fn ambiguous_callback_is_rejected(world: World) -> Result<()> {
    let theirs = world.emulator().issue_code("moderator@aniapi.test");
    for query in [
        "?code=CODE&code=THEIRS&state=STATE",
        "?code=THEIRS&code=CODE&state=STATE",
        "?code=CODE&code=&state=STATE",
        "?code=&code=CODE&state=STATE",
        "?code=CODE&co%64e=THEIRS&state=STATE",
        "?code=CODE&state=STATE&state=STATE",
        "?code=CODE&state=&state=STATE",
        "?code=CODE&state=STATE&state=x",
        "?code=CODE&state=STATE&iss=a&iss=b",
        "?code=CODE&state=STATE&error=access_denied",
        "?code=CODE&state=STATE&error=&error=",
        "?code=CODE&state=STATE#&state=STATE&code=THEIRS&error=x&iss=a&iss=a&code=THEIRS&state=&error=y",
        "#code=CODE&state=STATE",
        "?state=STATE#code=CODE",
        "?code=CODE#state=STATE",
        "?Code=CODE&state=STATE",
        "?code[]=CODE&state=STATE",
        "?code[0]=CODE&state[0]=STATE",
        "?code%00=CODE&state=STATE",
        "?%63ode%20=CODE&state=STATE",
        "?amp;code=CODE&amp;state=STATE",
        "?code=CODE;state=STATE",
        "?code=CODE&state=STATE%00",
        "?code=CODE&state=%20STATE",
        "?code=CODE&state=STATE,STATE",
        "??code=CODE&&state=STATE&state=STATE",
    ] {
        let is_good = query.contains("STATE#&");
        world.open("/").await?;
        let state = world.begin().await?;
        let code = world.emulator().issue_code(PERSON);
        world.site().forget();
        let callback = query.replace("STATE", &state).replace("CODE", &code).replace("THEIRS", &theirs);
        world.open(&format!("/auth{callback}")).await?;
        if is_good {
            // The fragment is ignored.
            world.sees("demo").await?;
            world.press("Log out").await?;
            continue;
        }
        world.find("[role=alert]").await?;
        ensure!(world.site().exchanges() == 0, "{query} was sent on");
        ensure!(world.place().await? == "/auth", "{query}: at {}", world.place().await?);
        world.emulator().reset();
    }
    Ok(())
}
