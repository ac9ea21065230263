//! The `go` command of the golang images: `build`, `install`, `get`, `run`, `version`, `env`,
//! `mod`, `list`, `vet`, `fmt`, `test`; and `gofmt`. One verb, one function; how packages are found and built is in
//! [`crate::build`].

mod diff;
mod edit;
mod environment;
mod flags;
mod format;
mod modules;
mod settings;
mod small;
mod targets;
mod test;
mod verbs;
mod vet;

use environment::Environment;
pub(crate) use format::gofmt;
use machine::{ExitStatus, Process};

/// Runs the command as a process.
pub(crate) async fn run(process: Process) -> ExitStatus {
    let environment = Environment::of(&process);
    let arguments: Vec<String> = process.arguments().iter().skip(1).cloned().collect();
    let Some((verb, rest)) = arguments.split_first() else {
        process.print_error(USAGE).await;
        return ExitStatus::Exited(2);
    };
    let needs_module =
        " build install get run mod list vet test generate ".contains(&format!(" {verb} "));
    let is_edit = rest
        .first()
        .is_some_and(|word| word == "edit" || word == "init");
    let refusal = environment
        .refusal(&process)
        .filter(|_| needs_module && !is_edit);
    let outcome = match refusal {
        Some(text) => Err((text, 1)),
        None => match told(&process, &environment, verb, rest) {
            Some(told) => {
                if let Ok(text) = &told {
                    process.print(text.clone()).await;
                }
                told.map(|_| ExitStatus::SUCCESS)
            }
            None => done(&process, &environment, verb, rest).await,
        },
    };
    match outcome {
        Ok(status) => status,
        Err((text, status)) => {
            verbs::print_some(&process, text).await;
            ExitStatus::Exited(status)
        }
    }
}

/// Verbs that only say something.
fn told(process: &Process, environment: &Environment, verb: &str, rest: &[String]) -> Option<Told> {
    Some(match verb {
        "env" => settings::env(process, environment, rest),
        "mod" => modules::modules(process, environment, rest),
        "clean" => small::clean(process, rest),
        "tool" => small::tool(rest),
        "work" => small::work(rest),
        "telemetry" => Ok("local\n".into()),
        "help" => help(rest),
        "bug" if !rest.is_empty() => Err(("go: bug takes no arguments\n".into(), 1)),
        flag if flag.starts_with('-') && !matches!(flag, "-h" | "--help" | "-help") => {
            let name = flag.trim_start_matches('-');
            let text = format!("flag provided but not defined: -{name}\n{USAGE}");
            Err((text, 2))
        }
        _ => return None,
    })
}

/// Verbs that take their time.
async fn done(
    process: &Process,
    environment: &Environment,
    verb: &str,
    rest: &[String],
) -> Outcome {
    match verb {
        "build" => verbs::build(process, environment, rest).await,
        "install" => verbs::install(process, environment, rest).await,
        "get" => verbs::get(process, environment, rest).await,
        "run" => verbs::run(process, environment, rest).await,
        "version" => Ok(version(process, environment, rest).await),
        "list" => modules::list(process, environment, rest).await,
        "vet" => vet::vet(process, environment, rest).await,
        "fmt" => format::fmt(process, environment, rest).await,
        "generate" => small::generate(process, environment, rest).await,
        "test" => test::test(process, environment, rest).await,
        other => {
            let known = format!("\n\t{other} ");
            let mut commands = USAGE.split("Additional");
            let is_known = commands.next().is_some_and(|list| list.contains(&known));
            let text = if is_known {
                format!("go {other} is part of Go but not of this playground\n")
            } else {
                format!("go {other}: unknown command\nRun 'go help' for usage.\n")
            };
            Err((text, 2))
        }
    }
}

/// `go version [FILE…]`
async fn version(process: &Process, environment: &Environment, rest: &[String]) -> ExitStatus {
    let own = &environment.version_text;
    let with_modules = rest.iter().any(|word| word == "-m");
    let mut names = rest.iter().filter(|word| !word.starts_with('-')).peekable();
    if names.peek().is_none() {
        if with_modules {
            let text = "go: 'go version' only accepts -m flag with arguments\n";
            process.print_error(text).await;
            return ExitStatus::Exited(2);
        }
        process
            .print(format!("go version go{own} linux/amd64\n"))
            .await;
        return ExitStatus::SUCCESS;
    }
    let mut status = ExitStatus::SUCCESS;
    for name in names {
        let text = match process.files().read(&process.path(name)) {
            Ok(_) => format!("{name}: go{own}\n"),
            Err(error) => {
                let text = format!("stat {name}: {}\n", error.message().to_lowercase());
                process.print_error(text).await;
                status = ExitStatus::FAILURE;
                continue;
            }
        };
        process.print(text).await;
    }
    status
}

/// `go help [VERB]`
fn help(rest: &[String]) -> Told {
    let Some(topic) = rest.first() else {
        return Ok(USAGE.into());
    };
    let line = USAGE
        .lines()
        .filter_map(|line| line.strip_prefix('\t'))
        .find_map(|line| line.strip_prefix(topic.as_str())?.strip_prefix(' '));
    let Some(meaning) = line else {
        let text = format!("go help {topic}: unknown help topic. Run 'go help'.\n");
        return Err((text, 2));
    };
    let meaning = meaning.trim();
    Ok(format!(
        "go {topic}: {meaning}\n(the playground does not have Go's longer help)\n"
    ))
}

/// What is printed on standard error when a command ends, with its status.
type Refusal = (String, u8);
/// How a command ended that prints by itself.
type Outcome = Result<ExitStatus, Refusal>;
/// What a command prints.
type Told = Result<String, Refusal>;

/// Refuses a flag that a verb does not have.
fn bad_flag(flag: &str, usage: &str) -> Refusal {
    let name = flag.trim_start_matches('-');
    let name = name.split('=').next().unwrap_or(name);
    let reason = if matches!(name, "h" | "help") {
        String::new()
    } else {
        format!("flag provided but not defined: -{name}\n")
    };
    (bad_flag_text(&reason, usage), 2)
}

/// What is said of a wrong flag.
fn bad_flag_text(reason: &str, usage: &str) -> String {
    let verb = usage
        .split(" [")
        .next()
        .unwrap_or("")
        .trim_start_matches("go ");
    let help = match verb {
        "test" => "Run 'go help test' and 'go help testflag' for details.\n".to_string(),
        "vet" => "Run 'go help vet' for details.\nRun 'go tool vet help' for a full list of flags and analyzers.\nRun 'go tool vet -help' for an overview.\n".to_string(),
        verb => format!("Run 'go help {verb}' for details.\n"),
    };
    format!("{reason}usage: {usage}\n{help}")
}

const USAGE: &str = "Go is a tool for managing Go source code.

Usage:

\tgo <command> [arguments]

The commands are:

\tbug         start a bug report
\tbuild       compile packages and dependencies
\tclean       remove object files and cached files
\tdoc         show documentation for package or symbol
\tenv         print Go environment information
\tfix         apply fixes suggested by static checkers
\tfmt         gofmt (reformat) package sources
\tgenerate    generate Go files by processing source
\tget         add dependencies to current module and install them
\tinstall     compile and install packages and dependencies
\tlist        list packages or modules
\tmod         module maintenance
\twork        workspace maintenance
\trun         compile and run Go program
\ttelemetry   manage telemetry data and settings
\ttest        test packages
\ttool        run specified go tool
\tversion     print Go version
\tvet         report likely mistakes in packages

Use \"go help <command>\" for more information about a command.

Additional help topics:

\tbuildconstraint build constraints
\tbuildjson       build -json encoding
\tbuildmode       build modes
\tc               calling between Go and C
\tcache           build and test caching
\tenvironment     environment variables
\tfiletype        file types
\tgoauth          GOAUTH environment variable
\tgo.mod          the go.mod file
\tgopath          GOPATH environment variable
\tgoproxy         module proxy protocol
\timportpath      import path syntax
\tmodules         modules, module versions, and more
\tmodule-auth     module authentication using go.sum
\tpackages        package lists and patterns
\tprivate         configuration for downloading non-public code
\ttestflag        testing flags
\ttestfunc        testing functions
\tvcs             controlling version control with GOVCS

Use \"go help <topic>\" for more information about that topic.

";

#[cfg(test)]
mod tests {
    use machine::network::Network;
    use machine::{Content, Kernel, Programs, Simulation, Time, Tree, file};
    use std::cell::RefCell;
    use std::rc::Rc;

    const HELLO: &str = "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() {\n\thostname, _ := os.Hostname()\n\tfmt.Println(\"hello from\", hostname)\n}\n";

    pub(super) fn machine(version: &str, folder: &str) -> Kernel {
        let simulation = Simulation::new(1, Time::from_secs(1_700_000_000));
        let programs = Programs::default();
        crate::install(&programs);
        let network = Network::new(&simulation);
        let kernel = Kernel::new(
            &simulation,
            &programs,
            &network,
            "box",
            Tree::new(Vec::new()),
        );
        let files = kernel.files();
        for path in ["/usr/local/go/bin", "/go/bin", folder] {
            files.create_directories(path, 0o755).unwrap();
        }
        let write = |path: &str, bytes: Vec<u8>, mode| {
            files.write(path, Content::new(bytes), mode).unwrap();
        };
        write("/usr/local/go/VERSION", version.into(), 0o644);
        for name in ["go", "gofmt"] {
            let place = format!("/usr/local/go/bin/{name}");
            write(&place, Programs::executable(name), 0o755);
        }
        write(&format!("{folder}/hello.go"), HELLO.into(), 0o644);
        kernel
    }

    pub(super) fn sh(kernel: &Kernel, folder: &str, line: &str) -> String {
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        let mut spawn = kernel.spawn_on_host(words);
        spawn.directory = folder.to_string();
        spawn.environment = vec![
            ("PATH".into(), "/usr/local/go/bin:/go/bin".into()),
            ("GOPATH".into(), "/go".into()),
        ];
        let output = Rc::new(RefCell::new(Vec::new()));
        let sink = output.clone();
        let out = file::sink(move |bytes| sink.borrow_mut().extend_from_slice(bytes));
        spawn.descriptors = [(0, file::null()), (1, out.clone()), (2, out)].into();
        let handle = kernel.spawn(spawn).unwrap();
        let end = kernel.simulation().now() + machine::Duration::from_secs(60);
        let status = kernel
            .simulation()
            .run(end, async move { handle.wait().await })
            .unwrap();
        let text = String::from_utf8(output.take()).unwrap();
        format!("{text}[{}]", status.code())
    }

    #[test]
    fn the_lesson_builds_in_gopath_and_runs() {
        let folder = "/go/src/hello";
        let kernel = machine("go1.12.17\n", folder);
        assert_eq!(
            sh(&kernel, folder, "go version"),
            "go version go1.12.17 linux/amd64\n[0]"
        );
        assert_eq!(sh(&kernel, folder, "go get -v ./..."), "hello\n[0]");
        assert_eq!(sh(&kernel, "/", "hello"), "hello from box\n[0]");
        let broken = HELLO
            .replace("hostname, _ := os.Hostname()", "")
            .replace(", hostname", ", os.Hostname()");
        let place = format!("{folder}/hello.go");
        kernel
            .files()
            .write(&place, Content::new(broken), 0o644)
            .unwrap();
        assert_eq!(
            sh(&kernel, folder, "go get -v ./..."),
            "hello\n# hello\n./hello.go:10:28: multiple-value os.Hostname() (value of type (name string, err error)) in single-value context\n[2]"
        );
    }

    #[test]
    fn a_module_is_made_built_and_run() {
        let folder = "/src";
        let kernel = machine("go1.26.6\n", folder);
        assert_eq!(
            sh(&kernel, folder, "go build ."),
            "go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n[1]"
        );
        sh(&kernel, folder, "go mod init example.com/app");
        assert_eq!(sh(&kernel, folder, "go build -o /go/bin/x ."), "[0]");
        assert_eq!(sh(&kernel, "/", "x"), "hello from box\n[0]");
        assert_eq!(
            sh(&kernel, folder, "go run hello.go"),
            "hello from box\n[0]"
        );
    }

    #[test]
    fn a_sleeping_program_is_small_and_ends_at_sigterm() {
        let folder = "/src";
        let kernel = machine("go1.26.6\n", folder);
        let text = HELLO.replace("\"os\"\n", "\"os\"\n\t\"time\"\n").replace(
            "hostname)\n}",
            "hostname)\n\tfor {\n\t\ttime.Sleep(5 * time.Second)\n\t}\n}",
        );
        let place = format!("{folder}/hello.go");
        kernel
            .files()
            .write(&place, Content::new(text), 0o644)
            .unwrap();
        assert_eq!(sh(&kernel, folder, "go build -o /go/bin/x hello.go"), "[0]");
        let mut spawn = kernel.spawn_on_host(vec!["/go/bin/x".into()]);
        spawn.namespace = machine::PidNamespace::container();
        spawn.descriptors = [(1, file::null())].into();
        let handle = kernel.spawn(spawn).unwrap();
        let now = kernel.simulation().now();
        kernel
            .simulation()
            .advance(now + machine::Duration::from_secs(60), u64::MAX);
        let memory = kernel
            .processes()
            .iter()
            .map(|row| row.memory)
            .max()
            .unwrap_or(0);
        assert!(memory <= 40 << 10, "{memory}");
        handle.signal(machine::Signal::TERM);
        let end = now + machine::Duration::from_secs(61);
        let status = kernel
            .simulation()
            .run(end, async move { handle.wait().await });
        assert_eq!(status, Some(machine::ExitStatus::Exited(2)));
    }
}
