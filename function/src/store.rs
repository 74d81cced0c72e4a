//! Secrets in AWS Secrets Manager: one signed request for each when the function starts, and none after.
//!
//! The request is signed with AWS's own signing crate and sent by the client that the function has anyway. With AWS's SDK
//! the program was half as large again and took nearly twice as long to start; AWS's Lambda extension is another process
//! beside it, and does not promise an answer before the first invocation.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::{Client, Response};
use serde::Deserialize;
use shared::json;
use shared::secret::ClientSecret;

use crate::arn::SecretArn;

/// The longest answer that is read, in bytes. A secret may have 64 KiB, and most of them may be escaped in the answer.
const MAX_ANSWER: usize = 256 * 1024;

/// How long a throttled request waits before the second attempt.
const PAUSE: Duration = Duration::from_millis(300);

/// What is reported if the second attempt was throttled, too.
const THROTTLED: &str =
    "names a secret, but Secrets Manager has too many requests or a fault of its own; start the function again";

/// What a request says beside its body.
const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "secretsmanager.GetSecretValue")];

/// A secret that is still in the store, and what it takes to read it.
pub struct StoredSecret {
    pub(crate) arn: SecretArn,
    /// Who asks: in Lambda, the function's role.
    pub(crate) credentials: Credentials,
    /// Where Secrets Manager answers.
    pub(crate) endpoint: String,
}

impl StoredSecret {
    /// Reads the secret: one request, a second one if the first was throttled, and one deadline for all of it.
    ///
    /// # Errors
    /// Says what is wrong with the variable that has its ARN, or with what it names, and what to do.
    pub async fn read(&self, client: &Client, within: Duration) -> Result<ClientSecret, &'static str> {
        let mut is_first = true;
        let read = async {
            loop {
                match self.attempt(client).await {
                    Err(THROTTLED) if std::mem::take(&mut is_first) => tokio::time::sleep(PAUSE).await,
                    answer => return answer,
                }
            }
        };
        tokio::time::timeout(within, read).await.unwrap_or(Err(
            "names a secret that could not be read in time: can the function reach Secrets Manager from its network?",
        ))
    }

    async fn attempt(&self, client: &Client) -> Result<ClientSecret, &'static str> {
        // An ARN has no character that JSON escapes.
        let body = ["{\"SecretId\":\"", &self.arn.text, "\"}"].concat();
        let mut request = client.post(&self.endpoint);
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        for (name, value) in self.signature(&body).ok_or("names a secret, but the request for it cannot be signed")? {
            request = request.header(name, value);
        }
        // The error is not told: it would print addresses, and says little more.
        let response = request.body(body).send().await.map_err(|_| {
            "names a secret, but there is no connection to Secrets Manager: can the function reach it from its network?"
        })?;
        let is_success = response.status().is_success();
        judge(is_success, &read(response).await?)
    }

    /// The headers that sign a request with that body: `Authorization` and what it speaks of.
    fn signature(&self, body: &str) -> Option<Vec<(String, String)>> {
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.arn.region)
            .name("secretsmanager")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .ok()?
            .into();
        let body = SignableBody::Bytes(body.as_bytes());
        let request = SignableRequest::new("POST", &self.endpoint, HEADERS.into_iter(), body).ok()?;
        let (signature, _) = sign(request, &params).ok()?.into_parts();
        Some(signature.headers().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err("names a secret that is far too long for a client secret"),
            Ok(None) => return Ok(body),
            Err(_) => return Err("names a secret, but the connection to Secrets Manager broke; try again"),
        }
    }
}

/// What is looked at in an answer. Bytes in place of text would be in `SecretBinary`.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "SecretString")]
    text: Option<ClientSecret>,
}

/// What is looked at in a refusal.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type")]
    kind: String,
}

/// What an answer means. Of what AWS says none is repeated, as it names accounts and roles.
fn judge(is_success: bool, body: &[u8]) -> Result<ClientSecret, &'static str> {
    if is_success {
        let answer: Answer = json::object(body)
            .map_err(|_| "names a secret, but what came was no answer of Secrets Manager: is its address right?")?;
        return answer.text.ok_or("names a secret that holds bytes; it must hold text");
    }
    let refusal: Option<Refusal> = json::object(body).ok();
    // It may come with a namespace before it.
    let kind = refusal.as_ref().map(|refusal| refusal.kind.rsplit('#').next().unwrap_or_default());
    Err(match kind {
        Some("AccessDeniedException") => {
            "names a secret that this function may not read: allow secretsmanager:GetSecretValue on it to the \
             function's role, and kms:Decrypt on its key where it has one of its own"
        }
        Some("ResourceNotFoundException") => "names a secret that is not there, or has no value yet",
        Some("InvalidRequestException") => "names a secret that is marked for deletion",
        Some("DecryptionFailure" | "DecryptionFailureException") => {
            "names a secret whose key cannot be used: is it enabled, and may the function's role use it?"
        }
        Some(
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "IncompleteSignatureException"
            | "MissingAuthenticationTokenException"
            | "ExpiredTokenException",
        ) => {
            "names a secret, but AWS does not accept the credentials of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
             AWS_SESSION_TOKEN, or the clock is wrong"
        }
        Some(
            "ThrottlingException"
            | "InternalServiceError"
            | "InternalServiceErrorException"
            | "InternalFailure"
            | "ServiceUnavailable",
        ) => THROTTLED,
        _ => "names a secret, but Secrets Manager did not give it, for a reason that is not known here",
    })
}
