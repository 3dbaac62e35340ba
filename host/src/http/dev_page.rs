//! What `/` answers under `--dev`.

use http::HeaderValue;
use http::header::CONTENT_TYPE;
use warp::reply::Response;

/// How to publish and subscribe with curl, with the address that the client used where it is a plain
/// one.
pub(crate) fn dev_page(host: Option<&str>, path: &str) -> Response {
    let plain = |host: &&str| {
        host.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
    };
    let host = host.filter(plain).unwrap_or("127.0.0.1:3000");
    let text = format!(
        "Umbel: a programmable hub for server-sent events.\n\n\
         subscribe:  curl -N 'http://{host}{path}?topic=hello'\n\
         publish:    curl -d topic=hello -d data=world http://{host}{path}\n"
    );
    let mut response = Response::new(text.into());
    let plain_text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain_text);
    response
}
