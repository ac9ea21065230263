//! The programs that Docker brings to a machine: the `docker` command, and the servers that
//! built-in images carry.

use crate::Registry;
use machine::http::{Body, Request, Response, Service};
use machine::{Builtin, Disposition, ExitStatus, LocalFuture, Process, Programs, Signal};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// Makes the programs known. `docker` talks to the engine of the machine that it runs on.
pub fn install(programs: &Programs, registry: &Registry) {
    let registry = registry.clone();
    let docker = move |process: Process| crate::command::main(registry.clone(), process);
    programs.add("docker", Rc::new(Builtin(docker)));
    programs.add("pause", Rc::new(Builtin(pause)));
    programs.add("nginx", Rc::new(Builtin(nginx)));
}

/// Waits for the end: the first process of a pod's sandbox.
async fn pause(process: Process) -> ExitStatus {
    for signal in [Signal::INT, Signal::TERM] {
        process.signals().set(signal, Disposition::Handle);
    }
    process.signals().next().await;
    ExitStatus::SUCCESS
}

/// Serves the files of `/usr/share/nginx/html` on port 80.
async fn nginx(process: Process) -> ExitStatus {
    for signal in [Signal::INT, Signal::TERM, Signal::QUIT] {
        process.signals().set(signal, Disposition::Handle);
    }
    let service = Rc::new(Pages {
        process: process.clone(),
    });
    if process
        .network()
        .serve(Ipv4Addr::UNSPECIFIED, 80, service)
        .is_err()
    {
        let text = "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)\n";
        process.print_error(text).await;
        return ExitStatus::FAILURE;
    }
    process.signals().next().await;
    ExitStatus::SUCCESS
}

struct Pages {
    process: Process,
}

impl Service for Pages {
    fn call(&self, request: Request) -> LocalFuture<Response> {
        let path = machine::http::decode(&request.path, false);
        let mut file = format!("/usr/share/nginx/html{}", machine::path::clean(&path));
        let files = self.process.files();
        if files.is_directory(&file) {
            file = format!("{}/index.html", file.trim_end_matches('/'));
        }
        let response = match files.read(&file) {
            Ok(content) => {
                let kind = match file.rsplit_once('.') {
                    Some((_, "html")) => "text/html",
                    Some((_, "css")) => "text/css",
                    Some((_, "js")) => "application/javascript",
                    Some((_, "json")) => "application/json",
                    Some((_, "txt")) => "text/plain",
                    _ => "application/octet-stream",
                };
                Response::new(200, kind, Body::Bytes(content.bytes().to_vec()))
            }
            Err(_) => {
                let page = "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<center><h1>404 Not Found</h1></center>\n<hr><center>nginx/1.27.5</center>\n</body>\n</html>\n";
                Response::new(404, "text/html", Body::Bytes(page.into()))
            }
        };
        Box::pin(async move { response })
    }
}
