//! Commands that compare, pack and reckon with files, against what GNU and BusyBox print.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

use machine::network::Network;
use machine::{Kernel, Programs, Simulation, Time, Tree, file, pipe};

/// What a text prints as `bash -c`, output and errors together.
fn run(text: &str) -> String {
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
    let mut spawn = kernel.spawn_on_host(vec!["bash".into(), "-c".into(), text.into()]);
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
                let status = handle.wait().await.code();
                return (String::from_utf8(output).unwrap(), status);
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

#[test]
fn diff_in_both_formats() {
    let files = "printf 'a\\nb\\nc\\nd\\n' > x; printf 'a\\nB\\nc\\nd\\ne' > y; ";
    assert_eq!(
        run(&format!("{files}diff x y")),
        "2c2\n< b\n---\n> B\n4a5\n> e\n\\ No newline at end of file\n? 1\n"
    );
    assert_eq!(
        run(&format!("{files}diff -u x y | tail -n +3")),
        "@@ -1,4 +1,5 @@\n a\n-b\n+B\n c\n d\n+e\n\\ No newline at end of file\n"
    );
    assert_eq!(
        run(&format!("{files}diff -q x y; cp x z; diff x z")),
        "Files x and y differ\n"
    );
    assert_eq!(
        run("mkdir l m; echo 1 > m/f; diff -u -N l m | sed 's/\t.*//'"),
        "diff -u -N l/f m/f\n--- l/f\n+++ m/f\n@@ -0,0 +1 @@\n+1\n"
    );
    assert_eq!(
        run("echo a > x; diff x nope"),
        "diff: nope: No such file or directory\n? 2\n"
    );
}

#[test]
fn archives() {
    assert_eq!(
        run(
            "mkdir -p d/e; echo hi > d/e/f; tar cf a.tar d; tar tf a.tar; mkdir out; tar xf a.tar -C out; cat out/d/e/f"
        ),
        "d/\nd/e/\nd/e/f\nhi\n"
    );
    assert_eq!(
        run("tar cf - nope"),
        "tar: nope: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n"
            .to_owned()
            + &"\0".repeat(1024)
            + "? 2\n"
    );
}

#[test]
fn associative_arrays_and_names() {
    assert_eq!(
        run(
            "declare -A m; m[x]=1; m[y]=2; echo ${m[x]} ${!m[@]} ${#m[@]}; m=([a]=3); echo ${m[a]} ${!m[*]}; unset m[a]; echo ${#m[@]}"
        ),
        "1 y x 2\n3 a\n0\n"
    );
    assert_eq!(run("pre_a=1; pre_b=2; echo ${!pre_*}"), "pre_a pre_b\n");
    assert_eq!(
        run("a=(x y z); echo ${!a[@]}; unset a[1]; echo ${a[@]}"),
        "0 1 2\nx z\n"
    );
}

#[test]
fn a_mistake_stops_a_script_where_it_stands() {
    assert_eq!(
        run("echo one\necho two; fi\necho three"),
        "one\nbash: line 2: syntax error near unexpected token `fi'\nbash: line 2: `echo two; fi'\n? 2\n"
    );
    assert_eq!(run("trap 'echo bye' EXIT; echo hi"), "hi\nbye\n");
}

#[test]
fn scripts_of_many_kinds() {
    for (script, expected) in [
        (
            "diff <(printf 'a\\nb\\n') <(printf 'a\\nc\\n')",
            "2c2\n< b\n---\n> c\n? 1\n",
        ),
        (
            "while read x; do echo [$x]; done < <(printf 'a\\nb\\n')",
            "[a]\n[b]\n",
        ),
        ("declare -A m=([x]=1 [y]=2); echo ${m[y]} ${#m[@]}", "2 2\n"),
        (
            "f() { local a=(1 2) b='x y'; local c=$b; echo ${#a[@]} \"$c\"; }; f",
            "2 x y\n",
        ),
        (
            "a=(a b c d); echo ${a[@]: -2} ${a[@]:1:2}; declare -p a",
            "c d b c\ndeclare -a a=([0]=\"a\" [1]=\"b\" [2]=\"c\" [3]=\"d\")\n",
        ),
        (
            "trap 'echo wrong $?' ERR; if false; then :; fi; false || true; (exit 5); true",
            "wrong 5\n",
        ),
        (
            "kill -0 $$; echo $?; kill -l 9; kill -l TERM",
            "0\nKILL\n15\n",
        ),
        (
            "mkdir /q; cd /q; pushd / > /dev/null; dirs; popd; popd",
            "/ /q\n/q\nbash: line 1: popd: directory stack empty\n? 1\n",
        ),
        (
            "set -- -a -x -b; while getopts :ab: o; do echo \"$o $OPTARG\"; done",
            "a \n? x\n: b\n",
        ),
        ("set -x; a='1 2'; echo $a", "+ a='1 2'\n+ echo 1 2\n1 2\n"),
        (
            "head -c 5 /dev/zero | wc -c; head -c 3 < /dev/zero | wc -c; tail /dev/zero",
            "5\n3\n? 137\n",
        ),
        ("echo ${x?}", "bash: line 1: x: parameter not set\n? 127\n"),
    ] {
        assert_eq!(run(script), expected, "{script}");
    }
}

#[test]
fn awk_programs() {
    let pods = "printf 'NAME READY\\nweb 1/1\\nbox 0/1\\n' | ";
    for (program, expected) in [
        ("'{print $1}'", "NAME\nweb\nbox\n"),
        ("'NR>1 {print $1, $2}'", "web 1/1\nbox 0/1\n"),
        ("'/box/ {print NR \": \" $0}'", "3: box 0/1\n"),
        ("'$1 == \"web\"'", "web 1/1\n"),
        ("'END {print NR}'", "3\n"),
        ("-F/ 'NR>1 {s += $2} END {print s, s/4}'", "2 0.5\n"),
        ("'{n[$2]++} END {print length(n), n[\"1/1\"]}'", "3 1\n"),
        (
            "'BEGIN {for (i = 0; i < 3; i++) printf \"%d,\", i; print \"\"}'",
            "0,1,2,\n",
        ),
        (
            "'{gsub(/[aeiou]/, \"<&>\")} 1'",
            "NAME READY\nw<e>b 1/1\nb<o>x 0/1\n",
        ),
        (
            "-v OFS=- 'NR==2 {$1=$1; print; print substr($1,2), toupper($1)}'",
            "web-1/1\neb-WEB\n",
        ),
        ("'{print $NF; exit 3}'", "READY\n? 3\n"),
    ] {
        assert_eq!(run(&format!("{pods}awk {program}")), expected, "{program}");
    }
    assert_eq!(
        run("awk 'BEGIN { while (1) x++ }'"),
        "awk: the program takes too many steps\n? 2\n"
    );
    assert_eq!(
        run("awk '{print'"),
        "awk: line 1: syntax error: unexpected end\n? 2\n"
    );
}
