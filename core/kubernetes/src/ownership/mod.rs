//! Who set which field: `metadata.managedFields`, and server-side apply, which rests on it.
//!
//! Models k8s.io/apimachinery util/managedfields and sigs.k8s.io/structured-merge-diff. The
//! cluster's own parts write past it: their fields have no owner, so nobody conflicts with them.

mod kind;
mod set;

use std::rc::Rc;

use kubernetes_api::object;
use kubernetes_api::resources::Resource;
use kubernetes_api::status::{Cause, Status};
use serde_json::{Map, Value, json};

use crate::server::WriteOptions;
use kind::Kind;
use set::Set;

const FIELDS: [&str; 2] = ["metadata", "managedFields"];
/// Metadata that belongs to nobody.
const SYSTEM: [&str; 10] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generateName",
    "generation",
    "managedFields",
    "name",
    "namespace",
    "resourceVersion",
    "uid",
];

/// One entry of `managedFields`.
struct Entry {
    manager: String,
    operation: String,
    subresource: String,
    api_version: String,
    time: String,
    fields: Set,
}

impl Entry {
    fn of(value: &Value) -> Entry {
        let text = |field: &str| object::get_str(value, &[field]).to_owned();
        Entry {
            manager: text("manager"),
            operation: text("operation"),
            subresource: text("subresource"),
            api_version: text("apiVersion"),
            time: text("time"),
            fields: object::get_map(value, &["fieldsV1"])
                .cloned()
                .unwrap_or_default(),
        }
    }

    fn value(&self) -> Value {
        let mut value = json!({
            "manager": self.manager,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.fields,
        });
        if !self.subresource.is_empty() {
            object::set(&mut value, &["subresource"], self.subresource.as_str());
        }
        value
    }

    fn is(&self, operation: &str, options: &WriteOptions) -> bool {
        self.manager == options.manager
            && self.operation == operation
            && self.subresource == options.subresource
    }

    /// The entry as conflicts name it.
    fn shown(&self) -> String {
        let mut text = kubernetes_api::json::quote_go(&self.manager);
        if !self.subresource.is_empty() {
            text.push_str(&format!(" with subresource \"{}\"", self.subresource));
        }
        if self.operation == "Update" {
            text.push_str(&format!(" using {}", self.api_version));
        }
        text
    }
}

fn entries(object: &Value) -> Vec<Entry> {
    object::get_list(object, &FIELDS)
        .iter()
        .map(Entry::of)
        .collect()
}

fn put_entries(object: &mut Value, mut entries: Vec<Entry>) {
    entries.retain(|entry| !entry.fields.is_empty());
    entries.sort_by(|a, b| {
        let key = |entry: &Entry| {
            (
                entry.operation.clone(),
                entry.time.clone(),
                entry.manager.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    if entries.is_empty() {
        object::remove(object, &FIELDS);
        return;
    }
    let values: Vec<Value> = entries.iter().map(Entry::value).collect();
    object::set(object, &FIELDS, values);
}

/// The part of an object that has owners, and that is written through a subresource.
fn written(object: &Value, options: &WriteOptions) -> Value {
    let mut part = ownable(object);
    if options.subresource == "status" {
        let status = object::remove(&mut part, &["status"]).unwrap_or_default();
        return json!({"status": status});
    }
    object::remove(&mut part, &["status"]);
    part
}

/// The part of an object that has owners.
fn ownable(object: &Value) -> Value {
    let mut ownable = object.clone();
    if let Some(fields) = ownable.as_object_mut() {
        fields.remove("apiVersion");
        fields.remove("kind");
    }
    for field in SYSTEM {
        object::remove(&mut ownable, &["metadata", field]);
    }
    if object::get_map(&ownable, &["metadata"]).is_some_and(Map::is_empty) {
        object::remove(&mut ownable, &["metadata"]);
    }
    ownable
}

fn new_entry(operation: &str, resource: &Resource, options: &WriteOptions, now: &str) -> Entry {
    Entry {
        manager: options.manager.clone(),
        operation: operation.to_owned(),
        subresource: options.subresource.clone(),
        api_version: resource.api_version(),
        time: now.to_owned(),
        fields: Set::new(),
    }
}

/// An object with the fields that the cluster's own parts set: noted only when somebody reads them,
/// from what such an object's status looked like when it began.
pub(crate) fn with_system(resource: &Resource, object: Rc<Value>) -> Rc<Value> {
    let (manager, first) = match resource.kind.as_str() {
        // The scheduler's condition and the class of service were there before.
        "Pod" if object::get(&object, &["status", "startTime"]).is_some() => {
            let scheduled: Vec<Value> = object::condition(&object, "PodScheduled")
                .into_iter()
                .map(|condition| {
                    let mut condition = condition.clone();
                    object::remove(&mut condition, &["observedGeneration"]);
                    object::set(&mut condition, &["lastProbeTime"], Value::Null);
                    condition
                })
                .collect();
            let class = object::get(&object, &["status", "qosClass"]);
            let first = json!({"conditions": scheduled, "phase": "", "qosClass": class});
            ("kubelet", first)
        }
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job" => {
            ("kube-controller-manager", json!({}))
        }
        _ => return object,
    };
    let options = WriteOptions {
        manager: manager.to_owned(),
        subresource: "status".to_owned(),
        ..WriteOptions::default()
    };
    let mut old = (*object).clone();
    object::set(&mut old, &["status"], first);
    let mut shown = (*object).clone();
    let now = object::get_list(&object, &["status", "conditions"])
        .iter()
        .map(|condition| object::get_str(condition, &["lastTransitionTime"]))
        .max()
        .filter(|time| !time.is_empty())
        .unwrap_or_else(|| object::get_str(&object, &["metadata", "creationTimestamp"]));
    track(resource, Some(&old), &mut shown, &options, now);
    Rc::new(shown)
}

/// Notes what a write changed as the writer's; without a manager's name nothing is noted.
pub(crate) fn track(
    resource: &Resource,
    old: Option<&Value>,
    object: &mut Value,
    options: &WriteOptions,
    now: &str,
) {
    if options.manager.is_empty() || options.applied {
        return;
    }
    let mut all = old.map(entries).unwrap_or_default();
    let kind = Kind::of_object(object);
    let after = written(object, options);
    let empty = Value::Object(Map::new());
    let before = old.map_or(empty, |old| written(old, options));
    let changed = match kind::changed(kind, Some(&before), &after, 0) {
        Some(Value::Object(changed)) => changed,
        _ => Set::new(),
    };
    for entry in &mut all {
        entry.fields = kind::existing(&set::difference(&entry.fields, &changed), object);
    }
    if changed.is_empty() {
        put_entries(object, all);
        return;
    }
    let mine = all.iter_mut().find(|entry| entry.is("Update", options));
    let mine = match mine {
        Some(mine) => mine,
        None => {
            all.push(new_entry("Update", resource, options, now));
            match all.last_mut() {
                Some(last) => last,
                None => return,
            }
        }
    };
    set::union(&mut mine.fields, &changed);
    now.clone_into(&mut mine.time);
    put_entries(object, all);
}

/// The object that comes of applying a configuration to it, with the ownership that goes along.
///
/// # Errors
/// `Conflict` with those who own fields that the configuration would change.
pub(crate) fn apply(
    resource: &Resource,
    live: &Value,
    configuration: &Value,
    force: bool,
    options: &WriteOptions,
    now: &str,
) -> Result<Value, Status> {
    let kind = Kind::of_object(live);
    let given = ownable(configuration);
    let set = match kind::applied(kind, &given, "", 0) {
        Ok(Value::Object(set)) => set,
        Ok(_) => Set::new(),
        Err(path) => {
            let message = format!(
                "failed to create typed patch object ({}/{}; {}, Kind={}): {path}: field not declared in schema",
                object::namespace(live),
                object::name(live),
                resource.api_version(),
                resource.kind
            );
            return Err(Status::failure(500, "", message, None));
        }
    };
    let mut all = entries(live);
    let mut conflicts: Vec<(String, Vec<String>)> = Vec::new();
    for entry in all.iter_mut().filter(|entry| !entry.is("Apply", options)) {
        let both = set::intersection(&entry.fields, &set);
        let mut taken = Vec::new();
        for path in set::leaves(&both) {
            if set::value_at(live, &path) != set::value_at(&given, &path) {
                taken.push(path);
            }
        }
        if taken.is_empty() {
            continue;
        }
        if force {
            for path in &taken {
                let gone = path_set(path);
                entry.fields = set::difference(&entry.fields, &gone);
            }
        } else {
            let shown = taken.iter().map(|path| set::shown(path)).collect();
            conflicts.push((entry.shown(), shown));
        }
    }
    if !conflicts.is_empty() {
        return Err(conflict(&conflicts));
    }
    let mut object = kind::merged(kind, live, configuration, 0);
    let former = all.iter().position(|entry| entry.is("Apply", options));
    let mut unchanged = false;
    if let Some(at) = former {
        let before = all.remove(at);
        let mut given_up = set::difference(&before.fields, &set);
        for other in &all {
            given_up = set::difference(&given_up, &other.fields);
        }
        kind::without(&mut object, &given_up);
        unchanged = before.fields == set && ownable(&object) == ownable(live);
        if unchanged {
            all.push(before);
        }
    }
    if !unchanged {
        let mut mine = new_entry("Apply", resource, options, now);
        mine.fields = set;
        all.push(mine);
    }
    put_entries(&mut object, all);
    if let Some(system) = object::get(live, &["metadata"]).and_then(Value::as_object) {
        for field in SYSTEM.iter().filter(|field| **field != "managedFields") {
            if let Some(value) = system.get(*field) {
                object::set(&mut object, &["metadata", field], value.clone());
            }
        }
    }
    Ok(object)
}

fn path_set(path: &[String]) -> Set {
    let mut value = set::leaf();
    for name in path.iter().rev() {
        let mut outer = Set::new();
        outer.insert(name.clone(), value);
        value = Value::Object(outer);
    }
    match value {
        Value::Object(set) => set,
        _ => Set::new(),
    }
}

fn conflict(conflicts: &[(String, Vec<String>)]) -> Status {
    let count: usize = conflicts.iter().map(|(_, fields)| fields.len()).sum();
    let mut causes = Vec::new();
    for (who, fields) in conflicts {
        for field in fields {
            causes.push(Cause {
                reason: "FieldManagerConflict".to_owned(),
                message: format!("conflict with {who}"),
                field: field.clone(),
            });
        }
    }
    let message = match conflicts {
        [(who, fields)] if fields.len() == 1 => {
            format!(
                "Apply failed with 1 conflict: conflict with {who}: {}",
                fields.concat()
            )
        }
        _ => {
            let mut text = format!("Apply failed with {count} conflicts: ");
            let parts: Vec<String> = conflicts
                .iter()
                .map(|(who, fields)| format!("conflicts with {who}:\n- {}", fields.join("\n- ")))
                .collect();
            text.push_str(&parts.join("\n"));
            text
        }
    };
    Status::apply_conflict(message, causes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use kubernetes_api::json;
    use kubernetes_api::resources::ResourceTable;

    const NOW: &str = "2026-11-21T20:00:00Z";

    fn by(manager: &str) -> WriteOptions {
        WriteOptions {
            manager: manager.to_owned(),
            ..WriteOptions::default()
        }
    }

    #[test]
    fn who_applies_owns_and_others_conflict() {
        let resource = ResourceTable::builtin()
            .by_plural("", "v1", "configmaps")
            .unwrap();
        let config = |data: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data});
        let first = config(json!({"colour": "blue", "size": "3"}));
        let live = apply(
            &resource,
            &config(json!({})),
            &first,
            false,
            &by("one"),
            NOW,
        )
        .unwrap();
        let red = config(json!({"colour": "red"}));
        let refused = apply(&resource, &live, &red, false, &by("two"), NOW).unwrap_err();
        assert_eq!(
            refused.message,
            "Apply failed with 1 conflict: conflict with \"one\": .data.colour"
        );
        let forced = apply(&resource, &live, &red, true, &by("two"), NOW).unwrap();
        expect![[r#"{"apiVersion":"v1","data":{"colour":"red","size":"3"},"kind":"ConfigMap","metadata":{"managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:size":{}}},"manager":"one","operation":"Apply","time":"2026-11-21T20:00:00Z"},{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:colour":{}}},"manager":"two","operation":"Apply","time":"2026-11-21T20:00:00Z"}],"name":"a"}}"#]]
            .assert_eq(&json::compact(&forced));
        let given_up = apply(
            &resource,
            &forced,
            &config(json!({})),
            false,
            &by("one"),
            NOW,
        )
        .unwrap();
        assert_eq!(given_up.get("data"), red.get("data"));
    }

    #[test]
    fn an_update_owns_what_it_changes() {
        let resource = ResourceTable::builtin()
            .by_plural("apps", "v1", "deployments")
            .unwrap();
        let old = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": {
            "replicas": 1, "selector": {"matchLabels": {"a": "b"}},
            "template": {"spec": {"containers": [{"name": "c", "image": "i", "env": [{"name": "X", "value": "1"}]}]}},
        }});
        let mut first = old.clone();
        track(&resource, None, &mut first, &by("kubectl-create"), NOW);
        let mut scaled = first.clone();
        object::set(&mut scaled, &["spec", "replicas"], 3);
        track(&resource, Some(&first), &mut scaled, &by("kubectl"), NOW);
        let owned: Vec<String> = object::get_list(&scaled, &FIELDS)
            .iter()
            .map(|entry| {
                let fields = entry.get("fieldsV1").map(json::compact).unwrap_or_default();
                format!("{} {fields}", object::get_str(entry, &["manager"]))
            })
            .collect();
        expect![[r#"
            kubectl {"f:spec":{"f:replicas":{}}}
            kubectl-create {"f:spec":{"f:selector":{},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"X\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:name":{}}}}}}}"#]]
        .assert_eq(&owned.join("\n"));
    }
}
