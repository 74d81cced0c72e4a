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
    /// Its arguments.
    pub(super) arguments: Vec<OsString>,
    /// Variables in addition to those that all functions have.
    pub(super) variables: Vec<(&'static str, OsString)>,
    /// Its working folder.
    pub(super) folder: PathBuf,
    /// Its size.
    pub(super) size: String,
}

/// The measurements of one instance.
pub(super) struct Sample {
    /// From the start of the process to its first call of the Runtime API.
    pub(super) start: Duration,
    /// From delivering the first event to its response.
    pub(super) first: Duration,
    /// The median of the same for later events.
    pub(super) warm: Duration,
    /// Its peak memory, in bytes.
    pub(super) memory: Option<u64>,
    /// The provider's share of the first exchange.
    pub(super) theirs: Theirs,
    /// The processor time of the first exchange.
    pub(super) computed: Option<Duration>,
}

impl Sample {
    /// The first exchange without round trips and without the provider's computing time.
    pub(super) fn own(&self) -> Duration {
        self.first.saturating_sub(self.theirs.under_way + self.theirs.computing)
    }
}

/// Starts an instance, lets it make one exchange and then `warm` more, and stops it.
///
/// # Errors
/// If an exchange fails.
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
        let instance = Instance(command.spawn().context("starting the function")?);
        let start = platform.asked()? - begin;
        let idle = instance.computed();
        let first = exchange(&platform, provider.token(), 0)?;
        let theirs = provider.theirs();
        let computed = instance.computed().zip(idle).map(|(now, before)| now.saturating_sub(before));
        let times: Vec<_> =
            (1..=warm).map(|number| exchange(&platform, provider.token(), number)).collect::<Result<_>>()?;
        let warm = statistics::median(&times).context("there are no warm exchanges")?;
        // Each code was exchanged exactly once.
        provider.has_exchanged(before + 1 + times.len())?;
        Ok(Sample { start, first, warm, memory: instance.memory(), theirs, computed })
    };
    run().with_context(|| {
        let log = log.strip_prefix(workspace()).unwrap_or(log);
        format!("its output is in {}", log.display())
    })
}

/// Makes one exchange, and waits until the function asks for the next event.
fn exchange(platform: &RuntimeApi, token: &str, number: usize) -> Result<Duration> {
    let invocation = match platform.invoke(&token_event(&format!("{number:030}")))? {
        Outcome::Response(invocation) => invocation,
        Outcome::Error(error) => bail!("the function failed: {error}"),
    };
    platform.asked()?;
    let answer = String::from_utf8_lossy(&invocation.answer);
    if !answer.contains("200") || !answer.contains(token) {
        bail!("the response has no token: {answer}");
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

/// A process that is killed when this value is dropped. It stays in this process's group, so that Ctrl-C stops it, too.
struct Instance(Child);

impl Instance {
    /// Its peak memory, if the system reports it.
    fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kib * 1024)
    }

    /// The processor time of its threads, if the system reports it. Threads that have ended do not count.
    fn computed(&self) -> Option<Duration> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.0.id())).ok()?;
        let times = threads.flatten().filter_map(|thread| {
            let statistics = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            statistics.split(' ').next()?.parse::<u64>().ok()
        });
        Some(Duration::from_nanos(times.sum())).filter(|time| !time.is_zero())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // This can only fail if it has ended already.
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

    /// The floor in this process, with its own platform.
    fn floor(provider: &Provider) -> RuntimeApi {
        let platform = RuntimeApi::start().expect("a free port");
        let (api, token_url) = (platform.address().to_string(), provider.token_url());
        let client = format!("client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
        // It ends with the platform.
        thread::spawn(move || floor::run(&api, &token_url, &client));
        platform
    }

    fn answered(platform: &RuntimeApi, code: &str) -> Invocation {
        match platform.invoke(&token_event(code)).expect("the event is processed") {
            Outcome::Response(invocation) => invocation,
            Outcome::Error(error) => panic!("{error}"),
        }
    }

    #[test]
    fn instance_exchanges_each_code_that_it_receives() {
        let provider = Provider::start(Duration::ZERO).expect("a free port");
        let platform = floor(&provider);
        platform.asked().expect("the function asks for its first event");
        for code in ["one", "two", "three"] {
            let invocation = answered(&platform, code);
            platform.asked().expect("the function asks for the next event");
            let answer = String::from_utf8(invocation.answer).expect("the response is UTF-8");
            assert!(answer.contains(provider.token()), "{answer}");
        }
        provider.has_exchanged(3).expect("each code once");
        // One for the connection, and one for each exchange.
        assert_eq!(provider.theirs().trips, 4);
    }

    #[test]
    fn distant_provider_adds_its_round_trips() {
        let round_trip = Duration::from_millis(5);
        let provider = Provider::start(round_trip).expect("a free port");
        let platform = floor(&provider);
        platform.asked().expect("the function asks for its first event");
        for (code, round_trips) in [("first", 2), ("second", 1)] {
            let took = answered(&platform, code).took;
            platform.asked().expect("the function asks for the next event");
            let theirs = provider.theirs();
            assert_eq!(theirs.trips, round_trips, "{code}");
            // This does not test speed: it only checks that the measured time includes the waiting time.
            let waited = theirs.under_way;
            assert!(round_trip * round_trips <= waited && waited <= took, "{code}: {waited:?} of {took:?}");
        }
    }
}
