//! The pages of a namespace and of what limits it: Namespace, ResourceQuota, LimitRange.

use super::Subject;
use super::node::amount;
use super::page::{Page, date, or, plain, texts};
use kubernetes_api::object::{get_list, get_map, get_str, name};
use ordered::OrderedSet;
use serde_json::Value;

/// Writes the page of a Namespace.
pub async fn namespace(subject: &Subject<'_>, page: &mut Page) {
    let object = subject.object;
    page.field(0, "Name", subject.name());
    page.metadata(object);
    page.field(0, "Status", get_str(object, &["status", "phase"]));
    let conditions = get_list(object, &["status", "conditions"]);
    if !conditions.is_empty() {
        page.line(
            0,
            "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage",
        );
        page.line(1, "----\t------\t------------------\t------\t-------");
        for one in conditions {
            let text = |key: &str| get_str(one, &[key]);
            let time = date(text("lastTransitionTime"));
            page.line(
                1,
                format!(
                    "{}\t{}\t{time}\t{}\t{}",
                    text("type"),
                    text("status"),
                    text("reason"),
                    text("message")
                ),
            );
        }
    }
    let session = subject.session;
    let mut inside = Vec::new();
    for word in ["resourcequotas", "limitranges"] {
        let listed = match session.mapper.resource(word).await {
            Ok(resource) => session.list(&resource, Some(subject.name()), "").await,
            Err(failure) => Err(failure),
        };
        inside.push(listed.unwrap_or_default());
    }
    let mut inside = inside.into_iter();
    let (quotas, limits) = (
        inside.next().unwrap_or_default(),
        inside.next().unwrap_or_default(),
    );
    if quotas.is_empty() {
        page.line(0, "\nNo resource quota.");
    } else {
        page.line(0, "\nResource Quotas");
        for quota in &quotas {
            page.field(1, "Name", name(quota));
            scopes(quota, page, 1);
            page.line(1, "Resource\tUsed\tHard");
            page.line(1, "--------\t---\t---");
            quota_rows(quota, page, 1);
        }
    }
    if limits.is_empty() {
        page.line(0, "\nNo LimitRange resource.");
    } else {
        page.line(0, "\nResource Limits");
        page.line(
            0,
            " Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio",
        );
        page.line(
            0,
            " ----\t--------\t---\t---\t---------------\t-------------\t-----------------------",
        );
        for limit in &limits {
            limit_rows(limit, page, " ");
        }
    }
}

fn scopes(quota: &Value, page: &mut Page, level: usize) {
    let scopes = texts(quota, &["spec", "scopes"]);
    if !scopes.is_empty() {
        page.field(level, "Scopes", scopes.join(", "));
    }
}

fn quota_rows(quota: &Value, page: &mut Page, level: usize) {
    let hard = get_map(quota, &["status", "hard"]);
    let used = get_map(quota, &["status", "used"]);
    for (key, value) in hard.into_iter().flatten() {
        page.line(
            level,
            format!("{key}\t{}\t{}", amount(used, key), plain(value)),
        );
    }
}

/// Writes the page of a ResourceQuota.
pub fn quota(subject: &Subject<'_>, page: &mut Page) {
    page.identity(subject.object);
    scopes(subject.object, page, 0);
    page.line(0, "Resource\tUsed\tHard");
    page.line(0, "--------\t----\t----");
    quota_rows(subject.object, page, 0);
}

/// Writes the page of a LimitRange.
pub fn limit_range(subject: &Subject<'_>, page: &mut Page) {
    page.identity(subject.object);
    page.line(
        0,
        "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio",
    );
    page.line(
        0,
        "----\t--------\t---\t---\t---------------\t-------------\t-----------------------",
    );
    limit_rows(subject.object, page, "");
}

fn limit_rows(limit: &Value, page: &mut Page, space: &str) {
    let keys = [
        "min",
        "max",
        "defaultRequest",
        "default",
        "maxLimitRequestRatio",
    ];
    for item in get_list(limit, &["spec", "limits"]) {
        let resources: OrderedSet<&String> = keys
            .iter()
            .filter_map(|key| get_map(item, &[key]))
            .flat_map(|map| map.keys())
            .collect();
        for resource in resources {
            let cells: Vec<String> = keys
                .iter()
                .map(|key| {
                    let value = get_map(item, &[key]).and_then(|map| map.get(resource));
                    value.map_or("-".to_owned(), plain)
                })
                .collect();
            let kind = or(get_str(item, &["type"]), "-");
            page.line(
                0,
                format!("{space}{kind}\t{resource}\t{}", cells.join("\t")),
            );
        }
    }
}
