//! The pages of storage: PersistentVolume, PersistentVolumeClaim, StorageClass.

use super::Subject;
use super::page::{Page, or, plain, texts};
use super::volume;
use kubernetes_api::object::{
    annotation, annotations, get, get_bool, get_list, get_map, get_str, is_terminating, labels,
    name,
};
use serde_json::Value;

/// `RWO,ROX`.
fn access_modes(object: &Value, path: &[&str]) -> String {
    let short: Vec<String> = texts(object, path)
        .into_iter()
        .map(|mode| match mode.as_str() {
            "ReadWriteOnce" => "RWO".to_owned(),
            "ReadOnlyMany" => "ROX".to_owned(),
            "ReadWriteMany" => "RWX".to_owned(),
            "ReadWriteOncePod" => "RWOP".to_owned(),
            _ => mode,
        })
        .collect();
    short.join(",")
}

fn finalizers(object: &Value, page: &mut Page) {
    let all = texts(object, &["metadata", "finalizers"]);
    page.field(0, "Finalizers", format!("[{}]", all.join(" ")));
}

fn status(object: &Value, page: &mut Page) {
    if is_terminating(object) {
        let since = page.since(get_str(object, &["metadata", "deletionTimestamp"]));
        page.field(0, "Status", format!("Terminating (lasts {since})"));
    } else {
        page.field(0, "Status", get_str(object, &["status", "phase"]));
    }
}

fn class_of(object: &Value) -> &str {
    annotation(object, "volume.beta.kubernetes.io/storage-class")
        .unwrap_or_else(|| get_str(object, &["spec", "storageClassName"]))
}

/// Writes the page of a PersistentVolume.
pub fn volume(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.field(0, "Name", subject.name());
    page.pairs("Labels", labels(object));
    page.annotations("Annotations", annotations(object));
    finalizers(object, page);
    page.field(0, "StorageClass", class_of(object));
    status(object, page);
    match get(object, &["spec", "claimRef"]) {
        Some(claim) => {
            let text = format!(
                "{}/{}",
                get_str(claim, &["namespace"]),
                get_str(claim, &["name"])
            );
            page.field(0, "Claim", text);
        }
        None => page.field(0, "Claim", ""),
    }
    page.field(
        0,
        "Reclaim Policy",
        get_str(object, &["spec", "persistentVolumeReclaimPolicy"]),
    );
    page.field(
        0,
        "Access Modes",
        access_modes(object, &["spec", "accessModes"]),
    );
    let mode = get_str(object, &["spec", "volumeMode"]);
    if !mode.is_empty() {
        page.field(0, "VolumeMode", mode);
    }
    let size = get(object, &["spec", "capacity", "storage"])
        .map(plain)
        .unwrap_or_default();
    page.field(0, "Capacity", size);
    node_affinity(object, page);
    page.field(0, "Message", get_str(object, &["status", "message"]));
    page.line(0, "Source:");
    volume::source(page, get(object, &["spec"]).unwrap_or(&Value::Null));
}

fn node_affinity(object: &Value, page: &mut Page) {
    let Some(required) = get(object, &["spec", "nodeAffinity", "required"]) else {
        return page.field(0, "Node Affinity", "<none>");
    };
    page.line(0, "Node Affinity:");
    page.line(1, "Required Terms:");
    for (index, term) in get_list(required, &["nodeSelectorTerms"])
        .iter()
        .enumerate()
    {
        let all: Vec<String> = get_list(term, &["matchExpressions"])
            .iter()
            .map(|one| {
                let operator = get_str(one, &["operator"]).to_lowercase();
                let values = texts(one, &["values"]).join(", ");
                format!("{} {operator} [{values}]", get_str(one, &["key"]))
            })
            .collect();
        page.field(2, &format!("Term {index}"), all.join(", "));
    }
}

/// Writes the page of a PersistentVolumeClaim.
pub async fn claim(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.identity(object);
    page.field(0, "StorageClass", class_of(object));
    status(object, page);
    page.field(0, "Volume", get_str(object, &["spec", "volumeName"]));
    page.metadata(object);
    finalizers(object, page);
    let bound = !get_str(object, &["spec", "volumeName"]).is_empty();
    let size = get(object, &["status", "capacity", "storage"])
        .filter(|_| bound)
        .map(plain);
    page.field(0, "Capacity", size.unwrap_or_default());
    let modes = if bound {
        access_modes(object, &["status", "accessModes"])
    } else {
        String::new()
    };
    page.field(0, "Access Modes", modes);
    let mode = get_str(object, &["spec", "volumeMode"]);
    if !mode.is_empty() {
        page.field(0, "VolumeMode", mode);
    }
    if let Some(source) = get(object, &["spec", "dataSource"]) {
        page.line(0, "DataSource:");
        for (title, key) in [("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name")] {
            page.field(1, title, get_str(source, &[key]));
        }
    }
    let pods = subject.others("pods", "").await;
    let uses = |pod: &&Value| {
        get_list(pod, &["spec", "volumes"]).iter().any(|volume| {
            get_str(volume, &["persistentVolumeClaim", "claimName"]) == subject.name()
        })
    };
    let users: Vec<&str> = pods.iter().filter(uses).map(name).collect();
    for (index, user) in users.iter().enumerate() {
        let head = if index == 0 { "Used By:" } else { "" };
        page.line(0, format!("{head}\t{user}"));
    }
    if users.is_empty() {
        page.field(0, "Used By", "<none>");
    }
    let conditions = get_list(object, &["status", "conditions"]);
    if !conditions.is_empty() {
        page.line(
            0,
            "Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage",
        );
        page.line(
            1,
            "----\t------\t-----------------\t------------------\t------\t-------",
        );
        for one in conditions {
            let text = |key: &str| get_str(one, &[key]);
            let time = |key: &str| super::page::date(text(key));
            page.line(
                1,
                format!(
                    "{} \t{} \t{} \t{} \t{} \t{}",
                    text("type"),
                    text("status"),
                    time("lastProbeTime"),
                    time("lastTransitionTime"),
                    text("reason"),
                    text("message")
                ),
            );
        }
    }
}

/// Writes the page of a StorageClass.
pub fn class(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.field(0, "Name", subject.name());
    let default = annotation(object, "storageclass.kubernetes.io/is-default-class") == Some("true");
    page.field(0, "IsDefaultClass", if default { "Yes" } else { "No" });
    page.field(
        0,
        "Annotations",
        super::page::pairs_on_a_line(annotations(object)),
    );
    page.field(0, "Provisioner", get_str(object, &["provisioner"]));
    page.field(
        0,
        "Parameters",
        super::page::pairs_on_a_line(get_map(object, &["parameters"])),
    );
    let expansion =
        get(object, &["allowVolumeExpansion"]).map(|_| get_bool(object, &["allowVolumeExpansion"]));
    let expansion = expansion.map_or("<unset>", super::page::title_bool);
    page.field(0, "AllowVolumeExpansion", expansion);
    let options = texts(object, &["mountOptions"]);
    if options.is_empty() {
        page.field(0, "MountOptions", "<none>");
    } else {
        page.line(0, "MountOptions:");
        for option in options {
            page.line(1, option);
        }
    }
    page.field(
        0,
        "ReclaimPolicy",
        or(get_str(object, &["reclaimPolicy"]), "<unset>"),
    );
    page.field(
        0,
        "VolumeBindingMode",
        or(get_str(object, &["volumeBindingMode"]), "<unset>"),
    );
}
