//! Patches: JSON patch, merge patch, and Kubernetes' strategic merge patch.
//!
//! [`strategic`] applies a strategic patch, [`diff`] makes one from two or three objects (what
//! `kubectl apply` sends), [`merge`] does both for merge patches. Which lists merge by which key
//! comes from the schema table.

pub mod diff;
pub mod merge;
mod metadata;
pub mod strategic;

pub use metadata::Place;

use serde_json::Value;

/// Applies a JSON patch (RFC 6902).
///
/// # Errors
/// [`JsonPatchError::Malformed`] when the patch is no list of operations, otherwise the words of
/// the server's library.
pub fn apply_json_patch(object: &mut Value, patch: &Value) -> Result<(), JsonPatchError> {
    if !patch
        .as_array()
        .is_some_and(|all| all.iter().all(Value::is_object))
    {
        return Err(JsonPatchError::Malformed);
    }
    let operations = json_patch_from(patch)
        .ok_or_else(|| JsonPatchError::Refused("Unexpected kind".to_owned()))?;
    let mut patched = object.clone();
    json_patch::patch(&mut patched, &operations)
        .map_err(|error| JsonPatchError::Refused(error.to_string()))?;
    *object = patched;
    Ok(())
}

/// Why a JSON patch was not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonPatchError {
    /// The patch is no list of operations.
    Malformed,
    /// An operation could not be done or a test failed.
    Refused(String),
}

fn json_patch_from(patch: &Value) -> Option<json_patch::Patch> {
    use json_patch::jsonptr::PointerBuf;
    use json_patch::{
        AddOperation, CopyOperation, MoveOperation, PatchOperation, RemoveOperation,
        ReplaceOperation, TestOperation,
    };
    let mut operations = Vec::new();
    for operation in patch.as_array()? {
        let pointer = |key: &str| PointerBuf::parse(operation.get(key)?.as_str()?).ok();
        let value = || operation.get("value").cloned().unwrap_or_default();
        let path = pointer("path")?;
        operations.push(match operation.get("op")?.as_str()? {
            "add" => PatchOperation::Add(AddOperation {
                path,
                value: value(),
            }),
            "remove" => PatchOperation::Remove(RemoveOperation { path }),
            "replace" => PatchOperation::Replace(ReplaceOperation {
                path,
                value: value(),
            }),
            "move" => PatchOperation::Move(MoveOperation {
                from: pointer("from")?,
                path,
            }),
            "copy" => PatchOperation::Copy(CopyOperation {
                from: pointer("from")?,
                path,
            }),
            "test" => PatchOperation::Test(TestOperation {
                path,
                value: value(),
            }),
            _ => return None,
        });
    }
    Some(json_patch::Patch(operations))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_patches() {
        let mut object = json!({"a": {"b": 1}, "l": [1, 2]});
        let patch = json!([{"op": "replace", "path": "/a/b", "value": 2}, {"op": "remove", "path": "/l/0"}, {"op": "add", "path": "/l/-", "value": 3}]);
        assert_eq!(apply_json_patch(&mut object, &patch), Ok(()));
        assert_eq!(object, json!({"a": {"b": 2}, "l": [2, 3]}));
        assert_eq!(
            apply_json_patch(&mut object, &json!({})),
            Err(JsonPatchError::Malformed)
        );
        let refused = apply_json_patch(
            &mut object,
            &json!([{"op": "remove", "path": "/a/b"}, {"op": "test", "path": "/l/0", "value": 9}]),
        );
        assert!(matches!(refused, Err(JsonPatchError::Refused(_))));
        assert_eq!(object, json!({"a": {"b": 2}, "l": [2, 3]}));
    }
}
