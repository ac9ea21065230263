//! Scripts with their whole output, as GNU bash 5.2 prints it.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

use machine::network::Network;
use machine::{Content, FileKind, Kernel, Programs, Simulation, Terminal, Time, Tree, file, pipe};
use std::rc::Rc;

fn machine() -> Kernel {
    let simulation = Simulation::new(1, Time::from_secs(1_795_291_429));
    let programs = Programs::default();
    shell::install(&programs);
    let kernel = Kernel::new(
        &simulation,
        &programs,
        &Network::new(&simulation),
        "box",
        Tree::new(Vec::new()),
    );
    shell::install_files(kernel.files()).unwrap();
    kernel.files().create_directories("/root", 0o755).unwrap();
    kernel.files().create_directories("/tmp", 0o777).unwrap();
    kernel
}

/// Runs a text as `bash -c` and gives its output and errors together, with the status.
fn run(kernel: &Kernel, shell: &str, text: &str) -> String {
    let mut spawn = kernel.spawn_on_host(vec![shell.into(), "-c".into(), text.into()]);
    let (reader, writer) = pipe();
    spawn.environment = vec![
        ("PATH".into(), "/bin".into()),
        ("HOME".into(), "/root".into()),
    ];
    spawn.directory = "/root".into();
    spawn.descriptors = [(0, file::null()), (1, writer.clone()), (2, writer)].into();
    let handle = kernel.spawn(spawn).unwrap();
    let until = kernel.simulation().now() + machine::Duration::from_secs(3600);
    let output = kernel.simulation().run(until, async move {
        let mut output = Vec::new();
        loop {
            let bytes = reader.read(4096).await.unwrap();
            if bytes.is_empty() {
                return (
                    String::from_utf8(output).unwrap(),
                    handle.wait().await.code(),
                );
            }
            output.extend(bytes);
        }
    });
    match output {
        Some((output, 0)) => output,
        Some((output, status)) => format!("{output}? {status}\n"),
        None => "(no end)".into(),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(run(&machine(), "bash", text), expected, "{text}");
}

#[test]
fn words_and_quotes() {
    check(
        r#"echo a  b 'c  d' "e  $((1+1))" f\ g"#,
        "a b c  d e  2 f g\n",
    );
    check(
        r#"x='a b'; printf '[%s]' $x "$x" "" ''; echo"#,
        "[a][b][a b][][]\n",
    );
    check(
        "echo {a,b}{1..3} ~ ~/x '~'",
        "a1 a2 a3 b1 b2 b3 /root /root/x ~\n",
    );
    check(
        r#"set -- one 'two three'; printf '<%s>' "$@"; printf '<%s>' "$*" $*; echo $#"#,
        "<one><two three><one two three><one><two><three>2\n",
    );
    check(r"echo $'a\tb\x41' \$HOME", "a\tbA $HOME\n");
    check("echo one # comment\necho two\\\nthree", "one\ntwothree\n");
}

#[test]
fn parameters() {
    check(
        r#"f=/a/b.tar.gz; echo ${f##*/} ${f%.*} ${f%%.*} ${f/a/X} ${#f} ${f:3:3} ${f^^}"#,
        "b.tar.gz /a/b.tar /a/b /X/b.tar.gz 11 b.t /A/B.TAR.GZ\n",
    );
    check(
        r#"echo ${x:-no} ${x:=set} $x ${x:+yes} "${y-}" "#,
        "no set set yes \n",
    );
    check(
        r#"echo ${y:?must be set}; echo after"#,
        "bash: line 1: y: must be set\n? 127\n",
    );
    check(
        r#"a=(x 'y z'); a+=(w); echo ${#a[@]} "${a[1]}" ${a[-1]} "${a[@]}"; for i in "${a[@]}"; do echo "<$i>"; done"#,
        "3 y z w x y z w\n<x>\n<y z>\n<w>\n",
    );
    check("IFS=:; p=a:b::c; set -- $p; echo $# \"$*\"", "4 a:b::c\n");
}

#[test]
fn substitution_and_arithmetic() {
    check(
        r#"echo "$(echo a; echo b)" $(echo c d) `echo e`"#,
        "a\nb c d e\n",
    );
    check(
        "i=5; ((i++)); echo $((i*2)) $((i>5?1:0)); ((i==0)) || echo $?",
        "12 1\n1\n",
    );
    check(
        "echo $((1/0)); echo after",
        "bash: line 1: 1/0: division by 0 (error token is \"0\")\n? 1\n",
    );
    check("x=$(false); echo $?; x=$(exit 3) ; echo $?", "1\n3\n");
}

#[test]
fn loops_and_conditions() {
    check(
        "for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done",
        "1\n3\n",
    );
    check("for ((i=0;i<3;i++)); do echo -n $i; done; echo", "012\n");
    check(
        "i=0; while true; do i=$((i+1)); if [ $i -gt 3 ]; then break; fi; done; echo $i",
        "4\n",
    );
    check(
        "until false; do break; done; case hello.go in *.go|*.mod) echo go;; *) echo other;; esac",
        "go\n",
    );
    check(
        r#"[[ abc == a* && -n x ]] && echo yes; [[ abc =~ ^(a)(b) ]] && echo ${BASH_REMATCH[2]}"#,
        "yes\nb\n",
    );
    check(
        "if false; then echo a; elif true; then echo b; else echo c; fi",
        "b\n",
    );
    check(
        "f() { local x=1; echo $1 $x; return 7; }; f a; echo $? $x",
        "a 1\n7\n",
    );
}

#[test]
fn pipes_and_redirections() {
    check(
        "printf 'b\\na\\nb\\n' | sort | uniq -c",
        "      1 a\n      2 b\n",
    );
    check(
        "echo out > /tmp/f; echo more >> /tmp/f; cat < /tmp/f; wc -l /tmp/f",
        "out\nmore\n2 /tmp/f\n",
    );
    check(
        "{ echo a; echo b >&2; } 2>/dev/null; (echo c; exit 3); echo $?",
        "a\nc\n3\n",
    );
    check(
        "cat <<E\nx $((1+1))\nE\ncat <<'E'\n$x\nE\ncat <<< \"here $HOME\"",
        "x 2\n$x\nhere /root\n",
    );
    check(
        "ls /nope 2>&1 | cat; echo ${PIPESTATUS}",
        "ls: cannot access '/nope': No such file or directory\n2\n",
    );
    check(
        "yes | head -3; set -o pipefail; false | true; echo $?",
        "y\ny\ny\n1\n",
    );
    check(
        "read a b <<< 'one two three'; echo $b; echo x | while read l; do echo got $l; done",
        "two three\ngot x\n",
    );
}

#[test]
fn errors_as_bash_words_them() {
    check("foo", "bash: line 1: foo: command not found\n? 127\n");
    check(
        "echo a; foo; echo $?",
        "a\nbash: line 1: foo: command not found\n127\n",
    );
    check(
        "./x",
        "bash: line 1: ./x: No such file or directory\n? 127\n",
    );
    check("/tmp", "bash: line 1: /tmp: Is a directory\n? 126\n");
    check(
        "cd /nope",
        "bash: line 1: cd: /nope: No such file or directory\n? 1\n",
    );
    check("cat nope", "cat: nope: No such file or directory\n? 1\n");
    check(
        "echo x > /nope/y",
        "bash: line 1: /nope/y: No such file or directory\n? 1\n",
    );
    check("set -e; false; echo no", "? 1\n");
    check(
        "set -u; echo $nope; echo no",
        "bash: line 1: nope: unbound variable\n? 127\n",
    );
}

#[test]
fn processes() {
    check("sleep 100 & kill $!; wait $!; echo $?", "143\n");
    check(
        "timeout 2 sleep 10; echo $?; trap 'echo bye' EXIT; exit 4",
        "124\nbye\n? 4\n",
    );
    check(
        "(sleep 2; echo second) & sleep 1; echo first; wait; echo third",
        "first\nsecond\nthird\n",
    );
    check(
        "sh -c 'echo $0 $1' a b; exec echo done; echo never",
        "a b\ndone\n",
    );
    check(
        "seq 3 | xargs echo n; env -i A=1 env; date -d @0 +%F",
        "n 1 2 3\nA=1\n1970-01-01\n",
    );
}

#[test]
fn busybox_words() {
    let kernel = machine();
    kernel
        .files()
        .write(
            "/tmp/busybox",
            Content::new(Programs::executable("busybox")),
            0o755,
        )
        .unwrap();
    kernel.files().symlink("/tmp/busybox", "/tmp/sh").unwrap();
    assert_eq!(
        run(&kernel, "/tmp/sh", "nosuchcommand; echo $?"),
        "/tmp/sh: nosuchcommand: not found\n127\n"
    );
    assert_eq!(
        run(&kernel, "/tmp/sh", "/tmp/busybox cat /nope"),
        "cat: can't open '/nope': No such file or directory\n? 1\n"
    );
}

#[test]
fn scripts_that_never_end_stay_in_their_limits() {
    check("f() { f; }; f 2>/dev/null; echo $?", "? 1\n");
    assert_eq!(
        run(&machine(), "bash", "while :; do sleep 1; done"),
        "(no end)"
    );
    assert_eq!(
        run(&machine(), "bash", "x=a; while :; do x=$x$x; done"),
        "bash: line 1: xrealloc: cannot allocate 33554432 bytes\n? 2\n"
    );
    let deep = "( ".repeat(5000);
    assert_eq!(
        run(&machine(), "bash", &deep),
        "bash: line 1: syntax error: commands nest too deep\n? 2\n"
    );
}

/// What a terminal shows while these keys are typed into a program, two seconds apart.
fn type_into(kernel: &Kernel, program: &str, home: &str, keys: &[&str]) -> String {
    let terminal = Terminal::new();
    let mut spawn = kernel.spawn_on_host(vec![program.into()]);
    spawn.environment = vec![("PATH".into(), "/bin".into()), ("HOME".into(), home.into())];
    spawn.descriptors = (0..3)
        .map(|number| (number, Rc::new(terminal.clone()) as Rc<dyn FileKind>))
        .collect();
    kernel.spawn(spawn).unwrap();
    let mut screen = String::new();
    kernel
        .simulation()
        .advance(kernel.simulation().now(), u64::MAX);
    for keys in keys {
        terminal.input(keys.as_bytes());
        let until = kernel.simulation().now() + machine::Duration::from_secs(2);
        kernel.simulation().advance(until, u64::MAX);
        screen.push_str(&String::from_utf8(terminal.take_output()).unwrap());
    }
    screen
}

#[test]
fn a_person_at_a_terminal() {
    let keys = [
        "echo hi\n",
        "sleep 100\n",
        "\x03",
        "for i in a b\n",
        "do echo $i; done\n",
        "read -p 'name? ' n\n",
        "me\n",
        "echo $n $?\n",
        "while :; do :; done\n",
        "\x03",
        "sleep 1 &\n",
        "\n",
        "exit\n",
    ];
    let screen = type_into(&machine(), "bash", "/root", &keys);
    let pid = "1012";
    let expected = format!(
        "$ echo hi\nhi\n$ sleep 100\n^C\n$ for i in a b\n> do echo $i; done\na\nb\n$ read -p 'name? ' n\nname? me\n$ echo $n $?\nme 0\n$ while :; do :; done\n^C\n$ sleep 1 &\n[1] {pid}\n$ \n[1]+  Done                    sleep 1\n$ exit\nexit\n"
    );
    let started = screen
        .split("[1] ")
        .nth(1)
        .and_then(|rest| rest.split('\n').next())
        .unwrap_or("")
        .to_string();
    assert_eq!(
        screen.replace(&format!("[1] {started}"), &format!("[1] {pid}")),
        expected
    );
}

#[test]
fn prompts_say_where_and_who() {
    let keys = ["cd /root\n", "PS1='\\u \\W> '\n", "cd /tmp\n", "\x04"];
    let kernel = machine();
    let ash = Content::new(Programs::executable("ash"));
    kernel.files().write("/bin/ash", ash, 0o755).unwrap();
    assert_eq!(
        type_into(&kernel, "ash", "/root", &keys),
        "/ # cd /root\n~ # PS1='\\u \\W> '\nroot ~> cd /tmp\nroot tmp> \n"
    );
    run(
        &kernel,
        "bash",
        "mkdir -p /etc /home; echo \"PS1='\\w\\\\$ '\" > /etc/bash.bashrc; echo 'alias hi=\"echo hi\"' > /home/.bashrc",
    );
    assert_eq!(
        type_into(&kernel, "bash", "/home", &["", "hi\n", "exit\n"]),
        "/# hi\nhi\n/# exit\nexit\n"
    );
}

#[test]
fn exec_takes_the_place_of_the_shell() {
    let kernel = machine();
    assert_eq!(
        run(
            &kernel,
            "bash",
            "sh -c 'echo $$; exec sh -c \"echo \\$\\$; exit 3\"' | uniq | wc -l; exec nosuch"
        ),
        "1\nbash: line 1: exec: nosuch: not found\n? 127\n"
    );
    assert_eq!(
        run(&kernel, "bash", "exec /tmp"),
        "bash: line 1: exec: /tmp: cannot execute: Permission denied\n? 126\n"
    );
}

#[test]
fn a_job_is_killed_alone() {
    let text = "sleep 9 & kill %1; echo $?; wait; echo $?; kill %9";
    assert_eq!(
        run(&machine(), "bash", text),
        "0\n0\nbash: line 1: kill: %9: no such job\n? 1\n"
    );
}

#[test]
fn users_and_groups_have_the_names_of_their_files() {
    let kernel = machine();
    let text = "mkdir -p /etc\n\
        printf 'root:x:0:0:root:/root:/bin/sh\\nana:x:7:8::/:/bin/sh\\n' > /etc/passwd\n\
        printf 'root:x:0:\\nstaff:x:8:\\nwheel:x:10:root,ana\\n' > /etc/group\n\
        id; id -un; id -gn; id -G; groups; whoami; ls -ld /root | cut -d' ' -f3,4\n\
        printf 'a+b\\naab\\n' | egrep 'a+b'; printf 'a+b\\naab\\n' | fgrep 'a+b'";
    let output = run(&kernel, "bash", text);
    assert_eq!(
        output,
        "uid=0(root) gid=0(root) groups=0(root),10(wheel)\nroot\nroot\n0 10\nroot wheel\nroot\nroot root\naab\na+b\n"
    );
}
