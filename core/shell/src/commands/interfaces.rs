//! What the network looks like from here: `ip`, `ifconfig`, `route`, `netstat`, `ss`, `nc`.

use super::{Context, duration};
use machine::network::{Connection, Interface};
use machine::{Errno, ExitStatus, FileKind, Process};
use simulation::{Either, race, timeout};
use std::net::{Ipv4Addr, SocketAddrV4};

/// The mask of a prefix, as an address.
fn mask(prefix: u8) -> Ipv4Addr {
    let bits = u32::MAX.checked_shl(32 - u32::from(prefix));
    Ipv4Addr::from(bits.unwrap_or(0))
}

fn first_of(interface: &Interface) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(interface.address) & u32::from(mask(interface.prefix)))
}

fn broadcast(interface: &Interface) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(interface.address) | !u32::from(mask(interface.prefix)))
}

fn gateway(interface: &Interface) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(first_of(interface)).saturating_add(1))
}

/// Whether this is a container's end of a pair of virtual interfaces.
fn is_pair(process: &Process) -> bool {
    !process.network().is(process.kernel().host_network())
}

pub(super) async fn ip(context: Context) -> ExitStatus {
    let words: Vec<&str> = context
        .arguments
        .iter()
        .skip(1)
        .map(String::as_str)
        .collect();
    let (flags, words): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|word| word.starts_with('-'));
    let object = words.first().copied().unwrap_or_default();
    let object = match context.name.as_str() {
        "ipaddr" => "addr",
        "iproute" => "route",
        "iplink" => "link",
        _ => object,
    };
    let is = |full: &str| !object.is_empty() && full.starts_with(object);
    let device = words.get(1..).unwrap_or_default().iter().rev();
    let device = device
        .copied()
        .find(|word| !matches!(*word, "show" | "list" | "ls" | "dev" | "get" | "s"));
    let text = if is("address") || is("link") {
        let brief = flags.iter().any(|flag| flag.starts_with("-br"));
        match (links(&context, is("address"), brief, device), device) {
            (text, Some(device)) if text.is_empty() => {
                let error = match context.is_busybox() {
                    true => format!("ip: can't find device '{device}'\n"),
                    false => format!("Device \"{device}\" does not exist.\n"),
                };
                context.process.print_error(error).await;
                return ExitStatus::FAILURE;
            }
            (text, _) => text,
        }
    } else if is("route") {
        routes(&context)
    } else if is("neighbour") || object == "neigh" {
        String::new()
    } else {
        let text = match (object, context.is_busybox()) {
            ("", _) | (_, true) => "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n".to_owned(),
            _ => format!("Object \"{object}\" is unknown, try \"ip help\".\n"),
        };
        context.process.print_error(text).await;
        return ExitStatus::FAILURE;
    };
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

/// `ip address` or `ip link`, of all interfaces or one.
fn links(context: &Context, addresses: bool, brief: bool, device: Option<&str>) -> String {
    let group = if context.is_busybox() {
        ""
    } else {
        "group default "
    };
    let mut text = String::new();
    if device.is_none_or(|device| device == "lo") {
        if brief {
            let what = if addresses {
                "127.0.0.1/8 ::1/128 "
            } else {
                "00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> "
            };
            text += &format!("{:<17}{:<15}{what}\n", "lo", "UNKNOWN");
        } else {
            let state = match (addresses, context.is_busybox()) {
                (_, true) => "",
                (true, false) => "state UNKNOWN ",
                (false, false) => "state UNKNOWN mode DEFAULT ",
            };
            text += &format!(
                "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue {state}{group}qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
            );
            if addresses {
                text += "    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n";
            }
        }
    }
    let pair = is_pair(&context.process);
    for (number, interface) in context.process.network().interfaces().iter().enumerate() {
        if device.is_some_and(|device| device != format!("eth{number}")) {
            continue;
        }
        let other = 4 + u32::from(interface.address.octets()[3]);
        let name = match pair {
            true => format!("eth{number}@if{other}"),
            false => format!("eth{number}"),
        };
        let (address, prefix) = (interface.address, interface.prefix);
        if brief {
            let what = match addresses {
                true => format!("{address}/{prefix} "),
                false => format!("{} <BROADCAST,MULTICAST,UP,LOWER_UP> ", interface.hardware),
            };
            text += &format!("{name:<17}{:<15}{what}\n", "UP");
            continue;
        }
        let down = if pair && context.is_busybox() {
            ",M-DOWN"
        } else {
            ""
        };
        let mode = match addresses || context.is_busybox() {
            true => "",
            false => "mode DEFAULT ",
        };
        let peer = match pair && !context.is_busybox() {
            true => " link-netnsid 0",
            false => "",
        };
        text += &format!(
            "{}: {name}: <BROADCAST,MULTICAST,UP,LOWER_UP{down}> mtu 1500 qdisc noqueue state UP {mode}{group}\n    link/ether {} brd ff:ff:ff:ff:ff:ff{peer}\n",
            number + 2,
            interface.hardware
        );
        if addresses {
            text += &format!(
                "    inet {address}/{prefix} brd {} scope global eth{number}\n       valid_lft forever preferred_lft forever\n",
                broadcast(interface)
            );
        }
    }
    text
}

fn routes(context: &Context) -> String {
    let mut text = String::new();
    for (number, interface) in context.process.network().interfaces().iter().enumerate() {
        let (net, prefix, own) = (first_of(interface), interface.prefix, interface.address);
        if number == 0 {
            text += &format!("default via {} dev eth0 \n", gateway(interface));
        }
        text += &match context.is_busybox() {
            true => format!("{net}/{prefix} dev eth{number} scope link  src {own} \n"),
            false => format!("{net}/{prefix} dev eth{number} proto kernel scope link src {own} \n"),
        };
    }
    text
}

pub(super) async fn route(context: Context) -> ExitStatus {
    let numeric = context.arguments.iter().any(|word| word.contains('n'));
    let mut text = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n".to_owned();
    for (number, interface) in context.process.network().interfaces().iter().enumerate() {
        let row = |to: String, via: String, mask: Ipv4Addr, flags: &str| {
            format!(
                "{to:<15} {via:<15} {mask:<15} {flags:<5} 0      0        0 eth{number}\n",
                mask = mask.to_string()
            )
        };
        let (any, none) = match numeric {
            true => ("0.0.0.0", "0.0.0.0"),
            false => ("default", "*"),
        };
        if number == 0 {
            let via = gateway(interface).to_string();
            text += &row(any.into(), via, Ipv4Addr::UNSPECIFIED, "UG");
        }
        let net = first_of(interface).to_string();
        text += &row(net, none.into(), mask(interface.prefix), "U");
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

pub(super) async fn ifconfig(context: Context) -> ExitStatus {
    let device = context
        .arguments
        .get(1)
        .filter(|word| !word.starts_with('-'));
    let mut text = String::new();
    let counters = |queue: &str| {
        format!(
            "          RX packets:0 errors:0 dropped:0 overruns:0 frame:0\n          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:{queue}\n          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)\n\n"
        )
    };
    for (number, interface) in context.process.network().interfaces().iter().enumerate() {
        if device.is_some_and(|device| *device != format!("eth{number}")) {
            continue;
        }
        text += &format!(
            "eth{number}      Link encap:Ethernet  HWaddr {}  \n          inet addr:{}  Bcast:{}  Mask:{}\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n{}",
            interface.hardware.to_uppercase(),
            interface.address,
            broadcast(interface),
            mask(interface.prefix),
            counters("0 ")
        );
    }
    if device.is_none_or(|device| device == "lo") {
        text += "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          inet6 addr: ::1/128 Scope:Host\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n";
        text += &counters("1000 ");
    }
    if let Some(device) = device.filter(|_| text.is_empty()) {
        let why = match context.is_busybox() {
            true => format!("{device}: error fetching interface information: Device not found"),
            false => format!("{device}: error fetching interface information: Device not found"),
        };
        context.complain(why).await;
        return ExitStatus::FAILURE;
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

/// `netstat` and `ss`: the ports that are listened on.
pub(super) async fn sockets(context: Context) -> ExitStatus {
    let flags: String = context.arguments.iter().skip(1).cloned().collect();
    let shows = flags.contains(['l', 'a']);
    let listening = match shows {
        true => context.process.network().listening(),
        false => Vec::new(),
    };
    let mut text = String::new();
    let programs = flags.contains('p');
    if context.name == "ss" {
        text += "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n";
        for address in &listening {
            let ip = match address.ip().is_unspecified() {
                true => "0.0.0.0".to_owned(),
                false => address.ip().to_string(),
            };
            text += &format!(
                "LISTEN 0      4096   {ip:>13}:{:<4} {:>12}:*          \n",
                address.port(),
                "0.0.0.0"
            );
        }
    } else {
        text += match flags.contains('a') {
            true => "Active Internet connections (servers and established)\n",
            false if shows => "Active Internet connections (only servers)\n",
            false => "Active Internet connections (w/o servers)\n",
        };
        text += "Proto Recv-Q Send-Q Local Address           Foreign Address         State       ";
        text += if programs {
            "PID/Program name    \n"
        } else {
            "\n"
        };
        for address in &listening {
            text += &format!(
                "tcp        0      0 {:<23} 0.0.0.0:*               LISTEN      {}\n",
                address.to_string(),
                if programs { "-                   " } else { "" }
            );
        }
    }
    context.process.print(text).await;
    ExitStatus::SUCCESS
}

/// `nc`: sends its input to a port and prints what comes, listens for one, or only tries.
pub(super) async fn nc(context: Context) -> ExitStatus {
    let options = match context.options("zvlp:w:nkuN46q:", &[]).await {
        Ok(options) => options,
        Err(status) => return status,
    };
    let words = &options.operands;
    let network = context.process.network();
    if options.has('l') {
        let port = options.value('p').or(words.last().map(String::as_str));
        let Some(port) = port.and_then(|port| port.parse().ok()) else {
            context.complain("missing port number").await;
            return ExitStatus::FAILURE;
        };
        return match network.listen(Ipv4Addr::UNSPECIFIED, port) {
            Ok(listener) => match listener.accept().await {
                Ok(connection) => transfer(&context, connection).await,
                Err(_) => ExitStatus::FAILURE,
            },
            Err(error) => {
                context.complain(error.to_string()).await;
                ExitStatus::FAILURE
            }
        };
    }
    let (Some(host), Some(port)) = (words.first(), words.get(1)) else {
        return context.missing_operand().await;
    };
    let Ok(port) = port.parse::<u16>() else {
        context
            .complain(format!("port number invalid: {port}"))
            .await;
        return ExitStatus::FAILURE;
    };
    let found = network
        .resolve(context.process.files(), host)
        .unwrap_or_default();
    let Some(address) = found.first().copied() else {
        let text = match context.is_busybox() {
            true => format!("bad address '{host}'"),
            false => {
                format!("getaddrinfo for host \"{host}\" port {port}: Name or service not known")
            }
        };
        context.complain(text).await;
        return ExitStatus::FAILURE;
    };
    let connecting = network.connect(SocketAddrV4::new(address, port));
    let connected = match options.value('w').and_then(duration) {
        Some(limit) => timeout(context.process.simulation(), limit, connecting)
            .await
            .unwrap_or(Err(Errno::ETIMEDOUT)),
        None => connecting.await,
    };
    let said = match (&connected, context.is_busybox()) {
        (Ok(_), true) if options.has('v') => format!("{host} ({address}:{port}) open\n"),
        (Ok(_), false) if options.has('v') => {
            format!("Connection to {host} ({address}) {port} port [tcp/*] succeeded!\n")
        }
        (Ok(_), _) => String::new(),
        (Err(error), true) => format!("nc: {host} ({address}:{port}): {error}\n"),
        (Err(_), false) if !options.has('v') => String::new(),
        (Err(error), false) => {
            format!("nc: connect to {host} ({address}) port {port} (tcp) failed: {error}\n")
        }
    };
    context.process.print_error(said).await;
    match connected {
        Ok(_) if options.has('z') => ExitStatus::SUCCESS,
        Ok(connection) => transfer(&context, connection).await,
        Err(_) => ExitStatus::FAILURE,
    }
}

/// Copies both ways until the other end closes.
async fn transfer(context: &Context, connection: Connection) -> ExitStatus {
    let Ok(input) = context.process.descriptor(0) else {
        return ExitStatus::FAILURE;
    };
    let mut sending = true;
    loop {
        let coming = connection.read(machine::limits::PIPE_BYTES);
        let bytes = if sending {
            match race(input.read(machine::limits::PIPE_BYTES), coming).await {
                Either::Left(Ok(bytes)) if !bytes.is_empty() => {
                    if connection.write(&bytes).await.is_err() {
                        return ExitStatus::FAILURE;
                    }
                    continue;
                }
                Either::Left(_) => {
                    connection.close_write();
                    sending = false;
                    continue;
                }
                Either::Right(bytes) => bytes,
            }
        } else {
            coming.await
        };
        match bytes {
            Ok(bytes) if !bytes.is_empty() => {
                context.process.print(String::from_utf8_lossy(&bytes)).await;
            }
            _ => return ExitStatus::SUCCESS,
        }
    }
}
