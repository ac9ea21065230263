//! A container as `docker inspect` shows it.

use super::super::containers::port_list;
use super::super::format::rfc3339;
use crate::engine::Container;
use crate::image::{list, set};
use crate::{ContainerInfo, Engine, MountSource, NetworkMode, RestartPolicy};
use machine::Time;
use serde_json::{Map, Value, json};

pub(super) fn to_json(engine: &Engine, container: &Container, size: bool) -> Value {
    let info = engine.info(container);
    let id = &info.id;
    let directory = format!("/var/lib/docker/containers/{id}");
    let mut value = json!({
        "AppArmorProfile": "",
        "Args": info.command.iter().skip(1).collect::<Vec<_>>(),
        "Config": config(container, &info),
        "Created": rfc3339(info.created),
        "Driver": "overlay2",
        "ExecIDs": null,
        "GraphDriver": graph(&info, container.image.layers.len()),
        "HostConfig": host_config(&info),
        "HostnamePath": format!("{directory}/hostname"),
        "HostsPath": format!("{directory}/hosts"),
        "Id": id,
        "Image": info.image_id,
        "LogPath": format!("{directory}/{id}-json.log"),
        "MountLabel": "",
        "Mounts": mounts(&info),
        "Name": format!("/{}", info.name),
        "NetworkSettings": network(engine, &info),
        "Path": info.command.first(),
        "Platform": "linux",
        "ProcessLabel": "",
        "ResolvConfPath": format!("{directory}/resolv.conf"),
        "RestartCount": info.restart_count,
        "State": state(&info),
    });
    if size && let Value::Object(object) = &mut value {
        let (own, all) = engine.container_size(id).unwrap_or_default();
        object.insert("SizeRw".into(), json!(own));
        object.insert("SizeRootFs".into(), json!(all));
    }
    value
}

fn time(time: Option<Time>) -> String {
    time.map_or_else(|| "0001-01-01T00:00:00Z".into(), rfc3339)
}

fn state(info: &ContainerInfo) -> Value {
    use crate::ContainerStatus as Status;
    let state = &info.state;
    let mut value = json!({
        "Dead": state.status == Status::Dead,
        "Error": state.error,
        "ExitCode": state.exit_code,
        "FinishedAt": time(state.finished),
        "OOMKilled": state.oom_killed,
        "Paused": state.status == Status::Paused,
        "Pid": state.pid,
        "Restarting": state.status == Status::Restarting,
        "Running": state.is_running() || state.status == Status::Restarting,
        "StartedAt": time(state.started),
        "Status": state.status.name(),
    });
    if let (Some(health), Value::Object(object)) = (&state.health, &mut value) {
        let health = json!({
            "Status": health.status,
            "FailingStreak": health.failing_streak,
            "Log": [],
        });
        object.insert("Health".into(), health);
    }
    value
}

fn config(container: &Container, info: &ContainerInfo) -> Value {
    let image = &info.image_config;
    let own = &info.config;
    let env: Vec<String> = container
        .env()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut exposed = image.exposed_ports.clone();
    exposed.extend(own.exposed_ports.iter().cloned());
    for port in &own.ports {
        exposed.insert(format!("{}/{}", port.container_port, port.protocol));
    }
    let command = match (&own.command, &own.entrypoint) {
        (Some(command), _) => Some(command),
        (None, Some(_)) => None,
        (None, None) => image.command.as_ref(),
    };
    let attached = own.attached;
    let mut value = json!({
        "AttachStderr": attached,
        "AttachStdin": attached && own.stdin_open,
        "AttachStdout": attached,
        "Cmd": list(command),
        "Domainname": "",
        "Entrypoint": list(own.entrypoint.as_ref().or(image.entrypoint.as_ref())),
        "Env": env,
        "Hostname": *container.hostname.borrow().borrow(),
        "Image": info.image,
        "Labels": *info.labels,
        "OpenStdin": own.stdin_open,
        "StdinOnce": attached && own.stdin_open,
        "Tty": own.tty,
        "User": own.user.as_ref().unwrap_or(&image.user),
        "Volumes": set(&image.volumes),
        "WorkingDir": own.working_dir.as_ref().unwrap_or(&image.working_dir),
    });
    if let Value::Object(object) = &mut value {
        if !exposed.is_empty() {
            object.insert("ExposedPorts".into(), set(&exposed));
        }
        let signal = own.stop_signal.as_ref().unwrap_or(&image.stop_signal);
        if !signal.is_empty() {
            object.insert("StopSignal".into(), json!(signal));
        }
        if let Some(seconds) = own.stop_timeout {
            object.insert("StopTimeout".into(), json!(seconds));
        }
        if let Some(check) = own.healthcheck.as_ref().or(image.healthcheck.as_ref()) {
            object.insert("Healthcheck".into(), check.to_json());
        }
    }
    value
}

fn graph(info: &ContainerInfo, layers: usize) -> Value {
    let digest = crate::digest::hex(info.id.as_bytes());
    let directory = format!("/var/lib/docker/overlay2/{digest}");
    let mut lower = format!("{directory}-init/diff");
    for number in 0..layers {
        let layer = format!("{} {number}", info.image_id);
        let layer = crate::digest::hex(layer.as_bytes());
        lower.push_str(&format!(":/var/lib/docker/overlay2/{layer}/diff"));
    }
    json!({
        "Data": {
            "ID": info.id,
            "LowerDir": lower,
            "MergedDir": format!("{directory}/merged"),
            "UpperDir": format!("{directory}/diff"),
            "WorkDir": format!("{directory}/work"),
        },
        "Name": "overlay2",
    })
}

const MASKED: &[&str] = &[
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];
const READ_ONLY: &[&str] = &[
    "/proc/bus",
    "/proc/fs",
    "/proc/irq",
    "/proc/sys",
    "/proc/sysrq-trigger",
];

fn host_config(info: &ContainerInfo) -> Value {
    let own = &info.config;
    let binds: Vec<String> = own
        .mounts
        .iter()
        .filter_map(|mount| {
            let source = match &mount.source {
                MountSource::Host(path) => path,
                MountSource::Volume(name) => name,
                _ => return None,
            };
            let mode = if mount.read_only { ":ro" } else { "" };
            Some(format!("{source}:{}{mode}", mount.target))
        })
        .collect();
    let mut bindings = Map::new();
    for port in &own.ports {
        let key = format!("{}/{}", port.container_port, port.protocol);
        let address = port.host_address.map(|address| address.to_string());
        let host_port = match port.host_port {
            0 => String::new(),
            port => port.to_string(),
        };
        let value = json!({"HostIp": address.unwrap_or_default(), "HostPort": host_port});
        if let Value::Array(all) = bindings.entry(key).or_insert_with(|| json!([])) {
            all.push(value);
        }
    }
    let retries = match own.restart {
        RestartPolicy::OnFailure(count) => count,
        _ => 0,
    };
    let hosts: Vec<String> = own
        .extra_hosts
        .iter()
        .map(|(name, address)| format!("{name}:{address}"))
        .collect();
    let memory = own.memory_bytes.unwrap_or(0);
    let mut value = json!({
        "AutoRemove": own.auto_remove,
        "Binds": if binds.is_empty() { Value::Null } else { json!(binds) },
        "BlkioDeviceReadBps": [], "BlkioDeviceReadIOps": [], "BlkioDeviceWriteBps": [],
        "BlkioDeviceWriteIOps": [], "BlkioWeight": 0, "BlkioWeightDevice": [],
        "CapAdd": null, "CapDrop": null, "Cgroup": "", "CgroupParent": "",
        "CgroupnsMode": "host",
        "ConsoleSize": [0, 0],
        "ContainerIDFile": "",
        "CpuCount": 0, "CpuPercent": 0, "CpuPeriod": 0, "CpuQuota": 0,
        "CpuRealtimePeriod": 0, "CpuRealtimeRuntime": 0, "CpuShares": 0,
        "CpusetCpus": "", "CpusetMems": "",
        "DeviceCgroupRules": null, "DeviceRequests": null, "Devices": [],
        "Dns": own.dns, "DnsOptions": [], "DnsSearch": [],
        "ExtraHosts": if hosts.is_empty() { Value::Null } else { json!(hosts) },
        "GroupAdd": null,
        "IOMaximumBandwidth": 0, "IOMaximumIOps": 0,
        "IpcMode": "private",
        "Isolation": "",
        "Links": null,
        "LogConfig": {"Config": {}, "Type": "json-file"},
        "MaskedPaths": MASKED,
        "Memory": memory,
        "MemoryReservation": 0,
        "MemorySwap": memory * 2,
        "MemorySwappiness": null,
        "NanoCpus": own.cpu_millis.unwrap_or(0) * 1_000_000,
        "NetworkMode": own.network.name(),
    });
    let rest = json!({
        "OomKillDisable": false,
        "OomScoreAdj": 0,
        "PidMode": "",
        "PidsLimit": null,
        "PortBindings": bindings,
        "Privileged": own.privileged,
        "PublishAllPorts": own.publish_all,
        "ReadonlyPaths": READ_ONLY,
        "ReadonlyRootfs": own.read_only,
        "RestartPolicy": {"MaximumRetryCount": retries, "Name": own.restart.name()},
        "Runtime": "runc",
        "SecurityOpt": null,
        "ShmSize": 67_108_864,
        "UTSMode": "",
        "Ulimits": [],
        "UsernsMode": "",
        "VolumeDriver": "",
        "VolumesFrom": null,
    });
    if let (Value::Object(object), Value::Object(rest)) = (&mut value, rest) {
        object.extend(rest);
    }
    value
}

fn mounts(info: &ContainerInfo) -> Value {
    let shown = info.config.mounts.iter().filter_map(|mount| {
        let (kind, name, source) = match &mount.source {
            MountSource::Host(path) => ("bind", None, path.clone()),
            MountSource::Volume(name) => (
                "volume",
                Some(name.clone()),
                format!("/var/lib/docker/volumes/{name}/_data"),
            ),
            MountSource::Tmpfs => return None,
            MountSource::Tree(_, _) => ("bind", None, String::new()),
        };
        let mut value = json!({
            "Type": kind,
            "Source": source,
            "Destination": mount.target,
            "Mode": if mount.read_only { "ro" } else { "" },
            "RW": !mount.read_only,
            "Propagation": if kind == "bind" { "rprivate" } else { "" },
        });
        if let (Some(name), Value::Object(object)) = (name, &mut value) {
            object.insert("Name".into(), json!(name));
            object.insert("Driver".into(), json!("local"));
            object.insert("Mode".into(), json!("z"));
        }
        Some(value)
    });
    Value::Array(shown.collect())
}

fn network(engine: &Engine, info: &ContainerInfo) -> Value {
    let ends = engine.endpoints(&info.id);
    let mut networks = Map::new();
    let one = |network: &crate::DockerNetwork, end: Option<&crate::Endpoint>| {
        let text = |value: Option<String>| value.unwrap_or_default();
        let prefix = network.subnet.map_or(0, |(_, prefix)| prefix);
        let custom = !network.is_predefined();
        let names = json!([info.name, crate::image::short(&info.id)]);
        json!({
            "Aliases": end.filter(|end| !end.aliases.is_empty()).map(|end| end.aliases.clone()),
            "DNSNames": if custom { names } else { Value::Null },
            "DriverOpts": null,
            "EndpointID": end.map_or("", |end| end.id.as_str()),
            "Gateway": text(end.and(network.gateway()).map(|gateway| gateway.to_string())),
            "GlobalIPv6Address": "",
            "GlobalIPv6PrefixLen": 0,
            "GwPriority": 0,
            "IPAMConfig": null,
            "IPAddress": text(end.map(|end| end.address.to_string())),
            "IPPrefixLen": if end.is_some() { prefix } else { 0 },
            "IPv6Gateway": "",
            "Links": null,
            "MacAddress": end.map_or("", |end| end.mac.as_str()),
            "NetworkID": network.id,
        })
    };
    for (network, end) in &ends {
        networks.insert(network.name.clone(), one(network, Some(end)));
    }
    if ends.is_empty() && !matches!(info.config.network, NetworkMode::Container(_)) {
        let name = info.config.network.name();
        if let Ok(network) = engine.network(&name) {
            networks.insert(name, one(&network, None));
        }
    }
    let bridge = ends.iter().find(|(network, _)| network.name == "bridge");
    let field = |name: &str| {
        bridge
            .and_then(|_| networks.get("bridge")?.get(name).cloned())
            .unwrap_or_else(|| {
                if name.ends_with("Len") {
                    json!(0)
                } else {
                    json!("")
                }
            })
    };
    let sandbox = crate::digest::hex(format!("sandbox {}", info.id).as_bytes());
    let running = info.state.is_running();
    let key = format!("/var/run/docker/netns/{}", crate::image::short(&sandbox));
    json!({
        "EndpointID": field("EndpointID"),
        "Gateway": field("Gateway"),
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "IPAddress": field("IPAddress"),
        "IPPrefixLen": field("IPPrefixLen"),
        "IPv6Gateway": "",
        "MacAddress": field("MacAddress"),
        "Networks": networks,
        "Ports": ports(info),
        "SandboxID": if running { sandbox } else { String::new() },
        "SandboxKey": if running { key } else { String::new() },
    })
}

fn ports(info: &ContainerInfo) -> Value {
    let mut ports = Map::new();
    for (host, outer, inner, protocol) in port_list(info) {
        let key = format!("{inner}/{protocol}");
        let slot = ports.entry(key).or_insert(Value::Null);
        if host.is_empty() {
            continue;
        }
        let value = json!({"HostIp": host, "HostPort": outer.to_string()});
        match slot {
            Value::Array(all) => all.push(value),
            _ => *slot = json!([value]),
        }
    }
    Value::Object(ports)
}
