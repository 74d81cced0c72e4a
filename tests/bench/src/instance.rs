//! One instance of a function, from its start to its last exchange.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::distant::Theirs;
use super::event::{REDIRECT_URI, token_event};
use super::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
use function_tests::runtime_api::{Outcome, RuntimeApi};
use xtask::statistics;
use xtask::workspace;

/// A function that can be started.
pub(super) struct Subject {
    /// The program.
    pub(super) program: PathBuf,
    /// What it is started with.
    pub(super) arguments: Vec<OsString>,
    /// What it has in its environment beyond what all of them have.
    pub(super) variables: Vec<(&'static str, OsString)>,
    /// Where it is started.
    pub(super) folder: PathBuf,
    /// How large it is.
    pub(super) size: String,
}

/// What one instance took.
pub(super) struct Sample {
    /// From starting the process to its first call of the Runtime API.
    pub(super) start: Duration,
    /// From handing the first event out to its answer.
    pub(super) first: Duration,
    /// The same of a later one, in the middle.
    pub(super) warm: Duration,
    /// The most memory that it has held, in bytes.
    pub(super) memory: Option<u64>,
    /// What of the first exchange was the provider's.
    pub(super) theirs: Theirs,
    /// How long the first exchange had a processor for itself.
    pub(super) computed: Option<Duration>,
}

impl Sample {
    /// Of the first exchange what was neither a round trip nor the provider's own time.
    pub(super) fn own(&self) -> Duration {
        self.first.saturating_sub(self.theirs.under_way + self.theirs.computing)
    }
}

/// Starts an instance, lets it make one exchange and then so many more, and ends it.
///
/// # Errors
/// Where it does not do what it is measured for.
pub(super) fn measure(
    subject: &Subject,
    provider: &Provider,
    authority: Option<&Path>,
    warm: usize,
    log: &Path,
) -> Result<Sample> {
    let platform = RuntimeApi::start()?;
    let mut command = command(subject, &platform, provider, log)?;
    command.envs(authority.map(|file| ("OAUTH_CA_FILE", file)));
    let mut run = || -> Result<Sample> {
        provider.theirs();
        let before = provider.exchanges();
        let begin = Instant::now();
        let instance = Instance(command.spawn().context("starting it")?);
        let start = platform.asked()? - begin;
        let idle = instance.computed();
        let first = exchange(&platform, provider.token(), 0)?;
        let theirs = provider.theirs();
        let computed = instance.computed().zip(idle).map(|(now, before)| now.saturating_sub(before));
        let times: Vec<_> =
            (1..=warm).map(|number| exchange(&platform, provider.token(), number)).collect::<Result<_>>()?;
        let warm = statistics::median(&times).context("no further exchange")?;
        // Each code once, and none is left out.
        provider.has_exchanged(before + 1 + times.len())?;
        Ok(Sample { start, first, warm, memory: instance.memory(), theirs, computed })
    };
    run().with_context(|| {
        let log = log.strip_prefix(workspace()).unwrap_or(log);
        format!("its output is in {}", log.display())
    })
}

/// Makes one exchange, and waits until the next one may come.
fn exchange(platform: &RuntimeApi, token: &str, number: usize) -> Result<Duration> {
    let invocation = match platform.invoke(&token_event(&format!("{number:030}")))? {
        Outcome::Response(invocation) => invocation,
        Outcome::Error(error) => bail!("it failed: {error}"),
    };
    platform.asked()?;
    let answer = String::from_utf8_lossy(&invocation.answer);
    if !answer.contains("200") || !answer.contains(token) {
        bail!("that is no token: {answer}");
    }
    Ok(invocation.took)
}

fn command(subject: &Subject, platform: &RuntimeApi, provider: &Provider, log: &Path) -> Result<Command> {
    let output = || -> std::io::Result<_> {
        let file = File::create(log)?;
        Ok((file.try_clone()?, file))
    };
    let (out, err) = output().with_context(|| format!("creating {}", log.display()))?;
    let mut command = Command::new(&subject.program);
    command
        .args(&subject.arguments)
        .current_dir(&subject.folder)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", platform.address().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "function")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/function")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]1")
        .env("AWS_REGION", "eu-central-1")
        .env("OAUTH_CLIENT_ID", CLIENT_ID)
        .env("OAUTH_CLIENT_SECRET", CLIENT_SECRET)
        .env("OAUTH_REDIRECT_URIS", REDIRECT_URI)
        .env("OAUTH_TOKEN_URL", provider.token_url())
        .envs(subject.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    Ok(command)
}

/// A process that ends with this value. It stays in our own group, so that Ctrl-C ends it too.
struct Instance(Child);

impl Instance {
    /// The most memory that it has held, where the system tells.
    fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib * 1024)
    }

    /// How long its threads have had a processor, where the system tells. Of one that ended that is forgotten.
    fn computed(&self) -> Option<Duration> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.0.id())).ok()?;
        let times = threads.flatten().filter_map(|thread| {
            let told = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            told.split(' ').next()?.parse::<u64>().ok()
        });
        Some(Duration::from_nanos(times.sum())).filter(|time| !time.is_zero())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It can only fail because it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::event::token_event;
    use crate::floor;
    use crate::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
    use function_tests::runtime_api::Invocation;

    /// The floor, in this process, under a platform of its own.
    fn floor(provider: &Provider) -> RuntimeApi {
        let platform = RuntimeApi::start().expect("a free port");
        let (api, token_url) = (platform.address().to_string(), provider.token_url());
        let client = format!("client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
        // It ends when the platform does.
        thread::spawn(move || floor::run(&api, &token_url, &client));
        platform
    }

    fn answered(platform: &RuntimeApi, code: &str) -> Invocation {
        match platform.invoke(&token_event(code)).expect("something becomes of it") {
            Outcome::Response(invocation) => invocation,
            Outcome::Error(error) => panic!("{error}"),
        }
    }

    #[test]
    fn an_instance_is_started_once_and_exchanges_each_code_that_it_is_handed() {
        let provider = Provider::start(Duration::ZERO).expect("a free port");
        let platform = floor(&provider);
        platform.asked().expect("it asks for its first event");
        for code in ["one", "two", "three"] {
            let invocation = answered(&platform, code);
            platform.asked().expect("it asks for the next event");
            let answer = String::from_utf8(invocation.answer).expect("it is text");
            assert!(answer.contains(provider.token()), "{answer}");
        }
        provider.has_exchanged(3).expect("each code once");
        // One for the connection, and one for each exchange.
        assert_eq!(provider.theirs().trips, 4);
    }

    #[test]
    fn a_provider_far_away_is_waited_for_by_each_round_trip() {
        let round_trip = Duration::from_millis(5);
        let provider = Provider::start(round_trip).expect("a free port");
        let platform = floor(&provider);
        platform.asked().expect("it asks for its first event");
        for (code, round_trips) in [("first", 2), ("second", 1)] {
            let took = answered(&platform, code).took;
            platform.asked().expect("it asks for the next event");
            let theirs = provider.theirs();
            assert_eq!(theirs.trips, round_trips, "{code}");
            // No clock is held to be quick here: only that what was waited for is in what was measured.
            let waited = theirs.under_way;
            assert!(round_trip * round_trips <= waited && waited <= took, "{code}: {waited:?} of {took:?}");
        }
    }
}
