//! The page's static files.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Serves the files of a folder; a directory is its `index.html`.
pub fn files(folder: PathBuf) -> Router {
    Router::new().fallback(handle).with_state(Arc::new(folder))
}

async fn handle(State(folder): State<Arc<PathBuf>>, request: Request) -> Response {
    let path = machine::http::decode(request.uri().path(), false);
    let Some(file) = inside(&folder, &path) else {
        return plain(StatusCode::NOT_FOUND);
    };
    #[expect(clippy::disallowed_methods, reason = "the host reads real files")]
    let content = std::fs::read(&file);
    match content {
        Ok(content) => {
            let mut response = Response::new(Body::from(content));
            let kind = HeaderValue::from_static(content_type(&file));
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response
        }
        Err(_) => plain(StatusCode::NOT_FOUND),
    }
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::from(format!("{status}\n")));
    *response.status_mut() = status;
    response
}

/// The file of a URL's path; `None` for one that would leave the folder.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let file = folder.join(relative);
    Some(if file.is_dir() {
        file.join("index.html")
    } else {
        file
    })
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("md" | "txt" | "go" | "yaml") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside_of_the_folder() {
        let folder = Path::new("dist");
        assert_eq!(inside(folder, "/a/b.js"), Some("dist/a/b.js".into()));
        assert_eq!(inside(folder, "/../secret"), None);
        assert_eq!(
            inside(folder, "//etc/passwd"),
            Some("dist/etc/passwd".into())
        );
    }
}
