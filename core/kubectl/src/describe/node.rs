//! The page of a node.

use super::Subject;
use super::page::{Page, date, or, plain, texts};
use crate::client::Call;
use kubernetes_api::object::{get_bool, get_list, get_map, get_str, labels, name, namespace};
use kubernetes_api::quantity::Quantity;
use ordered::OrderedMap;
use serde_json::{Map, Value};

/// The prefix of the labels that say a node's roles.
const ROLE_LABEL: &str = "node-role.kubernetes.io/";

/// Writes the page without its events.
pub async fn describe(subject: &Subject<'_>, page: &mut Page) {
    let node = subject.object;
    page.field(0, "Name", subject.name());
    let roles: Vec<&str> = labels(node)
        .into_iter()
        .flatten()
        .filter_map(|(key, _)| key.strip_prefix(ROLE_LABEL))
        .collect();
    page.field(0, "Roles", or(&roles.join(","), "<none>"));
    page.metadata(node);
    page.field(
        0,
        "CreationTimestamp",
        date(get_str(node, &["metadata", "creationTimestamp"])),
    );
    taints(node, page);
    page.field(
        0,
        "Unschedulable",
        get_bool(node, &["spec", "unschedulable"]),
    );
    lease(subject, page).await;
    conditions(node, page);
    page.line(0, "Addresses:");
    for address in get_list(node, &["status", "addresses"]) {
        page.field(
            1,
            get_str(address, &["type"]),
            get_str(address, &["address"]),
        );
    }
    page.resource_list(0, "Capacity", get_map(node, &["status", "capacity"]));
    page.resource_list(0, "Allocatable", get_map(node, &["status", "allocatable"]));
    system_info(node, page);
    pods(subject, page).await;
}

fn taints(node: &Value, page: &mut Page) {
    let all = get_list(node, &["spec", "taints"]);
    if all.is_empty() {
        return page.field(0, "Taints", "<none>");
    }
    let mut lines: Vec<String> = all.iter().map(taint_text).collect();
    lines.sort();
    for (index, line) in lines.iter().enumerate() {
        let head = if index == 0 { "Taints:" } else { "" };
        page.line(0, format!("{head}\t{line}"));
    }
}

/// `key=value:Effect`.
pub fn taint_text(taint: &Value) -> String {
    let (key, value) = (get_str(taint, &["key"]), get_str(taint, &["value"]));
    let effect = get_str(taint, &["effect"]);
    if value.is_empty() {
        format!("{key}:{effect}")
    } else {
        format!("{key}={value}:{effect}")
    }
}

async fn lease(subject: &Subject<'_>, page: &mut Page) {
    let path = format!(
        "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{}",
        subject.name()
    );
    match subject.session.client.call(Call::get(path)).await {
        Ok(lease) => {
            page.line(0, "Lease:");
            let holder = get_str(&lease, &["spec", "holderIdentity"]);
            page.field(1, "HolderIdentity", or(holder, "<unset>"));
            for (title, key) in [("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")] {
                let time = get_str(&lease, &["spec", key]);
                let text = if time.is_empty() {
                    "<unset>".to_owned()
                } else {
                    date(time)
                };
                page.field(1, title, text);
            }
        }
        Err(failure) => {
            page.line(
                0,
                format!("Lease:\tFailed to get lease: {}", failure.sentence()),
            );
        }
    }
}

fn conditions(node: &Value, page: &mut Page) {
    let all = get_list(node, &["status", "conditions"]);
    if all.is_empty() {
        return;
    }
    page.line(
        0,
        "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage",
    );
    page.line(
        1,
        "----\t------\t-----------------\t------------------\t------\t-------",
    );
    for one in all {
        let text = |key: &str| get_str(one, &[key]);
        page.line(
            1,
            format!(
                "{} \t{} \t{} \t{} \t{} \t{}",
                text("type"),
                text("status"),
                date(text("lastHeartbeatTime")),
                date(text("lastTransitionTime")),
                text("reason"),
                text("message")
            ),
        );
    }
}

fn system_info(node: &Value, page: &mut Page) {
    page.line(0, "System Info:");
    for (title, key) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ] {
        page.field(1, title, get_str(node, &["status", "nodeInfo", key]));
    }
    let cidr = get_str(node, &["spec", "podCIDR"]);
    if !cidr.is_empty() {
        page.field(0, "PodCIDR", cidr);
    }
    let cidrs = texts(node, &["spec", "podCIDRs"]).join(",");
    if !cidrs.is_empty() {
        page.field(0, "PodCIDRs", cidrs);
    }
    let provider = get_str(node, &["spec", "providerID"]);
    if !provider.is_empty() {
        page.field(0, "ProviderID", provider);
    }
}

type Amounts = OrderedMap<String, Quantity>;

/// What a pod asks for or is limited to: the sum of its containers, but at least its largest init
/// container.
fn amounts(pod: &Value, key: &str) -> Amounts {
    let of = |container: &Value| -> Amounts {
        get_map(container, &["resources", key])
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), Quantity::from_value(value).ok()?)))
            .collect()
    };
    let mut sum = Amounts::new();
    for container in get_list(pod, &["spec", "containers"]) {
        add(&mut sum, &of(container));
    }
    for container in get_list(pod, &["spec", "initContainers"]) {
        let always = get_str(container, &["restartPolicy"]) == "Always";
        let own = of(container);
        if always {
            add(&mut sum, &own);
            continue;
        }
        for (name, amount) in own {
            let have = sum.entry(name).or_insert(Quantity::ZERO);
            if amount.milli_value() > have.milli_value() {
                *have = amount;
            }
        }
    }
    sum
}

fn add(sum: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let have = sum.entry(name.clone()).or_insert(Quantity::ZERO);
        *have = have.plus(*amount);
    }
}

/// `100m (5%)` of what the node has.
fn share(amounts: &Amounts, allocatable: &Amounts, name: &str) -> String {
    let amount = amounts.get(name).copied().unwrap_or(Quantity::ZERO);
    let whole = allocatable.get(name).copied().unwrap_or(Quantity::ZERO);
    // Of bytes thousandths would not fit into 64 bits, of CPUs whole ones say too little.
    let (part, of) = if name == "cpu" {
        (amount.milli_value(), whole.milli_value())
    } else {
        (amount.value(), whole.value())
    };
    let percent = if of == 0 {
        0
    } else {
        i64::try_from(i128::from(part) * 100 / i128::from(of)).unwrap_or_default()
    };
    format!("{amount} ({percent}%)")
}

fn quantities(list: Option<&Map<String, Value>>) -> Amounts {
    list.into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), Quantity::from_value(value).ok()?)))
        .collect()
}

async fn pods(subject: &Subject<'_>, page: &mut Page) {
    let node = subject.object;
    let fields = format!(
        "spec.nodeName={},status.phase!=Failed,status.phase!=Succeeded",
        subject.name()
    );
    let call = || Call::get("/api/v1/pods").query("fieldSelector", fields.as_str());
    let listed = subject.session.client.list(call).await;
    let pods = listed
        .map(|list| get_list(&list, &["items"]).to_vec())
        .unwrap_or_default();
    let allocatable = match get_map(node, &["status", "allocatable"]) {
        Some(list) => quantities(Some(list)),
        None => quantities(get_map(node, &["status", "capacity"])),
    };
    page.field(
        0,
        "Non-terminated Pods",
        format!("({} in total)", pods.len()),
    );
    page.line(
        1,
        "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge",
    );
    page.line(
        1,
        "---------\t----\t\t------------\t----------\t---------------\t-------------\t---",
    );
    let (mut requests, mut limits) = (Amounts::new(), Amounts::new());
    for pod in &pods {
        let (asked, limited) = (amounts(pod, "requests"), amounts(pod, "limits"));
        let age = page.since(get_str(pod, &["metadata", "creationTimestamp"]));
        page.line(
            1,
            format!(
                "{}\t{}\t\t{}\t{}\t{}\t{}\t{age}",
                namespace(pod),
                name(pod),
                share(&asked, &allocatable, "cpu"),
                share(&limited, &allocatable, "cpu"),
                share(&asked, &allocatable, "memory"),
                share(&limited, &allocatable, "memory"),
            ),
        );
        add(&mut requests, &asked);
        add(&mut limits, &limited);
    }
    page.line(
        0,
        "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)",
    );
    page.line(1, "Resource\tRequests\tLimits");
    page.line(1, "--------\t--------\t------");
    let standard = ["cpu", "memory", "ephemeral-storage"];
    let huge = allocatable
        .keys()
        .map(String::as_str)
        .filter(|name| name.starts_with("hugepages-"));
    for resource in standard.into_iter().chain(huge) {
        let (asked, limited) = (
            share(&requests, &allocatable, resource),
            share(&limits, &allocatable, resource),
        );
        page.line(1, format!("{resource}\t{asked}\t{limited}"));
    }
    let known =
        |name: &str| standard.contains(&name) || name.starts_with("hugepages-") || name == "pods";
    for resource in allocatable.keys().filter(|name| !known(name)) {
        let text = |amounts: &Amounts| {
            amounts
                .get(resource)
                .copied()
                .unwrap_or(Quantity::ZERO)
                .to_string()
        };
        page.line(
            1,
            format!("{resource}\t{}\t{}", text(&requests), text(&limits)),
        );
    }
}

/// A resource amount of a map as text, for the pages of quotas.
pub fn amount(list: Option<&Map<String, Value>>, key: &str) -> String {
    list.and_then(|list| list.get(key))
        .map_or("0".to_owned(), plain)
}
