//! What strategic merge has to know about the place in an object where it stands.

use crate::schema::{self, Field, Schema, Shape, Struct};

/// A place in an object while two objects are walked together.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    schema: &'a Schema,
    /// The struct here; `None` inside maps and unknown kinds.
    of: Option<&'a Struct>,
}

/// How the field at a place is patched.
#[derive(Clone, Copy, Default)]
pub(super) struct Strategy<'a> {
    pub merge: bool,
    pub replace: bool,
    pub retain_keys: bool,
    pub merge_key: &'a str,
}

impl<'a> Place<'a> {
    /// The top of an object of this kind; kinds without a schema have no merging lists.
    #[must_use]
    pub fn of_kind(api_version: &str, kind: &str) -> Place<'static> {
        let schema = schema::builtin();
        Place {
            schema,
            of: schema.of_api_version(api_version, kind),
        }
    }

    /// The top of a struct.
    #[must_use]
    pub fn of_struct(schema: &'a Schema, of: &'a Struct) -> Self {
        Self {
            schema,
            of: Some(of),
        }
    }

    /// Whether the kind has a schema; strategic merge is for those only.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.of.is_some()
    }

    /// The place below a field and how the field is patched.
    ///
    /// # Errors
    /// A struct that does not have the field.
    pub(super) fn field(&self, key: &str) -> Result<(Self, Strategy<'a>), String> {
        let Some(of) = self.of else {
            return Ok((*self, Strategy::default()));
        };
        let Some(field) = self.schema.field(of, key) else {
            let name = of.go_name.rsplit('.').next().unwrap_or_default();
            return Err(format!(
                "unable to find api field in struct {name} for the json field {}",
                crate::json::quote_go(key)
            ));
        };
        Ok((
            Self {
                schema: self.schema,
                of: self.struct_below(field),
            },
            strategy(field),
        ))
    }

    fn struct_below(&self, field: &'a Field) -> Option<&'a Struct> {
        let mut shape = self.schema.shape(&field.kind);
        loop {
            match shape {
                Shape::Struct(of) => return Some(of),
                Shape::List(inner) => shape = self.schema.shape(inner),
                Shape::Map(_) | Shape::Scalar(_) => return None,
            }
        }
    }
}

fn strategy(field: &Field) -> Strategy<'_> {
    Strategy {
        merge: field.patch_merge,
        replace: field.patch_replace,
        retain_keys: field.retain_keys,
        merge_key: field.merge_key,
    }
}
