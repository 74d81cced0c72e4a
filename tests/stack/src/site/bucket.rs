//! The site's bucket, with the responses that S3 would give the distribution.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use deploy::headers::Headers;
use deploy::{kinds, sha256};

/// An uploaded object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Headers of the response, such as `Content-Type`.
    pub headers: HeaderMap,
}

/// The content of the bucket.
#[derive(Debug)]
pub(super) enum Bucket {
    /// A prepared folder, as it would be uploaded.
    Folder(Box<Folder>),
    /// Uploaded objects, by their keys.
    Objects(BTreeMap<String, Object>),
}

impl Bucket {
    /// The response for a path. `lists` is whether the caller may list the bucket.
    pub(super) fn get(&self, path: &str, lists: bool) -> Response {
        let key = decoded(path.trim_start_matches('/'));
        let found = match self {
            Self::Folder(folder) => folder.get(&key),
            Self::Objects(objects) => objects.get(&key).cloned(),
        };
        let Some(object) = found else { return missing(lists) };
        let tag = format!("\"{}\"", &sha256(&object.bytes)[..32]);
        let mut answer = Response::new(Body::from(object.bytes));
        *answer.headers_mut() = object.headers;
        answer.headers_mut().extend(HeaderValue::try_from(tag).ok().map(|tag| (header::ETAG, tag)));
        answer
    }
}

/// A folder of a site.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) headers: Headers,
    /// Whether uncompressed files are served if compressed ones are missing, for development.
    pub(super) is_plain: bool,
}

impl Folder {
    fn get(&self, key: &str) -> Option<Object> {
        let found = self.read(key).map(|bytes| (key.to_owned(), bytes));
        let plain = || {
            let (name, coding) = kinds::without_coding(key);
            coding.filter(|_| self.is_plain)?;
            Some((name.to_owned(), self.read(name)?))
        };
        let (key, bytes) = found.or_else(plain)?;
        let (name, coding) = kinds::without_coding(&key);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kinds::media_type(name)));
        headers.insert(header::CACHE_CONTROL, self.headers.cache_control(Path::new(name)).clone());
        headers.extend(coding.map(|coding| (header::CONTENT_ENCODING, HeaderValue::from_static(coding))));
        Some(Object { bytes, headers })
    }

    fn read(&self, key: &str) -> Option<Vec<u8>> {
        // A key must not lead out of the folder.
        let is_below = Path::new(key).components().all(|part| matches!(part, Component::Normal(_)));
        std::fs::read(Some(self.path.join(key)).filter(|_| is_below)?).ok()
    }
}

/// S3 reports a missing object as 403 to a caller who may not list the bucket.
fn missing(lists: bool) -> Response {
    let (status, code) =
        if lists { (StatusCode::NOT_FOUND, "NoSuchKey") } else { (StatusCode::FORBIDDEN, "AccessDenied") };
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>");
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}
