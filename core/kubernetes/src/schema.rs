//! The server's use of the API's schema: strict decoding, patches that know the keys of lists.

use kubernetes_api::patch::{self, JsonPatchError, Place};
use kubernetes_api::resources::Resource;
use kubernetes_api::schema::{self, Struct, convert, decode as decoding};
use kubernetes_api::status::{Cause, Details, Status};
use kubernetes_api::{json, object, yaml};
use serde_json::Value;

use crate::custom;
use crate::server::{Api, PatchKind};

/// Decodes what a client sent, and brings it to the form in which the server gives it back. Gives
/// the warnings about fields that are not known. Kinds without a built-in schema stay as they are.
///
/// # Errors
/// `BadRequest` with the words of Go's decoder.
pub fn decode(
    api: &Api,
    resource: &Resource,
    object: &mut Value,
    strict: Strictness,
) -> Result<Vec<String>, Status> {
    let table = schema::builtin();
    let refused = |why: String| {
        Status::bad_request(format!(
            "{} in version {} cannot be handled as a {}: {why}",
            resource.kind,
            json::quote_go(&resource.version),
            resource.kind
        ))
    };
    if let Some(schema) = custom::schema(api, resource) {
        let unknown = custom::prune(&schema, object);
        let unknown = unknown
            .iter()
            .map(|path| format!("unknown field \"{path}\""));
        return match strict {
            Strictness::Ignore => Ok(Vec::new()),
            Strictness::Warn => Ok(unknown.collect()),
            Strictness::Strict if unknown.len() == 0 => Ok(Vec::new()),
            Strictness::Strict => {
                let all: Vec<String> = unknown.collect();
                Err(refused(format!(
                    "strict decoding error: {}",
                    all.join(", ")
                )))
            }
        };
    }
    let Some(kind) = kind_of(object) else {
        return Ok(Vec::new());
    };
    let decoded = decoding::decode(table, kind, object).map_err(refused)?;
    let warnings = match strict {
        Strictness::Ignore => Vec::new(),
        Strictness::Warn => decoded.warnings(),
        Strictness::Strict => match decoded.strict_error() {
            Some(error) => return Err(refused(error)),
            None => Vec::new(),
        },
    };
    *object = decoded.value;
    Ok(warnings)
}

/// The struct of an object's kind; the old group of Deployments has today's fields.
fn kind_of(object: &Value) -> Option<&'static Struct> {
    let api_version = match object::api_version(object) {
        "extensions/v1beta1" => "apps/v1",
        api_version => api_version,
    };
    schema::builtin().of_api_version(api_version, object::kind(object))
}

/// What is done about unknown fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing.
    Ignore,
    /// They are warned of.
    Warn,
    /// They are refused.
    Strict,
}

/// The object that a patch makes of an old one, in the form in which the server gives it back.
///
/// # Errors
/// `Invalid` or `BadRequest` when the patch cannot be applied.
pub fn patched(
    api: &Api,
    resource: &Resource,
    old: &Value,
    kind: PatchKind,
    patch: &Value,
) -> Result<Value, Status> {
    let mut object = old.clone();
    if resource.custom && kind == PatchKind::Strategic {
        return Err(Status::failure(
            415,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
            Some(Details::default()),
        ));
    }
    // What is left of the patch when it has been carried out is what errors show.
    let mut left = patch.clone();
    match kind {
        PatchKind::Json => match patch::apply_json_patch(&mut object, patch) {
            Ok(()) => {}
            Err(JsonPatchError::Malformed) => {
                return Err(Status::bad_request(
                    "json: cannot unmarshal object into Go value of type jsonpatch.Patch",
                ));
            }
            Err(JsonPatchError::Refused(_)) => return Err(Status::unprocessable()),
        },
        PatchKind::Merge => patch::merge::apply(&mut object, patch),
        // Server-side apply is merged by the owners of the fields, not here.
        PatchKind::Apply { .. } => {}
        PatchKind::Strategic => {
            let place = kind_of(old).map_or_else(
                || Place::of_kind("", ""),
                |kind| Place::of_struct(schema::builtin(), kind),
            );
            object = patch::strategic::apply(place, old, &mut left).map_err(Status::bad_request)?;
        }
    }
    check_types(&object, &left, kind)?;
    decode(api, resource, &mut object, Strictness::Ignore)?;
    Ok(object)
}

/// Refuses an object whose fields have wrong types after a patch.
fn check_types(patched: &Value, patch: &Value, kind: PatchKind) -> Result<(), Status> {
    let table = schema::builtin();
    let Some(of) = kind_of(patched) else {
        return Ok(());
    };
    let (shown, error) = match kind {
        PatchKind::Strategic => (
            json::go_print(patch),
            convert::conversion_error(table, of, patched),
        ),
        PatchKind::Json | PatchKind::Merge => (
            json::compact(patched),
            decoding::decode(table, of, patched).err(),
        ),
        PatchKind::Apply { .. } => return Ok(()),
    };
    let Some(error) = error else {
        return Ok(());
    };
    let message = format!("Invalid value: {}: {error}", json::quote_go(&shown));
    let cause = Cause {
        reason: "FieldValueInvalid".to_owned(),
        message: message.clone(),
        field: "patch".to_owned(),
    };
    let details = Details {
        causes: vec![cause],
        ..Details::default()
    };
    Err(Status::failure(
        422,
        "Invalid",
        format!(" \"\" is invalid: patch: {message}"),
        Some(details),
    ))
}

/// The value of a body that is JSON, or else YAML.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    let json = serde_json::from_str(text).ok();
    json.or_else(|| yaml::parse(text).ok().filter(Value::is_object))
}
