//! Commands that speak over the network: `curl`, `wget`, `nslookup`, `getent`.

use super::{Context, Options};
use machine::http::{self, Body, Request, Response};
use machine::{Content, Errno, ExitStatus};
use simulation::timeout;
use std::net::SocketAddrV4;

/// A URL's parts.
struct Url {
    host: String,
    port: u16,
    target: String,
}

fn parse_url(text: &str) -> Result<Url, String> {
    let rest = match text.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some((scheme, _)) => return Err(scheme.to_string()),
        None => text,
    };
    let default_port = if text.starts_with("https://") {
        443
    } else {
        80
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| String::new())?),
        None => (authority, default_port),
    };
    let target = target.split('#').next().unwrap_or("");
    let target = if target.starts_with('/') {
        target.to_string()
    } else {
        format!("/{target}")
    };
    Ok(Url {
        host: host.to_string(),
        port,
        target,
    })
}

/// Why a request got no answer.
enum Failure {
    NoSuchHost,
    Failed(Errno),
    TimedOut,
}

async fn request(
    context: &Context,
    url: &Url,
    request: Request,
    seconds: Option<f64>,
) -> Result<(SocketAddrV4, Response), Failure> {
    let process = &context.process;
    let addresses = process
        .network()
        .resolve(process.files(), &url.host)
        .unwrap_or_default();
    let Some(address) = addresses.first() else {
        return Err(Failure::NoSuchHost);
    };
    let to = SocketAddrV4::new(*address, url.port);
    let sending = http::send(process.network(), to, request);
    let answer = match seconds {
        Some(seconds) => match timeout(
            process.simulation(),
            machine::Duration::from_secs_f64(seconds.clamp(0.0, 1e9)),
            sending,
        )
        .await
        {
            Some(answer) => answer,
            None => return Err(Failure::TimedOut),
        },
        None => sending.await,
    };
    answer
        .map(|response| (to, response))
        .map_err(Failure::Failed)
}

pub(super) async fn curl(context: Context) -> ExitStatus {
    let long = [
        ("silent", 's'),
        ("show-error", 'S'),
        ("fail", 'f'),
        ("include", 'i'),
        ("head", 'I'),
        ("location", 'L'),
        ("verbose", 'v'),
        ("insecure", 'k'),
        ("request", 'X'),
        ("header", 'H'),
        ("data", 'd'),
        ("data-raw", 'd'),
        ("output", 'o'),
        ("max-time", 'm'),
        ("connect-timeout", 'C'),
        ("user-agent", 'A'),
        ("write-out", 'w'),
        ("retry", 'R'),
        ("json", 'J'),
    ];
    let options = match context
        .options("sSfiILvkNgX:H:d:o:m:C:A:w:R:J:OG", &long)
        .await
    {
        Ok(options) => options,
        Err(_) => return ExitStatus::Exited(2),
    };
    if options.operands.is_empty() {
        context.process.print_error("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n").await;
        return ExitStatus::Exited(2);
    }
    let mut status = ExitStatus::SUCCESS;
    for operand in &options.operands {
        status = curl_one(&context, &options, operand).await;
    }
    status
}

async fn curl_failed(context: &Context, options: &Options, code: u8, message: &str) -> ExitStatus {
    if !options.has('s') || options.has('S') {
        context
            .process
            .print_error(format!("curl: ({code}) {message}\n"))
            .await;
    }
    ExitStatus::Exited(code)
}

fn curl_request(options: &Options, url: &Url) -> Request {
    let data = options
        .values('d')
        .iter()
        .chain(options.values('J'))
        .cloned()
        .collect::<Vec<_>>()
        .join("&");
    let has_data = !options.values('d').is_empty() || !options.values('J').is_empty();
    let method = match options.value('X') {
        Some(method) => method,
        None if options.has('I') => "HEAD",
        None if has_data => "POST",
        None => "GET",
    };
    let host = if url.port == 80 {
        url.host.clone()
    } else {
        format!("{}:{}", url.host, url.port)
    };
    let mut request = Request::new(method, &url.target)
        .header("Host", &host)
        .header("User-Agent", options.value('A').unwrap_or("curl/8.5.0"))
        .header("Accept", "*/*");
    if has_data {
        let kind = if options.values('J').is_empty() {
            "application/x-www-form-urlencoded"
        } else {
            "application/json"
        };
        request = request
            .header("Content-Type", kind)
            .body(Body::Bytes(data.into_bytes()));
    }
    for header in options.values('H') {
        if let Some((name, value)) = header.split_once(':') {
            request.headers.set(name.trim(), value.trim());
        }
    }
    request
}

async fn curl_one(context: &Context, options: &Options, operand: &str) -> ExitStatus {
    let mut url = match parse_url(operand) {
        Ok(url) => url,
        Err(scheme) if scheme.is_empty() => {
            return curl_failed(
                context,
                options,
                3,
                "URL rejected: Port number was not a decimal number between 0 and 65535",
            )
            .await;
        }
        Err(scheme) => {
            return curl_failed(
                context,
                options,
                1,
                &format!("Protocol \"{scheme}\" not supported"),
            )
            .await;
        }
    };
    if url.host.is_empty() {
        return curl_failed(context, options, 3, "URL rejected: No host part in the URL").await;
    }
    let seconds = options
        .value('m')
        .or(options.value('C'))
        .and_then(|text| text.parse().ok());
    let started = context.process.simulation().now();
    for _ in 0..50 {
        let answer = request(context, &url, curl_request(options, &url), seconds).await;
        let waited = context
            .process
            .simulation()
            .now()
            .since(started)
            .as_millis();
        let (_, response) = match answer {
            Ok(answer) => answer,
            Err(Failure::NoSuchHost) => {
                return curl_failed(
                    context,
                    options,
                    6,
                    &format!("Could not resolve host: {}", url.host),
                )
                .await;
            }
            Err(Failure::TimedOut) => {
                return curl_failed(
                    context,
                    options,
                    28,
                    &format!("Connection timed out after {waited} milliseconds"),
                )
                .await;
            }
            Err(Failure::Failed(Errno::ECONNRESET)) => {
                return curl_failed(context, options, 52, "Empty reply from server").await;
            }
            Err(Failure::Failed(error)) => {
                let why = if error == Errno::EHOSTUNREACH {
                    "No route to host"
                } else {
                    "Couldn't connect to server"
                };
                return curl_failed(
                    context,
                    options,
                    7,
                    &format!(
                        "Failed to connect to {} port {} after {waited} ms: {why}",
                        url.host, url.port
                    ),
                )
                .await;
            }
        };
        if options.has('L')
            && (300..400).contains(&response.status)
            && let Some(location) = response.headers.get("Location")
        {
            let absolute = if location.starts_with('/') {
                format!("http://{}:{}{location}", url.host, url.port)
            } else {
                location.to_string()
            };
            if let Ok(next) = parse_url(&absolute) {
                url = next;
                continue;
            }
        }
        return curl_show(context, options, response).await;
    }
    curl_failed(context, options, 47, "Maximum (50) redirects followed").await
}

async fn curl_show(context: &Context, options: &Options, response: Response) -> ExitStatus {
    let code = response.status;
    if options.has('f') && code >= 400 {
        return curl_failed(
            context,
            options,
            22,
            &format!("The requested URL returned error: {code}"),
        )
        .await;
    }
    if options.has('i') || options.has('I') {
        let mut head = format!("HTTP/1.1 {code} {}\r\n", http::reason(code));
        for (name, value) in &response.headers.0 {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        context.process.print(head + "\r\n").await;
    }
    match (options.value('o'), response.body) {
        (Some(file), body) => {
            let content = Content::new(body.into_bytes().await);
            if file != "/dev/null"
                && let Err(error) =
                    context
                        .process
                        .files()
                        .write(&context.process.path(file), content, 0o644)
            {
                return curl_failed(
                    context,
                    options,
                    23,
                    &format!("client returned ERROR on write, {error}"),
                )
                .await;
            }
        }
        (None, Body::Stream(mut stream)) => {
            while let Some(chunk) = stream.recv().await {
                context.process.write(1, &chunk.to_bytes()).await.ok();
            }
        }
        (None, body) if !options.has('I') => {
            context
                .process
                .write(1, &body.into_bytes().await)
                .await
                .ok();
        }
        _ => {}
    }
    if let Some(format) = options.value('w') {
        let text = format
            .replace("%{http_code}", &code.to_string())
            .replace("%{response_code}", &code.to_string());
        context.process.print(crate::escape::expand(&text).0).await;
    }
    ExitStatus::SUCCESS
}

pub(super) async fn wget(context: Context) -> ExitStatus {
    let long = [
        ("quiet", 'q'),
        ("output-document", 'O'),
        ("timeout", 'T'),
        ("spider", 'S'),
        ("header", 'H'),
        ("post-data", 'D'),
        ("tries", 't'),
    ];
    let options = match context.options("qO:T:SH:D:t:c", &long).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let Some(operand) = options.operands.first() else {
        return context.missing_operand().await;
    };
    let Ok(url) = parse_url(operand) else {
        context
            .complain(format!("not an http or ftp url: {operand}"))
            .await;
        return ExitStatus::FAILURE;
    };
    let host = if url.port == 80 {
        url.host.clone()
    } else {
        format!("{}:{}", url.host, url.port)
    };
    let seconds = options.value('T').and_then(|text| text.parse().ok());
    let answer = request(&context, &url, wget_request(&options, &url, &host), seconds).await;
    let address = match &answer {
        Ok((to, _)) => Some(*to),
        Err(_) => {
            let found = context
                .process
                .network()
                .resolve(context.process.files(), &url.host);
            found.and_then(|found| found.first().map(|ip| SocketAddrV4::new(*ip, url.port)))
        }
    };
    if let (false, Some(to)) = (options.has('q'), address) {
        context
            .process
            .print_error(format!("Connecting to {host} ({to})\n"))
            .await;
    }
    let response = match answer {
        Ok((_, response)) => response,
        Err(failure) => {
            context
                .complain(wget_failure(&failure, &url, address))
                .await;
            return ExitStatus::FAILURE;
        }
    };
    if response.status >= 400 {
        let reason = http::reason(response.status);
        context
            .complain(format!(
                "server returned error: HTTP/1.1 {} {reason}",
                response.status
            ))
            .await;
        return ExitStatus::FAILURE;
    }
    wget_save(&context, &options, &url, response.body.into_bytes().await).await
}

fn wget_request(options: &Options, url: &Url, host: &str) -> Request {
    let method = if options.has('D') { "POST" } else { "GET" };
    let mut message = Request::new(method, &url.target)
        .header("Host", host)
        .header("User-Agent", "Wget")
        .header("Connection", "close");
    for header in options.values('H') {
        if let Some((name, value)) = header.split_once(':') {
            message.headers.set(name.trim(), value.trim());
        }
    }
    if let Some(data) = options.value('D') {
        message = message.body(Body::Bytes(data.as_bytes().to_vec()));
    }
    message
}

fn wget_failure(failure: &Failure, url: &Url, address: Option<SocketAddrV4>) -> String {
    match failure {
        Failure::NoSuchHost => format!("bad address '{}'", url.host),
        Failure::TimedOut => "download timed out".into(),
        Failure::Failed(Errno::ECONNRESET) => "error getting response".into(),
        Failure::Failed(error) => {
            let to = address.map_or_else(String::new, |to| to.ip().to_string());
            format!("can't connect to remote host ({to}): {error}")
        }
    }
}

async fn wget_save(context: &Context, options: &Options, url: &Url, bytes: Vec<u8>) -> ExitStatus {
    let name = machine::path::file_name(url.target.split('?').next().unwrap_or(""));
    let file = options
        .value('O')
        .unwrap_or(if name.is_empty() { "index.html" } else { name });
    if file == "-" {
        context.process.write(1, &bytes).await.ok();
        return ExitStatus::SUCCESS;
    }
    if options.has('S') || file == "/dev/null" {
        return ExitStatus::SUCCESS;
    }
    match context
        .process
        .files()
        .write(&context.process.path(file), Content::new(bytes), 0o644)
    {
        Ok(()) => {
            if !options.has('q') {
                context
                    .process
                    .print_error(format!("saving to '{file}'\n'{file}' saved\n"))
                    .await;
            }
            ExitStatus::SUCCESS
        }
        Err(error) => {
            context
                .complain(format!("can't open '{file}': {error}"))
                .await;
            ExitStatus::FAILURE
        }
    }
}

pub(super) async fn nslookup(context: Context) -> ExitStatus {
    let Some(name) = context.arguments.get(1) else {
        return context.missing_operand().await;
    };
    let settings = context
        .process
        .files()
        .read("/etc/resolv.conf")
        .map(|content| content.text())
        .unwrap_or_default();
    let server = settings
        .lines()
        .find_map(|line| line.strip_prefix("nameserver "))
        .unwrap_or("127.0.0.1")
        .trim()
        .to_string();
    context
        .process
        .print(format!("Server:\t\t{server}\nAddress:\t{server}:53\n\n"))
        .await;
    match context
        .process
        .network()
        .resolve(context.process.files(), name)
    {
        Some(addresses) => {
            let lines: String = addresses
                .iter()
                .map(|address| format!("Name:\t{name}\nAddress: {address}\n"))
                .collect();
            context.process.print(format!("{lines}\n")).await;
            ExitStatus::SUCCESS
        }
        None => {
            context
                .process
                .print(format!("** server can't find {name}: NXDOMAIN\n\n"))
                .await;
            ExitStatus::FAILURE
        }
    }
}

pub(super) async fn getent(context: Context) -> ExitStatus {
    let Some(name) = context.arguments.get(2) else {
        return ExitStatus::FAILURE;
    };
    match context
        .process
        .network()
        .resolve(context.process.files(), name)
    {
        Some(addresses) => {
            let lines: String = addresses
                .iter()
                .map(|address| format!("{address:<15} {name}\n"))
                .collect();
            context.process.print(lines).await;
            ExitStatus::SUCCESS
        }
        None => ExitStatus::Exited(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let parts = |text: &str| parse_url(text).map(|url| (url.host, url.port, url.target));
        assert_eq!(
            parts("10.0.0.1:8080"),
            Ok(("10.0.0.1".into(), 8080, "/".into()))
        );
        assert_eq!(
            parts("http://web/a?b=c#d"),
            Ok(("web".into(), 80, "/a?b=c".into()))
        );
        assert_eq!(parts("ftp://x"), Err("ftp".into()));
        assert_eq!(parts("x:port"), Err(String::new()));
    }
}
