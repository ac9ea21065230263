//! `docker network` and `docker volume`.

use super::table::{Column, Listing};
use super::{Arguments, Command, Context, command};
use crate::EngineError;
use ordered::OrderedMap;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

pub(super) const COMMANDS: &[Command] = &[
    command(
        &["network ls", "network list"],
        "[OPTIONS]",
        "List networks",
        Arguments::None,
        "\
-f --filter filter|Provide filter values (e.g. \"driver=bridge\")
--format string|{format}
--no-trunc|Do not truncate the output
-q --quiet|Only display network IDs",
        |context| Box::pin(networks(context)),
    ),
    command(
        &["network create"],
        "[OPTIONS] NETWORK",
        "Create a network",
        Arguments::Exactly(1),
        "\
--attachable|Enable manual container attachment
--aux-address map|Auxiliary IPv4 or IPv6 addresses used by Network driver (default map[])
--config-from string|The network from which to copy the configuration
--config-only|Create a configuration only network
-d --driver string|Driver to manage the Network (default \"bridge\")
--gateway strings|IPv4 or IPv6 Gateway for the master subnet
--ingress|Create swarm routing-mesh network
--internal|Restrict external access to the network
--ip-range strings|Allocate container ip from a sub-range
--ipam-driver string|IP Address Management Driver (default \"default\")
--ipam-opt map|Set IPAM driver specific options (default map[])
--ipv4|Enable or disable IPv4 address assignment (default true)
--ipv6|Enable or disable IPv6 address assignment
--label list|Set metadata on a network
-o --opt map|Set driver specific options (default map[])
--scope string|Control the network's scope
--subnet strings|Subnet in CIDR format that represents a network segment",
        |context| Box::pin(create_network(context)),
    ),
    command(
        &["network rm", "network remove"],
        "NETWORK [NETWORK...]",
        "Remove one or more networks",
        Arguments::AtLeast(1),
        "\
-f --force|Do not error if the network does not exist",
        |context| Box::pin(remove_networks(context)),
    ),
    command(
        &["network connect"],
        "[OPTIONS] NETWORK CONTAINER",
        "Connect a container to a network",
        Arguments::Exactly(2),
        "\
--alias strings|Add network-scoped alias for the container
--driver-opt strings|driver options for the network
--gw-priority int|Highest gw-priority provides the default gateway. Accepts positive and negative values.
--ip string|IPv4 address (e.g., \"172.30.100.104\")
--ip6 string|IPv6 address (e.g., \"2001:db8::33\")
--link list|Add link to another container
--link-local-ip strings|Add a link-local address for the container",
        |context| Box::pin(connect(context, true)),
    ),
    command(
        &["network disconnect"],
        "[OPTIONS] NETWORK CONTAINER",
        "Disconnect a container from a network",
        Arguments::Exactly(2),
        "\
-f --force|Force the container to disconnect from a network",
        |context| Box::pin(connect(context, false)),
    ),
    command(
        &["volume ls", "volume list"],
        "[OPTIONS]",
        "List volumes",
        Arguments::None,
        "\
--cluster|Display only cluster volumes, and use cluster volume list formatting
-f --filter filter|Provide filter values (e.g. \"dangling=true\")
--format string|{format}
-q --quiet|Only display volume names",
        |context| Box::pin(volumes(context)),
    ),
    command(
        &["volume create"],
        "[OPTIONS] [VOLUME]",
        "Create a volume",
        Arguments::AtMost(1),
        "\
--availability string|Cluster Volume availability (\"active\", \"pause\", \"drain\") (default \"active\")
-d --driver string|Specify volume driver name (default \"local\")
--group string|Cluster Volume group (cluster volumes)
--label list|Set metadata for a volume
--limit-bytes bytes|Minimum size of the Cluster Volume in bytes
-o --opt map|Set driver specific options (default map[])
--required-bytes bytes|Maximum size of the Cluster Volume in bytes
--scope string|Cluster Volume access scope (\"single\", \"multi\") (default \"single\")
--secret map|Cluster Volume secrets (default map[])
--sharing string|Cluster Volume access sharing (\"none\", \"readonly\", \"onewriter\", \"all\") (default \"none\")
--topology-preferred list|A topology that the Cluster Volume would be preferred in
--topology-required list|A topology that the Cluster Volume must be accessible from
--type string|Cluster Volume access type (\"mount\", \"block\") (default \"block\")
!--name string|Specify volume name",
        |context| Box::pin(create_volume(context)),
    ),
    command(
        &["volume rm", "volume remove"],
        "[OPTIONS] VOLUME [VOLUME...]",
        "Remove one or more volumes|Remove one or more volumes. You cannot remove a volume that is in use by a container.",
        Arguments::AtLeast(1),
        "\
-f --force|Force the removal of one or more volumes",
        |context| Box::pin(remove_volumes(context)),
    ),
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
    if context.flags.has("name") && !context.arguments.is_empty() {
        let text = "conflicting options: cannot specify a volume-name through both --name and as a positional arg";
        return context.fail(text).await;
    }
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
