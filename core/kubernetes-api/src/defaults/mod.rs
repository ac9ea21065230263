//! What the API fills in where an object says nothing.
//!
//! Models kubernetes `pkg/apis/*/v1/defaults.go`: each function there is a rule here, tied to the
//! Go type it is for, and an object is walked along the schema table. Admission (service accounts,
//! tolerations, priorities) and allocation (addresses, ports) belong to the server.

mod core;
mod pod;
mod workload;

use serde_json::{Map, Value};

use crate::limits::DEPTH_MAX;
use crate::object;
use crate::schema::{self, Schema, Shape, Struct, Type};

/// Fills in the defaults of an object of a known kind. The object is best in its normal form
/// ([`schema::decode`]): structs that Go always has are looked into only where they are there.
pub fn apply(object: &mut Value) {
    let schema = schema::builtin();
    let Some(kind) = schema.of_api_version(object::api_version(object), object::kind(object))
    else {
        return;
    };
    if let Value::Object(fields) = object {
        walk(schema, kind, fields, 0);
    }
}

/// Fills in the defaults of a part of an object, such as a `core.PodTemplateSpec`.
pub fn apply_part(name: &str, part: &mut Value) {
    let schema = schema::builtin();
    if let (Some(kind), Value::Object(fields)) = (schema.named(name), part) {
        walk(schema, kind, fields, 0);
    }
}

fn walk(schema: &Schema, kind: &Struct, fields: &mut Map<String, Value>, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    rule(&kind.name, fields);
    for field in schema.fields(kind) {
        match fields.get_mut(field.json) {
            Some(value) if !value.is_null() => below(schema, &field.kind, value, depth + 1),
            _ => {
                if let Some(default) = field
                    .default
                    .and_then(|default| serde_json::from_str(default).ok())
                {
                    fields.insert(field.json.to_owned(), default);
                }
            }
        }
    }
}

fn below(schema: &Schema, kind: &Type, value: &mut Value, depth: usize) {
    match (schema.shape(kind), value) {
        (Shape::Struct(inner), Value::Object(fields)) => walk(schema, inner, fields, depth),
        (Shape::List(item), Value::Array(items)) => items
            .iter_mut()
            .for_each(|value| below(schema, item, value, depth)),
        (Shape::Map(item), Value::Object(entries)) => entries
            .values_mut()
            .for_each(|value| below(schema, item, value, depth)),
        _ => {}
    }
}

type Fields = Map<String, Value>;

fn rule(name: &str, fields: &mut Fields) {
    match name {
        "core.Pod" => pod::pod(fields),
        "core.PodSpec" => pod::pod_spec(fields),
        "core.Container" | "core.EphemeralContainer" => pod::container(fields),
        "core.Probe" => pod::probe(fields),
        "core.HTTPGetAction" => pod::http_get(fields),
        "core.GRPCAction" => put(fields, "service", ""),
        "core.Volume" => pod::volume(fields),
        "core.SecretVolumeSource"
        | "core.ConfigMapVolumeSource"
        | "core.DownwardAPIVolumeSource"
        | "core.ProjectedVolumeSource" => put(fields, "defaultMode", 0o644),
        "core.ServiceAccountTokenProjection" => put(fields, "expirationSeconds", 3600),
        "core.HostPathVolumeSource" => put(fields, "type", ""),
        "core.ObjectFieldSelector" => put(fields, "apiVersion", "v1"),
        "core.Secret" => put(fields, "type", "Opaque"),
        "core.ServiceSpec" => core::service_spec(fields),
        "core.PersistentVolume" => core::persistent_volume(fields),
        "core.PersistentVolumeClaim" => core::persistent_volume_claim(fields),
        "core.PersistentVolumeClaimSpec" => put(fields, "volumeMode", "Filesystem"),
        "core.Namespace" => core::namespace(fields),
        "core.NodeStatus" => core::node_status(fields),
        "core.LimitRangeItem" => core::limit_range_item(fields),
        "core.EndpointPort" => put(fields, "protocol", "TCP"),
        "core.ReplicationController" => workload::replication_controller(fields),
        "apps.Deployment" => workload::deployment(fields),
        "apps.ReplicaSet" => put_below(fields, "spec", "replicas", 1),
        "apps.DaemonSet" => workload::daemon_set(fields),
        "apps.StatefulSet" => workload::stateful_set(fields),
        "batch.Job" => workload::job(fields),
        "batch.CronJobSpec" => workload::cron_job_spec(fields),
        "batch.PodFailurePolicyOnPodConditionsPattern" => put(fields, "status", "True"),
        "autoscaling.HorizontalPodAutoscalerSpec" | "autoscaling2.HorizontalPodAutoscalerSpec" => {
            workload::autoscaler_spec(name, fields)
        }
        "networking.NetworkPolicyPort" => put(fields, "protocol", "TCP"),
        "networking.NetworkPolicySpec" => core::network_policy_spec(fields),
        "networking.IngressClassParametersReference" => put(fields, "scope", "Cluster"),
        "rbac.Subject" => core::rbac_subject(fields),
        "rbac.RoleRef" => put(fields, "apiGroup", "rbac.authorization.k8s.io"),
        "storage.StorageClass" => {
            put(fields, "reclaimPolicy", "Delete");
            put(fields, "volumeBindingMode", "Immediate");
        }
        "scheduling.PriorityClass" => put(fields, "preemptionPolicy", "PreemptLowerPriority"),
        "discovery.EndpointPort" => {
            put(fields, "name", "");
            put(fields, "protocol", "TCP");
        }
        _ => {}
    }
}

/// Puts a value where none is. An empty text counts as none unless the default is empty too.
fn put(fields: &mut Fields, key: &str, value: impl Into<Value>) {
    let value = value.into();
    let missing = fields.get(key).is_none_or(|have| {
        have.is_null() || (have.as_str() == Some("") && value.as_str() != Some(""))
    });
    if missing {
        fields.insert(key.to_owned(), value);
    }
}

/// Puts a value where none is or zero.
fn put_number(fields: &mut Fields, key: &str, value: i64) {
    if fields
        .get(key)
        .is_none_or(|have| have.is_null() || have.as_i64() == Some(0))
    {
        fields.insert(key.to_owned(), value.into());
    }
}

/// The map below a key, made when it is missing.
fn inside<'a>(fields: &'a mut Fields, key: &str) -> Option<&'a mut Fields> {
    let value = fields
        .entry(key)
        .or_insert_with(|| Value::Object(Map::new()));
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut()
}

fn put_below(fields: &mut Fields, key: &str, inner: &str, value: impl Into<Value>) {
    if let Some(below) = inside(fields, key) {
        put(below, inner, value);
    }
}

/// The text at a key, empty when there is none.
fn text<'a>(fields: &'a Fields, key: &str) -> &'a str {
    fields.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
