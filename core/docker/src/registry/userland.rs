//! The userlands of the base images, BusyBox's and GNU's: commands, and the few files in `/etc` that
//! programs look at.

use machine::{Content, Entry, Layer, Programs, Time};

const BIN: &str = "arch ash base64 cat chgrp chmod chown cp date dd df dmesg dumpkmap echo ed egrep false fatattr fgrep fsync getopt grep gunzip gzip hostname kill link linux32 linux64 ln login ls mkdir mknod mktemp more mount mv netstat nice pidof ping ping6 printenv ps pwd rev rm rmdir run-parts sed sh sleep stat stty su sync tar touch true umount uname usleep watch zcat";
const USR_BIN: &str = "[ awk basename bc bunzip2 bzip2 cal chvt cksum clear cmp comm crontab cut diff dirname dos2unix du env expand expr factor find fold free fuser groups head hexdump hostid id install ipcrm ipcs killall last less logger lsof md5sum mkfifo nc nl nohup nproc nslookup od paste pgrep pkill printf pstree readlink realpath reset resize seq sha1sum sha256sum sha512sum shuf sort split strings sum tac tail tee test time timeout top tr traceroute tty uniq unix2dos unxz unzip uptime users vi wc wget which who whoami xargs xxd yes";
const SBIN: &str =
    "arp fdisk halt ifconfig init ip ipaddr iplink iproute losetup nologin reboot route sysctl";
const USR_SBIN: &str = "adduser addgroup chroot delgroup deluser httpd";

/// The directories and files that both have.
fn skeleton(time: Time) -> Layer {
    let mut layer = Layer::default();
    for directory in [
        "bin",
        "dev",
        "etc",
        "home",
        "lib",
        "mnt",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr/bin",
        "usr/lib",
        "usr/local/bin",
        "usr/local/lib",
        "usr/local/sbin",
        "usr/sbin",
        "usr/share",
        "var/cache",
        "var/lib",
        "var/log",
        "var/run",
        "var/spool",
        "var/tmp",
    ] {
        let mut entry = Entry::directory(time);
        entry.metadata.mode = match directory {
            "tmp" | "var/tmp" => 0o1777,
            "root" => 0o700,
            "proc" | "sys" => 0o555,
            _ => 0o755,
        };
        layer.add(&format!("/{directory}"), entry);
    }
    for (path, text) in FILES {
        layer.add(path, Entry::file(Content::new(*text), 0o644, time));
    }
    layer
}

/// BusyBox with its applets as links; the files sum up to about `bytes`.
pub(super) fn busybox(time: Time, bytes: u64) -> Layer {
    let mut layer = skeleton(time);
    let busybox = Content::sparse(Programs::executable("busybox"), bytes);
    layer.add("/bin/busybox", Entry::file(busybox, 0o755, time));
    for (directory, applets) in [
        ("/bin", BIN),
        ("/usr/bin", USR_BIN),
        ("/sbin", SBIN),
        ("/usr/sbin", USR_SBIN),
    ] {
        for applet in applets.split(' ') {
            let link = Entry::symlink("/bin/busybox", time);
            layer.add(&format!("{directory}/{applet}"), link);
        }
    }
    layer
}

/// What Debian's base has of the commands; the others come with packages.
const NOT_IN_DEBIAN: &[&str] = &[
    "curl", "free", "killall", "less", "more", "nano", "nslookup", "ping", "ps", "tree", "uptime",
    "vi", "vim", "watch", "wget",
];

/// GNU's commands and Bash, with libraries that sum up to about `bytes`.
pub(super) fn gnu(time: Time, bytes: u64) -> Layer {
    let mut layer = skeleton(time);
    let mut add = |path: &str, program: &str| {
        let content = Content::sparse(Programs::executable(program), 64 * 1024);
        layer.add(path, Entry::file(content, 0o755, time));
    };
    for name in shell::commands().filter(|name| !NOT_IN_DEBIAN.contains(name)) {
        add(&format!("/usr/bin/{name}"), name);
    }
    for name in ["bash", "sh"] {
        add(&format!("/bin/{name}"), "bash");
    }
    let rest = bytes.saturating_sub(5_000_000);
    let library = Content::sparse("", rest);
    layer.add(
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
        Entry::file(library, 0o755, time),
    );
    layer
}

const FILES: &[(&str, &str)] = &[
    (
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/home:/usr/sbin/nologin\n",
    ),
    (
        "/etc/group",
        "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\ntty:x:5:\nwww-data:x:33:\nusers:x:100:\nnogroup:x:65534:\n",
    ),
    ("/etc/shells", "/bin/sh\n/bin/ash\n"),
    (
        "/etc/profile",
        "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexport PS1='\\w \\$ '\n",
    ),
];
