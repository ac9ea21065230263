//! A static file server for the page, as plain as the ones it will be served from.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::steps::Result;

/// Lines of a request that are read at most, so that nobody can fill our memory.
const REQUEST_LINES_MAX: usize = 200;

/// A folder, served under a path of 127.0.0.1.
pub struct Server {
    listener: TcpListener,
    site: Arc<Site>,
}

struct Site {
    folder: PathBuf,
    /// Begins and ends with a slash.
    base: String,
}

impl Server {
    /// Listens; port 0 takes a free one.
    pub fn bind(folder: PathBuf, base: &str, port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .map_err(|error| format!("port {port}: {error} (choose another with --port)"))?;
        let inner = base.trim_matches('/');
        let base = match inner {
            "" => "/".to_owned(),
            inner => format!("/{inner}/"),
        };
        let site = Arc::new(Site { folder, base });
        Ok(Self { listener, site })
    }

    /// Where the page is.
    pub fn url(&self) -> String {
        let address = self.listener.local_addr();
        let port = address.map_or(0, |address| address.port());
        format!("http://127.0.0.1:{port}{}", self.site.base)
    }

    /// Serves until the process ends.
    pub fn run(self) -> Result {
        for stream in self.listener.incoming().flatten() {
            let site = Arc::clone(&self.site);
            // A browser that goes away in the middle of an answer is nobody's error.
            std::thread::spawn(move || drop(answer(&site, stream)));
        }
        Ok(())
    }
}

fn answer(site: &Site, mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let Some(Ok(first)) = lines.next() else {
        return Ok(());
    };
    let mut takes_brotli = false;
    for line in lines.take(REQUEST_LINES_MAX) {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        takes_brotli |= line.starts_with("accept-encoding:") && line.contains("br");
    }
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let path = target.split(['?', '#']).next().unwrap_or("");
    let Some(file) = site.file(path) else {
        return stream.write_all(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\nConnection: close\r\n\r\nnot found\n",
        );
    };
    let compressed = PathBuf::from(format!("{}.br", file.display()));
    let brotli = takes_brotli && compressed.is_file();
    let content = std::fs::read(if brotli { &compressed } else { &file })?;
    let mut head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\nVary: Accept-Encoding\r\nConnection: close\r\n",
        media_type(&file),
        content.len(),
    );
    if brotli {
        head += "Content-Encoding: br\r\n";
    }
    stream.write_all((head + "\r\n").as_bytes())?;
    if method != "HEAD" {
        stream.write_all(&content)?;
    }
    Ok(())
}

impl Site {
    /// The file that a path of a URL names, if there is one and it is in the folder.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let inner = path.strip_prefix(&self.base)?;
        let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        let inner = if inner.is_empty() {
            "index.html"
        } else {
            inner
        };
        if !inner.split('/').all(plain) || inner.contains(['\\', '%']) {
            return None;
        }
        let file = self.folder.join(inner);
        file.is_file().then_some(file)
    }
}

fn media_type(file: &Path) -> &'static str {
    let end = file.extension().unwrap_or_default().to_string_lossy();
    match end.as_ref() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let base = "/a/b/".to_owned();
        Site { folder, base }
    }

    #[test]
    fn serves_only_files_of_its_folder() {
        assert!(site().file("/a/b/main.rs").is_some());
        assert!(site().file("/main.rs").is_none());
        assert!(site().file("/a/b/../Cargo.toml").is_none());
        assert!(site().file("/a/b//etc/passwd").is_none());
        assert!(site().file("/a/b/").is_none(), "no index.html here");
    }

    #[test]
    fn says_what_wasm_is() {
        assert_eq!(media_type(Path::new("x.wasm")), "application/wasm");
    }
}
