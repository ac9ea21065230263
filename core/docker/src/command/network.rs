//! `docker network` and `docker volume`.

use super::flags::{Kind, flag, list, of, text};
use super::table::{Column, Listing};
use super::{Arguments, Command, Context};
use crate::EngineError;
use ordered::OrderedMap;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["network ls", "network list"],
        usage: "[OPTIONS]",
        about: "List networks",
        arguments: Arguments::None,
        flags: &[
            of(
                Kind::Filter,
                "filter",
                Some('f'),
                "Provide filter values (e.g. \"driver=bridge\")",
            ),
            text("format", None, "Format output using a custom template"),
            flag("no-trunc", None, "Do not truncate the output"),
            flag("quiet", Some('q'), "Only display network IDs"),
        ],
        flags_first: false,
        run: |context| Box::pin(networks(context)),
    },
    Command {
        names: &["network create"],
        usage: "[OPTIONS] NETWORK",
        about: "Create a network",
        arguments: Arguments::Exactly(1),
        flags: &[
            flag("attachable", None, "Enable manual container attachment"),
            text("driver", Some('d'), "Driver to manage the Network"),
            list(
                "gateway",
                None,
                "IPv4 or IPv6 Gateway for the master subnet",
            ),
            flag("internal", None, "Restrict external access to the network"),
            list("label", None, "Set metadata on a network"),
            list("opt", Some('o'), "Set driver specific options"),
            list(
                "subnet",
                None,
                "Subnet in CIDR format that represents a network segment",
            ),
        ],
        flags_first: false,
        run: |context| Box::pin(create_network(context)),
    },
    Command {
        names: &["network rm", "network remove"],
        usage: "NETWORK [NETWORK...]",
        about: "Remove one or more networks",
        arguments: Arguments::AtLeast(1),
        flags: &[flag(
            "force",
            Some('f'),
            "Do not error if the network does not exist",
        )],
        flags_first: false,
        run: |context| Box::pin(remove_networks(context)),
    },
    Command {
        names: &["network connect"],
        usage: "[OPTIONS] NETWORK CONTAINER",
        about: "Connect a container to a network",
        arguments: Arguments::Exactly(2),
        flags: &[
            list("alias", None, "Add network-scoped alias for the container"),
            text("ip", None, "IPv4 address (e.g., \"172.30.100.104\")"),
        ],
        flags_first: false,
        run: |context| Box::pin(connect(context, true)),
    },
    Command {
        names: &["network disconnect"],
        usage: "[OPTIONS] NETWORK CONTAINER",
        about: "Disconnect a container from a network",
        arguments: Arguments::Exactly(2),
        flags: &[flag(
            "force",
            Some('f'),
            "Force the container to disconnect from a network",
        )],
        flags_first: false,
        run: |context| Box::pin(connect(context, false)),
    },
    Command {
        names: &["network prune"],
        usage: "[OPTIONS]",
        about: "Remove all unused networks",
        arguments: Arguments::None,
        flags: &[
            of(
                Kind::Filter,
                "filter",
                None,
                "Provide filter values (e.g. \"until=<timestamp>\")",
            ),
            flag("force", Some('f'), "Do not prompt for confirmation"),
        ],
        flags_first: false,
        run: |context| Box::pin(prune_networks(context)),
    },
    Command {
        names: &["volume ls", "volume list"],
        usage: "[OPTIONS]",
        about: "List volumes",
        arguments: Arguments::None,
        flags: &[
            of(
                Kind::Filter,
                "filter",
                Some('f'),
                "Provide filter values (e.g. \"dangling=true\")",
            ),
            text("format", None, "Format output using a custom template"),
            flag("quiet", Some('q'), "Only display volume names"),
        ],
        flags_first: false,
        run: |context| Box::pin(volumes(context)),
    },
    Command {
        names: &["volume create"],
        usage: "[OPTIONS] [VOLUME]",
        about: "Create a volume",
        arguments: Arguments::AtMost(1),
        flags: &[
            text("driver", Some('d'), "Specify volume driver name"),
            list("label", None, "Set metadata for a volume"),
            text("name", None, "Specify volume name"),
            list("opt", Some('o'), "Set driver specific options"),
        ],
        flags_first: false,
        run: |context| Box::pin(create_volume(context)),
    },
    Command {
        names: &["volume rm", "volume remove"],
        usage: "[OPTIONS] VOLUME [VOLUME...]",
        about: "Remove one or more volumes",
        arguments: Arguments::AtLeast(1),
        flags: &[flag(
            "force",
            Some('f'),
            "Force the removal of one or more volumes",
        )],
        flags_first: false,
        run: |context| Box::pin(remove_volumes(context)),
    },
    Command {
        names: &["volume prune"],
        usage: "[OPTIONS]",
        about: "Remove unused local volumes",
        arguments: Arguments::None,
        flags: &[
            flag(
                "all",
                Some('a'),
                "Remove all unused volumes, not just anonymous ones",
            ),
            of(
                Kind::Filter,
                "filter",
                None,
                "Provide filter values (e.g. \"label=<label>\")",
            ),
            flag("force", Some('f'), "Do not prompt for confirmation"),
        ],
        flags_first: false,
        run: |context| Box::pin(prune_volumes(context)),
    },
];

fn labels(given: &[String]) -> OrderedMap<String, String> {
    let pairs = given.iter().map(|text| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        (key.to_string(), value.to_string())
    });
    pairs.collect()
}

async fn networks(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[
        ("ID", "NETWORK ID"),
        ("Name", "NAME"),
        ("Driver", "DRIVER"),
        ("Scope", "SCOPE"),
    ];
    let flags = &context.flags;
    let mut networks = context.engine.networks();
    for filter in flags.list("filter") {
        let (key, value) = filter.split_once('=').unwrap_or((filter, ""));
        match key {
            "name" => networks.retain(|network| network.name.contains(value)),
            "driver" => networks.retain(|network| network.driver == value),
            "id" => networks.retain(|network| network.id.starts_with(value)),
            "type" => networks.retain(|network| network.is_predefined() == (value == "builtin")),
            "label" => networks.retain(|network| network.labels.contains_key(value)),
            "scope" | "dangling" => {}
            other => {
                let error = EngineError::invalid(format!("invalid filter '{other}'"));
                return context.daemon_error(&error).await;
            }
        }
    }
    networks.sort_by(|one, other| one.name.cmp(&other.name));
    let full = flags.is_set("no-trunc");
    let id = |id: &str| match full {
        true => id.to_string(),
        false => crate::image::short(id).to_string(),
    };
    if flags.is_set("quiet") {
        for network in &networks {
            context.line(id(&network.id)).await;
        }
        return 0;
    }
    let rows = networks.iter().map(|network| {
        json!({
            "CreatedAt": super::format::go_time(network.created),
            "Driver": network.driver,
            "ID": id(&network.id),
            "IPv4": "true",
            "IPv6": "false",
            "Internal": network.internal.to_string(),
            "Labels": "",
            "Name": network.name,
            "Scope": "local",
        })
    });
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*network.networkContext",
        rows: rows.collect(),
    };
    context.show(listing).await
}

async fn create_network(context: Context) -> u8 {
    let flags = &context.flags;
    let subnet = flags.list("subnet").first().map(|text| {
        let (base, prefix) = text.split_once('/')?;
        Some((base.parse::<Ipv4Addr>().ok()?, prefix.parse::<u8>().ok()?))
    });
    let subnet = match subnet {
        Some(None) => {
            let text = flags.text("subnet").unwrap_or_default();
            let error = EngineError::invalid(format!("invalid subnet {text}"));
            return context.daemon_error(&error).await;
        }
        Some(subnet) => subnet,
        None => None,
    };
    let driver = flags.text("driver").unwrap_or("bridge");
    let labels = labels(flags.list("label"));
    let internal = flags.is_set("internal");
    let made = context
        .engine
        .create_network(context.first(), driver, subnet, labels, internal);
    match made {
        Ok(id) => {
            context.line(id).await;
            0
        }
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn remove_networks(context: Context) -> u8 {
    let mut failed = false;
    for name in &context.arguments {
        match context.engine.remove_network(name) {
            Ok(_) => context.line(name).await,
            Err(error) if error.status == 404 && context.flags.is_set("force") => {}
            Err(error) => {
                context.daemon_error(&error).await;
                failed = true;
            }
        }
    }
    if failed {
        context.error_line("exit status 1").await;
    }
    u8::from(failed)
}

async fn connect(context: Context, join: bool) -> u8 {
    let (network, container) = (context.argument(0), context.argument(1));
    let aliases = context.flags.list("alias").to_vec();
    let done = if join {
        context.engine.connect_network(network, container, aliases)
    } else {
        context.engine.disconnect_network(network, container)
    };
    match done {
        Ok(()) => 0,
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn prune_networks(context: Context) -> u8 {
    if !context.flags.is_set("force") {
        let question = "WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue? [y/N] ";
        if !super::containers::confirmed(&context, question).await {
            return 0;
        }
    }
    let removed = unused_networks(&context);
    if !removed.is_empty() {
        context.line("Deleted Networks:").await;
        for name in removed {
            context.line(name).await;
        }
        context.line("").await;
    }
    0
}

/// Removes the networks that no container is in; gives their names.
pub(super) fn unused_networks(context: &Context) -> Vec<String> {
    let networks = context.engine.networks().into_iter();
    let unused =
        networks.filter(|network| !network.is_predefined() && network.endpoints.is_empty());
    unused
        .filter_map(|network| context.engine.remove_network(&network.id).ok())
        .collect()
}

async fn volumes(context: Context) -> u8 {
    const COLUMNS: &[Column] = &[("Driver", "DRIVER"), ("Name", "VOLUME NAME")];
    let mut volumes = context.engine.volumes();
    for filter in context.flags.list("filter") {
        let (key, value) = filter.split_once('=').unwrap_or((filter, ""));
        match key {
            "name" => volumes.retain(|volume| volume.name.contains(value)),
            "dangling" => {
                let wanted = value == "true" || value == "1";
                volumes.retain(|volume| {
                    context.engine.users_of_volume(&volume.name).is_empty() == wanted
                });
            }
            "label" => volumes.retain(|volume| volume.labels.contains_key(value)),
            "driver" => volumes.retain(|_| value == "local"),
            other => {
                let error = EngineError::invalid(format!("invalid filter '{other}'"));
                return context.daemon_error(&error).await;
            }
        }
    }
    if context.flags.is_set("quiet") {
        for volume in &volumes {
            context.line(&volume.name).await;
        }
        return 0;
    }
    let rows = volumes.iter().map(|volume| -> Value {
        json!({
            "Driver": "local",
            "Labels": "",
            "Links": "N/A",
            "Mountpoint": format!("/var/lib/docker/volumes/{}/_data", volume.name),
            "Name": volume.name,
            "Scope": "local",
            "Size": "N/A",
        })
    });
    let listing = Listing {
        columns: COLUMNS.to_vec(),
        headers: COLUMNS,
        type_name: "*formatter.volumeContext",
        rows: rows.collect(),
    };
    context.show(listing).await
}

async fn create_volume(context: Context) -> u8 {
    let name = context
        .arguments
        .first()
        .map(String::as_str)
        .or(context.flags.text("name"));
    let labels = labels(context.flags.list("label"));
    match context.engine.create_volume(name, labels) {
        Ok(volume) => {
            // One that was made by name stays when anonymous ones are pruned.
            context.line(&volume.name).await;
            0
        }
        Err(error) => context.daemon_error(&error).await,
    }
}

async fn remove_volumes(context: Context) -> u8 {
    let force = context.flags.is_set("force");
    let mut status = 0;
    for name in &context.arguments {
        match context.engine.remove_volume(name, force) {
            Ok(()) => context.line(name).await,
            Err(error) => status = context.daemon_error(&error).await,
        }
    }
    status
}

async fn prune_volumes(context: Context) -> u8 {
    let all = context.flags.is_set("all");
    if !context.flags.is_set("force") {
        let what = if all {
            "all local volumes"
        } else {
            "anonymous local volumes"
        };
        let question = format!(
            "WARNING! This will remove {what} not used by at least one container.\nAre you sure you want to continue? [y/N] "
        );
        if !super::containers::confirmed(&context, &question).await {
            return 0;
        }
    }
    let removed = unused_volumes(&context, all);
    if !removed.is_empty() {
        context.line("Deleted Volumes:").await;
        for name in removed {
            context.line(name).await;
        }
        context.line("").await;
    }
    context.line("Total reclaimed space: 0B").await;
    0
}

/// Removes the volumes that no container has; gives their names.
pub(super) fn unused_volumes(context: &Context, all: bool) -> Vec<String> {
    let volumes = context.engine.volumes().into_iter();
    let wanted = volumes.filter(|volume| all || volume.anonymous);
    wanted
        .filter(|volume| context.engine.remove_volume(&volume.name, false).is_ok())
        .map(|volume| volume.name)
        .collect()
}
