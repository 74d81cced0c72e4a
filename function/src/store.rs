//! Secrets in AWS Secrets Manager: one signed request for each when the function starts, and none afterwards.
//!
//! The request is signed with AWS's own signing crate and sent by the function's HTTP client. With AWS's SDK the
//! program was half as large again and took nearly twice as long to start. AWS's Lambda extension is a separate
//! process, and does not guarantee a response before the first invocation.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::{Client, Response};
use serde::Deserialize;
use shared::json;
use shared::secret::ClientSecret;

use crate::arn::SecretArn;

/// The maximum size of a response, in bytes. A secret may have 64 KiB, and most of its characters may be escaped in the
/// response.
const MAX_ANSWER: usize = 256 * 1024;

/// How long to wait before retrying a throttled request.
const PAUSE: Duration = Duration::from_millis(300);

/// The error if the retry was throttled too.
const THROTTLED: &str =
    "names a secret, but Secrets Manager is throttling requests or has an internal error; start the function again";

/// The error if the secret is not found. AWS does not say whether the secret or the version is missing.
const NOT_FOUND: &str = "names a secret that does not exist or has no value yet";

/// The headers of a request.
const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "secretsmanager.GetSecretValue")];

/// A secret that has not been read yet, and what is required to read it.
pub struct StoredSecret {
    pub(crate) arn: SecretArn,
    /// The version to read. If there is none, the current one.
    pub(crate) version: Option<String>,
    /// The credentials to sign with: in Lambda, those of the function's role.
    pub(crate) credentials: Credentials,
    /// The endpoint of Secrets Manager.
    pub(crate) endpoint: String,
}

impl StoredSecret {
    /// Reads the secret: one request, one retry if that was throttled, and one deadline for both.
    ///
    /// # Errors
    /// If the secret cannot be read. The message continues the name of the variable with its ARN: what is wrong with
    /// the variable or with the secret that it names, and what to do.
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
        // Neither an ARN nor the id of a version has a character that JSON escapes.
        let version = self.version.iter().flat_map(|version| ["\",\"VersionId\":\"", version]);
        let body: String = ["{\"SecretId\":\"", &self.arn.text].into_iter().chain(version).chain(["\"}"]).collect();
        let mut request = client.post(&self.endpoint);
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        for (name, value) in self.signature(&body).ok_or("names a secret, but the request for it cannot be signed")? {
            request = request.header(name, value);
        }
        // The error itself is not reported: it would print addresses, and says little more.
        let response = request.body(body).send().await.map_err(|_| {
            "names a secret, but there is no connection to Secrets Manager: can the function reach it from its network?"
        })?;
        let is_success = response.status().is_success();
        judge(is_success, &read(response).await?).map_err(|problem| match problem {
            NOT_FOUND if self.version.is_some() => {
                "names a secret that does not exist, or does not have the version of OAUTH_SECRETS_VERSION"
            }
            other => other,
        })
    }

    /// The headers that sign a request with this body: `Authorization` and those that it refers to.
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
            Ok(Some(_)) => return Err("names a secret that is far too long: the response is over 256 KiB"),
            Ok(None) => return Ok(body),
            Err(_) => return Err("names a secret, but the connection to Secrets Manager broke; try again"),
        }
    }
}

/// The relevant part of a response. A binary secret would be in `SecretBinary`.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "SecretString")]
    text: Option<ClientSecret>,
}

/// The relevant part of an error response.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type")]
    kind: String,
}

/// Reads a response. AWS's own messages are never repeated, because they name accounts and roles.
fn judge(is_success: bool, body: &[u8]) -> Result<ClientSecret, &'static str> {
    if is_success {
        let answer: Answer = json::object(body)
            .map_err(|_| "names a secret, but the response is not one of Secrets Manager: is its address correct?")?;
        return answer.text.ok_or("names a secret that contains bytes; it must contain text");
    }
    let refusal: Option<Refusal> = json::object(body).ok();
    // The type may have a namespace in front of it.
    let kind = refusal.as_ref().map(|refusal| refusal.kind.rsplit('#').next().unwrap_or_default());
    Err(match kind {
        Some("AccessDeniedException") => {
            "names a secret that this function may not read: grant secretsmanager:GetSecretValue on it to the \
             function's role, and kms:Decrypt on its key if that is a customer managed key"
        }
        Some("ResourceNotFoundException") => NOT_FOUND,
        Some("InvalidRequestException") => "names a secret that is marked for deletion",
        Some("DecryptionFailure" | "DecryptionFailureException") => {
            "names a secret whose key cannot be used: is the key enabled, and may the function's role use it?"
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
        _ => "names a secret, but Secrets Manager did not return it, for an unknown reason",
    })
}
