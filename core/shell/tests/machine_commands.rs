//! Commands that look at the machine: files' space and state, the process table, the network.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

use expect_test::{Expect, expect};
use machine::network::Network;
use machine::{Content, Kernel, Programs, Simulation, Time, Tree, file, pipe};
use std::net::Ipv4Addr;

fn machine() -> Kernel {
    let simulation = Simulation::new(1, Time::from_secs(1_795_291_429));
    let programs = Programs::default();
    shell::install(&programs);
    let network = Network::new(&simulation);
    let kernel = Kernel::new(
        &simulation,
        &programs,
        &network,
        "box",
        Tree::new(Vec::new()),
    );
    shell::install_files(kernel.files()).unwrap();
    kernel.files().create_directories("/root", 0o755).unwrap();
    kernel.files().create_directories("/tmp", 0o777).unwrap();
    let address = Ipv4Addr::new(172, 17, 0, 2);
    let host = kernel.host_network();
    host.add_address(address).unwrap();
    host.describe(address, 16, "7e:1b:ac:11:00:02");
    let busybox = Content::new(Programs::executable("busybox"));
    kernel
        .files()
        .write("/bin/busybox", busybox, 0o755)
        .unwrap();
    kernel
}

#[track_caller]
fn check(text: &str, expected: Expect) {
    let kernel = machine();
    let mut spawn = kernel.spawn_on_host(vec!["bash".into(), "-c".into(), text.into()]);
    let (reader, writer) = pipe();
    spawn.environment = vec![
        ("PATH".into(), "/bin".into()),
        ("HOME".into(), "/root".into()),
    ];
    spawn.directory = "/root".into();
    spawn.descriptors = [(0, file::null()), (1, writer.clone()), (2, writer)].into();
    kernel.spawn(spawn).unwrap();
    let until = kernel.simulation().now() + machine::Duration::from_secs(600);
    let output = kernel.simulation().run(until, async move {
        let mut output = Vec::new();
        loop {
            let bytes = reader.read(4096).await.unwrap();
            if bytes.is_empty() {
                return String::from_utf8(output).unwrap();
            }
            output.extend(bytes);
        }
    });
    expected.assert_eq(&output.unwrap());
}

#[test]
fn the_network() {
    check(
        "ip a; ip -br a; ip route; busybox ip addr show eth0; busybox ip link; busybox ifconfig eth0; route -n; ip a show eth7",
        expect![[r#"
            1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
                link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
                inet 127.0.0.1/8 scope host lo
                   valid_lft forever preferred_lft forever
                inet6 ::1/128 scope host 
                   valid_lft forever preferred_lft forever
            2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default 
                link/ether 7e:1b:ac:11:00:02 brd ff:ff:ff:ff:ff:ff
                inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
                   valid_lft forever preferred_lft forever
            lo               UNKNOWN        127.0.0.1/8 ::1/128 
            eth0             UP             172.17.0.2/16 
            default via 172.17.0.1 dev eth0 
            172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.0.2 
            2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP 
                link/ether 7e:1b:ac:11:00:02 brd ff:ff:ff:ff:ff:ff
                inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
                   valid_lft forever preferred_lft forever
            1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000
                link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
            2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP 
                link/ether 7e:1b:ac:11:00:02 brd ff:ff:ff:ff:ff:ff
            eth0      Link encap:Ethernet  HWaddr 7E:1B:AC:11:00:02  
                      inet addr:172.17.0.2  Bcast:172.17.255.255  Mask:255.255.0.0
                      UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1
                      RX packets:0 errors:0 dropped:0 overruns:0 frame:0
                      TX packets:0 errors:0 dropped:0 overruns:0 carrier:0
                      collisions:0 txqueuelen:0 
                      RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)

            Kernel IP routing table
            Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
            0.0.0.0         172.17.0.1      0.0.0.0         UG    0      0        0 eth0
            172.17.0.0      0.0.0.0         255.255.0.0     U     0      0        0 eth0
            Device "eth7" does not exist.
        "#]],
    );
    check(
        "netstat -tln; nc -l -p 4000 > got & sleep 1; netstat -tln; echo hello | nc -w 3 127.0.0.1 4000; cat got; nc -zv localhost 4001; busybox nc 127.0.0.1 4001",
        expect![[r#"
            Active Internet connections (only servers)
            Proto Recv-Q Send-Q Local Address           Foreign Address         State       
            Active Internet connections (only servers)
            Proto Recv-Q Send-Q Local Address           Foreign Address         State       
            tcp        0      0 0.0.0.0:4000            0.0.0.0:*               LISTEN      
            hello
            nc: connect to localhost (127.0.0.1) port 4001 (tcp) failed: Connection refused
            nc: 127.0.0.1 (127.0.0.1:4001): Connection refused
        "#]],
    );
}

#[test]
fn space_and_state() {
    check(
        "mkdir -p d/e; dd if=/dev/zero of=d/big bs=1M count=3 status=none; echo hi > d/e/f; du d; du -sh d; du -a d/e; du nosuch; \
         df -h /; stat -c '%n %s %a %A %U:%G %F' d d/big; chown 7:8 d/e/f; stat -c '%u %g' d/e/f; chmod -R 700 d; stat -c %a d/e d/e/f; \
         chown nosuch d; truncate -s 1K t; wc -c t; busybox stat d/e/f | head -1; stat nosuch; mktemp XX; t=$(mktemp -d) && stat -c '%a %F' $t",
        expect![[r#"
            8	d/e
            3084	d
            3.1M	d
            4	d/e/f
            8	d/e
            du: cannot access 'nosuch': No such file or directory
            Filesystem  Size  Used Avail Use% Mounted on
            overlay      59G   18G   42G  30% /
            d 4096 755 drwxr-xr-x root:root directory
            d/big 3145728 644 -rw-r--r-- root:root regular file
            7 8
            700
            700
            chown: invalid user: 'nosuch'
            1024 t
              File: d/e/f
            stat: cannot statx 'nosuch': No such file or directory
            mktemp: too few X's in template 'XX'
            700 directory
        "#]],
    );
    check(
        "printf abc > a; md5sum a; sha256sum a > sums; sha256sum -c sums; echo x >> a; sha256sum -c sums; echo $?; sha1sum nosuch; printf abc | busybox md5sum",
        expect![[r#"
            900150983cd24fb0d6963f7d28e17f72  a
            a: OK
            a: FAILED
            sha256sum: WARNING: 1 computed checksum did NOT match
            1
            sha1sum: nosuch: No such file or directory
            900150983cd24fb0d6963f7d28e17f72  -
        "#]],
    );
}

#[test]
fn the_process_table() {
    check(
        "sleep 100 & ps -ef; ps aux; ps; ps -o pid,comm,args; ps -o nosuch | head -1; pgrep sleep; pgrep -a sl; pidof sleep; busybox ps; top -b -n 1 | tail -n +2; busybox top -b -n 1; pkill sleep; sleep 0.1; pgrep sleep; echo $?; nproc; sleep 60; uptime; killall sleep",
        expect![[r#"
            UID          PID    PPID  C STIME TTY          TIME CMD
            root         300       0  0 20:03 ?        00:00:00 bash -c sleep 100 & ps -ef; ps aux; ps; ps -o pid,comm,args; ps -o nosuch | head -1; pgrep sleep; pgrep -a sl; pidof sleep; busybox ps; top -b -n 1 | tail -n +2; busybox top -b -n 1; pkill sleep; sleep 0.1; pgrep sleep; echo $?; nproc; sleep 60; uptime; killall sleep
            root         301     300  0 20:03 ?        00:00:00 bash -c sleep 100 & ps -ef; ps aux; ps; ps -o pid,comm,args; ps -o nosuch | head -1; pgrep sleep; pgrep -a sl; pidof sleep; busybox ps; top -b -n 1 | tail -n +2; busybox top -b -n 1; pkill sleep; sleep 0.1; pgrep sleep; echo $?; nproc; sleep 60; uptime; killall sleep
            root         302     300  0 20:03 ?        00:00:00 ps -ef
            USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND
            root         300  0.0  0.0      0     0 ?        S    20:03   0:00 bash -c sleep 100 & ps -ef; ps aux; ps; ps -o pid,comm,args; ps -o nosuch | head -1; pgrep sleep; pgrep -a sl; pidof sleep; busybox ps; top -b -n 1 | tail -n +2; busybox top -b -n 1; pkill sleep; sleep 0.1; pgrep sleep; echo $?; nproc; sleep 60; uptime; killall sleep
            root         301  0.0  0.0      0     0 ?        S    20:03   0:00 sleep 100
            root         303  0.0  0.0      0     0 ?        R+   20:03   0:00 ps aux
                PID TTY          TIME CMD
                300 pts/0    00:00:00 bash
                301 pts/0    00:00:00 sleep
                304 pts/0    00:00:00 ps
                PID COMMAND         COMMAND
                300 bash            bash -c sleep 100 & ps -ef; ps aux; ps; ps -o pid,comm,args; ps -o nosuch | head -1; pgrep sleep; pgrep -a sl; pidof sleep; busybox ps; top -b -n 1 | tail -n +2; busybox top -b -n 1; pkill sleep; sleep 0.1; pgrep sleep; echo $?; nproc; sleep 60; uptime; killall sleep
                301 sleep           sleep 100
                305 ps              ps -o pid,comm,args
            error: unknown user-defined format specifier "nosuch"

            Usage:
             ps [options]

             Try 'ps --help <simple|list|output|threads|misc|all>'
              or 'ps --help <s|l|o|t|m|a>'
             for additional help text.

            For more details see ps(1).
            301
            301 sleep 100
            301
            PID   USER     COMMAND
              300 root     bash -c sleep 100 & ps -ef; ps aux; ps; ps -o pid,comm,args; ps -o nosuch | head -1; pgrep sleep; pgrep -a sl; pidof sleep; busybox ps; top -b -n 1 | tail -n +2; busybox top -b -n 1; pkill sleep; sleep 0.1; pgrep sleep; echo $?; nproc; sleep 60; uptime; killall sleep
              301 root     sleep 100
              311 root     busybox ps
            Tasks:   4 total,   1 running,   3 sleeping,   0 stopped,   0 zombie
            %Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st 
            MiB Mem :   8192.0 total,   8192.0 free,      0.0 used,      0.0 buff/cache     
            MiB Swap:      0.0 total,      0.0 free,      0.0 used.   8192.0 avail Mem 

                PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND
                300 root      20   0       0      0      0 S   0.0   0.0      0:00.00 bash
                301 root      20   0       0      0      0 S   0.0   0.0      0:00.00 sleep
                312 root      20   0       0      0      0 R   0.0   0.0      0:00.00 top
                313 root      20   0       0      0      0 S   0.0   0.0      0:00.00 bash
            Mem: 0K used, 8388608K free, 0K shrd, 0K buff, 0K cached
            CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq
            Load average: 0.00 0.00 0.00 1/3 314
            [7m  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND[m
              300     0 root     S         0   0%   0   0% bash -c sleep 100 & ps -ef; ps aux; ps; ps -o pid,comm,args; ps -o nosuch | head -1; pgrep sleep; pgrep -a sl; pidof sleep; busybox ps; top -b -n 1 | tail -n +2; busybox top -b -n 1; pkill sleep; sleep 0.1; pgrep sleep; echo $?; nproc; sleep 60; uptime; killall sleep
              301   300 root     S         0   0%   0   0% sleep 100
              314   300 root     R         0   0%   0   0% busybox top -b -n 1
            1
            4
             20:04:49 up 1 min,    1 user,,  load average: 0.00, 0.00, 0.00
            sleep: no process found
        "#]],
    );
    check(
        "sudo echo hi; sudo A=b printenv A; sudo nosuch; echo $?",
        expect![[r#"
            hi
            b
            sudo: nosuch: command not found
            1
        "#]],
    );
}

#[test]
fn shapes_of_text() {
    check(
        "printf 'a\\nb\\nc\\n' > l; printf '1\\n2\\n' > r; paste l r; paste -sd, l; seq 4 | paste - -; paste -d: l r; \
         printf 'abcdefgh ij\\n' | fold -w 4; printf 'b\\nd\\n' > m; comm l m; comm -12 l m; \
         printf 'name age\\nbob 7\\n' | column -t; printf 'x,yy\\nzzz,w\\n' | column -t -s ,; seq 9 | shuf | wc -l; shuf -e one; \
         printf 'ab\\001long text\\002' | strings; printf 'hello wörld\\n' | hexdump -C; printf 'hello world 1234567' | xxd; printf 'hi' | hexdump",
        expect![[r#"
            a	1
            b	2
            c	
            a,b,c
            1	2
            3	4
            a:1
            b:2
            c:
            abcd
            efgh
             ij
            a
            		b
            c
            	d
            b
            name  age
            bob   7
            x    yy
            zzz  w
            9
            one
            long text
            00000000  68 65 6c 6c 6f 20 77 c3  b6 72 6c 64 0a           |hello w..rld.|
            0000000d
            00000000: 6865 6c6c 6f20 776f 726c 6420 3132 3334  hello world 1234
            00000010: 3536 37                                  567
            0000000 6968                                   
            0000002
        "#]],
    );
}
