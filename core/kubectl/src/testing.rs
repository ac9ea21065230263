//! A server of canned answers and a machine to run kubectl on: whole transcripts in tests.

use crate::install;
use machine::file::{from_bytes, sink};
use machine::http::{Request, Response, Service};
use machine::network::Network;
use machine::{Content, Kernel, LocalFuture, Programs, Simulation, Time, Tree};
use serde_json::Value;
use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::rc::Rc;

/// Answers by `METHOD /path`, each the first time that it fits; every request is noted.
struct Canned {
    answers: Vec<(String, u16, String)>,
    asked: Rc<RefCell<Vec<String>>>,
}

impl Service for Canned {
    fn call(&self, request: Request) -> LocalFuture<Response> {
        let what = format!("{} {}", request.method, request.path);
        let query = if request.query.is_empty() {
            String::new()
        } else {
            format!("?{}", request.query)
        };
        let answers = self.answers.iter().find(|(key, _, _)| *key == what);
        let answer = answers.map_or_else(
            || (404, "{}".to_owned()),
            |(_, code, body)| (*code, body.clone()),
        );
        let asked = self.asked.clone();
        Box::pin(async move {
            let body = request.body.into_bytes().await;
            let body = String::from_utf8_lossy(&body).trim().to_owned();
            asked
                .borrow_mut()
                .push(format!("{what}{query} {body}").trim().to_owned());
            let body = machine::http::Body::Bytes(answer.1.into_bytes());
            Response::new(answer.0, "application/json", body)
        })
    }
}

/// A cluster of canned answers with files to work on.
#[derive(Default)]
pub struct Cluster {
    answers: Vec<(String, u16, String)>,
    files: Vec<(String, String)>,
    asked: Rc<RefCell<Vec<String>>>,
}

impl Cluster {
    /// A cluster that answers nothing.
    pub fn new() -> Cluster {
        Cluster::default()
    }

    /// The same with an answer to `METHOD /path`.
    pub fn on(mut self, what: &str, answer: Value) -> Cluster {
        self.answers.push((what.into(), 200, answer.to_string()));
        self
    }

    /// The same with an answer in text.
    pub fn on_text(mut self, what: &str, answer: &str) -> Cluster {
        self.answers.push((what.into(), 200, answer.into()));
        self
    }

    /// The same with a refusal.
    pub fn refuse(mut self, what: &str, status: &kubernetes_api::status::Status) -> Cluster {
        let answer = status.to_value().to_string();
        self.answers.push((what.into(), status.code, answer));
        self
    }

    /// The same with a file.
    pub fn file(mut self, path: &str, text: &str) -> Cluster {
        self.files.push((path.into(), text.into()));
        self
    }

    /// What a command line prints on both outputs, and its exit status when it is not 0.
    pub fn run(&self, line: &str) -> String {
        let start = kubernetes_api::time::parse_rfc3339("2026-11-21T20:03:54Z").expect("a time");
        let simulation = Simulation::new(1, Time::from_nanos(start.unsigned_abs()));
        let programs = Programs::default();
        install(&programs);
        let network = Network::new(&simulation);
        let kernel = Kernel::new(
            &simulation,
            &programs,
            &network,
            "node",
            Tree::new(Vec::new()),
        );
        let canned = Canned {
            answers: self.answers.clone(),
            asked: self.asked.clone(),
        };
        kernel
            .host_network()
            .serve(Ipv4Addr::LOCALHOST, 6443, Rc::new(canned))
            .expect("a free port");
        let config = "clusters:\n- name: kind-kind\n  cluster: {server: 'https://127.0.0.1:6443'}\ncontexts:\n- name: kind-kind\n  context: {cluster: kind-kind, user: kind-kind}\ncurrent-context: kind-kind\nusers:\n- name: kind-kind\n  user: {}\n";
        let kubectl = String::from_utf8_lossy(&Programs::executable("kubectl")).into_owned();
        let files = kernel.files();
        for folder in ["/root/.kube", "/bin", "/tmp", "/work"] {
            files.create_directories(folder, 0o755).expect("a folder");
        }
        let all = [("/root/.kube/config", config), ("/bin/kubectl", &kubectl)];
        for (path, text) in all.into_iter().chain(
            self.files
                .iter()
                .map(|(path, text)| (path.as_str(), text.as_str())),
        ) {
            let path = machine::path::absolute("/work", path);
            let folder = path.rsplit_once('/').expect("a folder").0;
            files.create_directories(folder, 0o755).expect("a folder");
            files
                .write(&path, Content::new(text.as_bytes()), 0o755)
                .expect("a file");
        }
        let output = Rc::new(RefCell::new(Vec::new()));
        let both = output.clone();
        let mut spawn = kernel.spawn_on_host(words(line));
        let writer = sink(move |bytes: &[u8]| both.borrow_mut().extend_from_slice(bytes));
        spawn.descriptors.insert(0, from_bytes(Vec::new()));
        spawn.descriptors.insert(1, writer.clone());
        spawn.descriptors.insert(2, writer);
        spawn.directory = "/work".into();
        spawn.environment = vec![("HOME".into(), "/root".into())];
        let handle = kernel.spawn(spawn).expect("kubectl starts");
        simulation.advance(
            simulation.now() + machine::Duration::from_secs(600),
            u64::MAX,
        );
        let status = handle.status().expect("it ends").code();
        let mut text = String::from_utf8_lossy(&output.borrow()).into_owned();
        if status != 0 {
            text.push_str(&format!("? {status}\n"));
        }
        text
    }

    /// What was asked for since the last time.
    pub fn asked(&self) -> String {
        self.asked
            .borrow_mut()
            .drain(..)
            .map(|line| line + "\n")
            .collect()
    }
}

/// The words of a line; single quotes keep blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words
}
