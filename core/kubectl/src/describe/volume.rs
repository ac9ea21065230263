//! Volumes of a pod or of its template.

use super::page::{Page, or};
use kubernetes_api::object::{get, get_bool, get_list, get_str};
use serde_json::Value;

/// Writes the volumes.
pub fn volumes(page: &mut Page, volumes: &[Value], space: &str) {
    if volumes.is_empty() {
        return page.line(0, format!("{space}Volumes:\t<none>"));
    }
    page.line(0, format!("{space}Volumes:"));
    for volume in volumes {
        let indent = if space.is_empty() { "" } else { " " };
        page.line(1, format!("{indent}{}:", get_str(volume, &["name"])));
        source(page, volume);
    }
}

/// Writes where a volume's content comes from.
pub fn source(page: &mut Page, volume: &Value) {
    let text = |path: &[&str]| get_str(volume, path).to_owned();
    let truth = |path: &[&str]| get_bool(volume, path).to_string();
    let mut write = |kind: &str, fields: &[(&str, String)]| {
        page.field(2, "Type", kind);
        for (title, value) in fields {
            page.field(2, title, value);
        }
    };
    if get(volume, &["hostPath"]).is_some() {
        write(
            "HostPath (bare host directory volume)",
            &[
                ("Path", text(&["hostPath", "path"])),
                ("HostPathType", text(&["hostPath", "type"])),
            ],
        );
    } else if get(volume, &["emptyDir"]).is_some() {
        let limit = or(get_str(volume, &["emptyDir", "sizeLimit"]), "<unset>").to_owned();
        write(
            "EmptyDir (a temporary directory that shares a pod's lifetime)",
            &[
                ("Medium", text(&["emptyDir", "medium"])),
                ("SizeLimit", limit),
            ],
        );
    } else if get(volume, &["secret"]).is_some() {
        write(
            "Secret (a volume populated by a Secret)",
            &[
                ("SecretName", text(&["secret", "secretName"])),
                ("Optional", truth(&["secret", "optional"])),
            ],
        );
    } else if get(volume, &["configMap"]).is_some() {
        write(
            "ConfigMap (a volume populated by a ConfigMap)",
            &[
                ("Name", text(&["configMap", "name"])),
                ("Optional", truth(&["configMap", "optional"])),
            ],
        );
    } else if get(volume, &["persistentVolumeClaim"]).is_some() {
        write(
            "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
            &[
                ("ClaimName", text(&["persistentVolumeClaim", "claimName"])),
                ("ReadOnly", truth(&["persistentVolumeClaim", "readOnly"])),
            ],
        );
    } else if get(volume, &["nfs"]).is_some() {
        write(
            "NFS (an NFS mount that lasts the lifetime of a pod)",
            &[
                ("Server", text(&["nfs", "server"])),
                ("Path", text(&["nfs", "path"])),
                ("ReadOnly", truth(&["nfs", "readOnly"])),
            ],
        );
    } else if get(volume, &["downwardAPI"]).is_some() {
        write(
            "DownwardAPI (a volume populated by information about the pod)",
            &[],
        );
        page.line(2, "Items:");
        for item in get_list(volume, &["downwardAPI", "items"]) {
            let from = get_str(item, &["fieldRef", "fieldPath"]);
            page.line(3, format!("{from} -> {}", get_str(item, &["path"])));
        }
    } else if get(volume, &["projected"]).is_some() {
        projected(page, volume);
    } else {
        page.line(1, "<unknown>");
    }
}

fn projected(page: &mut Page, volume: &Value) {
    page.field(
        2,
        "Type",
        "Projected (a volume that contains injected data from multiple sources)",
    );
    for source in get_list(volume, &["projected", "sources"]) {
        if get(source, &["secret"]).is_some() {
            page.field(2, "SecretName", get_str(source, &["secret", "name"]));
            page.field(2, "Optional", get_bool(source, &["secret", "optional"]));
        } else if get(source, &["downwardAPI"]).is_some() {
            page.field(2, "DownwardAPI", "true");
        } else if get(source, &["configMap"]).is_some() {
            page.field(2, "ConfigMapName", get_str(source, &["configMap", "name"]));
            page.field(2, "Optional", get_bool(source, &["configMap", "optional"]));
        } else if let Some(token) = get(source, &["serviceAccountToken"]) {
            let seconds = super::page::number(token, &["expirationSeconds"]);
            page.field(2, "TokenExpirationSeconds", seconds);
        }
    }
}
