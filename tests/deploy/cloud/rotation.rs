//! `cargo xtask rotate-session-key`, from the first step to the last.

use std::time::{Duration, SystemTime};

use anyhow::{Result, ensure};
use deploy::Which;
use deploy::rotate::{self, Options};

use crate::recorded::Recorded;
use crate::{ID, SECRET, TO, built};
use deploy_tests::cloud::Cloud;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn options(force: bool) -> Options {
    let which = Which { stack: "aniapi-login".to_owned(), region: Some("eu-central-1".to_owned()) };
    Options { which, force, dry_run: false }
}

#[test]
fn key_is_replaced_in_three_steps_and_each_reaches_the_function() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("rotation")?;
    cloud.deploy(&[ID, TO, "OAUTH_SESSION_DAYS=7"], Some(SECRET), &built)?;
    let place = cloud.place()?;
    let begin = SystemTime::now();
    let step = |days: u32, force| rotate::next_step(&place, &options(force), begin + DAY * days);
    let old = cloud.keys()?.remove(0);

    // `keys` also checks that the function's variables name this version.
    step(0, false)?;
    let added = cloud.keys()?;
    ensure!(added.len() == 2 && added[0] == old && added[1] != old && added[1].len() == 43);
    let new = added[1].clone();
    step(0, false)?;
    ensure!(cloud.keys()? == [new.clone(), old.clone()]);

    // Neither another secret of the same client nor a dry run changes when the old key can be removed.
    let other = "22222222-89ab-cdef-0123-456789abcdef";
    cloud.deploy(&["--secret-stdin"], Some(other), &built)?;
    rotate::next_step(&place, &Options { dry_run: true, ..options(true) }, begin + DAY * 9)?;
    ensure!(cloud.keys()? == [new.clone(), old]);
    let message = step(7, false).expect_err("it is too early").to_string();
    ensure!(message.contains("can be removed from") && message.contains("--force"), "{message}");
    ensure!(cloud.keys()?.len() == 2);
    step(8, false)?;
    ensure!(cloud.keys()? == [new]);
    let document = cloud.document()?;
    ensure!(document["OAUTH_CLIENT_SECRET"] == other && document.len() == 2);

    // Next rotation: `--force` removes the old key at once and signs people out.
    step(8, false)?;
    step(8, false)?;
    ensure!(cloud.keys()?.len() == 2);
    step(8, true)?;
    ensure!(cloud.keys()?.len() == 1);
    Ok(())
}

#[test]
fn step_that_did_not_reach_the_instances_is_finished_before_the_next() -> Result<()> {
    let cloud = Cloud::start()?;
    let (_, built) = built("unfinished")?;
    let recorded = Recorded::new(&cloud, "unfinished")?;
    cloud.deploy_to(&recorded.place, &[ID, TO], Some(SECRET), &built)?;
    let step = || rotate::next_step(&recorded.place, &options(false), SystemTime::now());
    recorded.fail(true)?;
    ensure!(step().is_err());
    ensure!(cloud.keys().is_err(), "the function's variables have not changed");
    recorded.fail(false)?;
    let old = cloud.variables()?;
    step()?;
    let added = cloud.keys()?;
    ensure!(added.len() == 2 && cloud.variables()? != old);
    step()?;
    ensure!(cloud.keys()? == [added[1].clone(), added[0].clone()]);
    for line in recorded.log()? {
        ensure!(!added.iter().any(|key| line.contains(key)), "no key is on a command line");
    }
    Ok(())
}

#[test]
fn rotation_without_a_deployment_is_rejected() -> Result<()> {
    let cloud = Cloud::start()?;
    let place = cloud.place()?;
    let message =
        rotate::next_step(&place, &options(false), SystemTime::now()).expect_err("there is no deployment").to_string();
    ensure!(message.contains("there is no stack"), "{message}");
    Ok(())
}
