//! The `go` command of the golang images: `build`, `install`, `get`, `run`, `version`, `env`,
//! `mod`, `vet`, `fmt`, `test`. One verb, one function; how packages are found and built is in
//! [`crate::build`].

mod environment;
mod test;
mod verbs;
mod vet;

use environment::Environment;
use machine::{ExitStatus, Process};

/// Runs the command as a process.
pub(crate) async fn run(process: Process) -> ExitStatus {
    let environment = Environment::of(&process);
    let arguments: Vec<String> = process.arguments().iter().skip(1).cloned().collect();
    let Some((verb, rest)) = arguments.split_first() else {
        process.print_error(USAGE).await;
        return ExitStatus::Exited(2);
    };
    match verb.as_str() {
        "build" => verbs::build(&process, &environment, rest).await,
        "install" => verbs::install(&process, &environment, rest).await,
        "get" => verbs::get(&process, &environment, rest).await,
        "run" => verbs::run(&process, &environment, rest).await,
        "version" => {
            let text = format!("go version go{} linux/amd64\n", environment.version_text);
            process.print(text).await;
            ExitStatus::SUCCESS
        }
        "env" => verbs::env(&process, &environment, rest).await,
        "mod" => verbs::modules(&process, &environment, rest).await,
        "vet" => vet::vet(&process, &environment, rest).await,
        "fmt" | "clean" | "generate" => ExitStatus::SUCCESS,
        "test" => test::test(&process, &environment, rest).await,
        "help" => {
            process.print(USAGE).await;
            ExitStatus::SUCCESS
        }
        other => {
            let text = format!("go {other}: unknown command\nRun 'go help' for usage.\n");
            process.print_error(text).await;
            ExitStatus::Exited(2)
        }
    }
}

const USAGE: &str = "Go is a tool for managing Go source code.

Usage:

\tgo <command> [arguments]

The commands are:

\tbuild       compile packages and dependencies
\tenv         print Go environment information
\tfmt         gofmt (reformat) package sources
\tget         add dependencies to current module and install them
\tinstall     compile and install packages and dependencies
\tmod         module maintenance
\trun         compile and run Go program
\ttest        test packages
\tversion     print Go version
\tvet         report likely mistakes in packages

Use \"go help <command>\" for more information about a command.
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
        write("/usr/local/go/bin/go", Programs::executable("go"), 0o755);
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
