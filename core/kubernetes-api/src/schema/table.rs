//! The table's types and its parser.

use ordered::OrderedMap;

/// All types by `package.Name`.
#[derive(Debug, Default)]
pub struct Schema {
    structs: OrderedMap<String, Struct>,
    aliases: OrderedMap<String, Alias>,
    /// Package of a group and version.
    packages: OrderedMap<(&'static str, &'static str), &'static str>,
    /// Go's package name by package.
    go_packages: OrderedMap<&'static str, &'static str>,
}

/// A named basic type.
#[derive(Debug)]
struct Alias {
    kind: Type,
    values: Vec<&'static str>,
}

/// A Go struct.
#[derive(Debug)]
pub struct Struct {
    /// `core.Container`.
    pub name: String,
    /// Go's name with its package, `v1.Container`.
    pub go_name: String,
    /// The fields in Go's order; embedded structs are one field each.
    pub fields: Vec<Field>,
}

/// How a list or map is merged by server-side apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ListType {
    /// Not said: lists are atomic, maps granular.
    #[default]
    Unsaid,
    /// Replaced as a whole.
    Atomic,
    /// A set of scalars.
    Set,
    /// Items are told apart by keys.
    Map,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// Name in JSON; empty for embedded and hidden fields.
    pub json: &'static str,
    /// Name in Go.
    pub go: String,
    /// Its type.
    pub kind: Type,
    /// Whether it is an embedded struct whose fields belong to the outer one.
    pub embedded: bool,
    /// Written to JSON even when it is empty (no `omitempty`).
    pub always: bool,
    /// Left out when it is a zero struct (`omitzero`).
    pub omit_zero: bool,
    /// Whether OpenAPI calls it required.
    pub required: bool,
    /// How server-side apply merges it.
    pub list_type: ListType,
    /// The keys of the items of a map list.
    pub list_keys: Vec<&'static str>,
    /// Strategic merge: merge items instead of replacing the list.
    pub patch_merge: bool,
    /// Strategic merge: `$retainKeys`.
    pub retain_keys: bool,
    /// Strategic merge: replace the map as a whole.
    pub patch_replace: bool,
    /// Strategic merge: the key that tells items apart; empty for scalars.
    pub merge_key: &'static str,
    /// Default of OpenAPI as JSON, when it is not the zero value.
    pub default: Option<&'static str>,
}

/// A Go type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// One of the letters of the table.
    Basic(char),
    /// A pointer.
    Pointer(Box<Type>),
    /// A list.
    List(Box<Type>),
    /// A map with the type of its keys.
    Map(Box<Type>, Box<Type>),
    /// `package.Name`.
    Named(String),
}

/// What a type is when pointers and names are looked through.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'a> {
    /// An object with known fields.
    Struct(&'a Struct),
    /// A list of this type.
    List(&'a Type),
    /// A map to this type.
    Map(&'a Type),
    /// A scalar (or anything, for `r`), by letter.
    Scalar(char),
}

impl Schema {
    /// Reads the table's text; lines that make no sense are left out.
    pub(super) fn parse(text: &'static str) -> Self {
        let mut schema = Self::default();
        let mut package = "";
        for line in text.lines() {
            let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
            if let Some(id) = head.strip_prefix('@') {
                let (group, version) = rest.split_once(' ').unwrap_or((rest, "v1"));
                package = id;
                let group = if group == "-" { "" } else { group };
                if id != "types" {
                    schema.packages.insert((group, version), id);
                }
                schema
                    .go_packages
                    .insert(id, if id == "types" { "types" } else { version });
            } else if let Some(name) = head.strip_prefix('=') {
                let mut values = rest.split('|');
                let kind = values
                    .next()
                    .map_or(Type::Basic('r'), |kind| parse_type(kind, package).0);
                schema.aliases.insert(
                    format!("{package}.{name}"),
                    Alias {
                        kind,
                        values: values.collect(),
                    },
                );
            } else {
                let fields = rest
                    .split(' ')
                    .filter(|field| !field.is_empty())
                    .map(|field| parse_field(field, package))
                    .collect();
                let go_package = schema.go_packages.get(package).copied().unwrap_or_default();
                let full = format!("{package}.{head}");
                schema.structs.insert(
                    full.clone(),
                    Struct {
                        name: full,
                        go_name: format!("{go_package}.{head}"),
                        fields,
                    },
                );
            }
        }
        schema
    }

    /// The struct of a kind.
    #[must_use]
    pub fn kind(&self, group: &str, version: &str, kind: &str) -> Option<&Struct> {
        let package = self
            .packages
            .iter()
            .find(|((have, of), _)| *have == group && *of == version)
            .map(|(_, package)| *package)?;
        self.structs.get(&format!("{package}.{kind}"))
    }

    /// The struct of an object's `apiVersion` and `kind`.
    #[must_use]
    pub fn of_api_version(&self, api_version: &str, kind: &str) -> Option<&Struct> {
        let (group, version) = crate::resources::split_api_version(api_version);
        self.kind(group, version, kind)
    }

    /// The struct of a full name such as `core.PodSpec`.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Struct> {
        self.structs.get(name)
    }

    /// What a type is behind pointers and names.
    #[must_use]
    pub fn shape<'a>(&'a self, kind: &'a Type) -> Shape<'a> {
        match kind {
            Type::Basic(letter) => Shape::Scalar(*letter),
            Type::Pointer(inner) => self.shape(inner),
            Type::List(item) => Shape::List(item),
            Type::Map(_, value) => Shape::Map(value),
            Type::Named(name) => match (self.structs.get(name), self.aliases.get(name)) {
                (Some(found), _) => Shape::Struct(found),
                (None, Some(alias)) => self.shape(&alias.kind),
                (None, None) => Shape::Scalar('r'),
            },
        }
    }

    /// The values that a field may have, where they are enumerated.
    #[must_use]
    pub fn values(&self, kind: &Type) -> &[&'static str] {
        match kind {
            Type::Pointer(inner) | Type::List(inner) => self.values(inner),
            Type::Named(name) => self
                .aliases
                .get(name)
                .map(|alias| alias.values.as_slice())
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// The field of this JSON name, also one of an embedded struct.
    #[must_use]
    pub fn field<'a>(&'a self, of: &'a Struct, json: &str) -> Option<&'a Field> {
        of.fields.iter().find_map(|field| {
            if field.embedded {
                match self.shape(&field.kind) {
                    Shape::Struct(inner) => self.field(inner, json),
                    _ => None,
                }
            } else {
                (field.json == json && !json.is_empty()).then_some(field)
            }
        })
    }

    /// All fields with JSON names in Go's order, those of embedded structs among them.
    #[must_use]
    pub fn fields<'a>(&'a self, of: &'a Struct) -> Vec<&'a Field> {
        let mut all = Vec::new();
        for field in &of.fields {
            if !field.embedded {
                all.extend(Some(field).filter(|field| !field.json.is_empty()));
            } else if let Shape::Struct(inner) = self.shape(&field.kind) {
                all.extend(self.fields(inner));
            }
        }
        all
    }

    /// The field at a path of JSON names, looking through lists and maps: `spec.containers.image`.
    #[must_use]
    pub fn at_path<'a>(&'a self, of: &'a Struct, path: &[&str]) -> Option<&'a Field> {
        let (first, rest) = path.split_first()?;
        let field = self.field(of, first)?;
        if rest.is_empty() {
            return Some(field);
        }
        let mut shape = self.shape(&field.kind);
        loop {
            match shape {
                Shape::Struct(inner) => return self.at_path(inner, rest),
                Shape::List(inner) | Shape::Map(inner) => shape = self.shape(inner),
                Shape::Scalar(_) => return None,
            }
        }
    }

    /// The type as Go prints it: `int32`, `[]v1.Container`, `map[string]string`, `v1.Protocol`.
    #[must_use]
    pub fn go_type(&self, kind: &Type) -> String {
        match kind {
            Type::Basic(letter) => go_basic(*letter).to_owned(),
            Type::Pointer(inner) => format!("*{}", self.go_type(inner)),
            Type::List(item) => format!("[]{}", self.go_type(item)),
            Type::Map(key, value) => format!("map[{}]{}", self.go_type(key), self.go_type(value)),
            Type::Named(name) => {
                let (package, short) = name.split_once('.').unwrap_or(("", name));
                format!(
                    "{}.{short}",
                    self.go_packages.get(package).copied().unwrap_or("v1")
                )
            }
        }
    }

    /// The type behind a named basic type; others as they are.
    #[must_use]
    pub fn underlying<'a>(&'a self, kind: &'a Type) -> &'a Type {
        match kind {
            Type::Named(name) => self
                .aliases
                .get(name)
                .map_or(kind, |alias| self.underlying(&alias.kind)),
            _ => kind,
        }
    }
}

fn go_basic(letter: char) -> &'static str {
    match letter {
        's' => "string",
        'b' => "bool",
        'i' => "int32",
        'l' => "int64",
        'n' => "int",
        'f' => "float64",
        'F' => "float32",
        'c' => "uint8",
        'g' => "int8",
        'h' => "int16",
        'w' => "uint16",
        'u' => "uint32",
        'U' => "uint64",
        'q' => "resource.Quantity",
        't' => "v1.Time",
        'T' => "v1.MicroTime",
        'd' => "v1.Duration",
        'o' => "intstr.IntOrString",
        'y' => "[]uint8",
        _ => "interface {}",
    }
}

/// A type at the beginning of the text, and what follows it.
fn parse_type<'a>(text: &'a str, package: &str) -> (Type, &'a str) {
    if let Some(rest) = text.strip_prefix('*') {
        let (inner, rest) = parse_type(rest, package);
        return (Type::Pointer(Box::new(inner)), rest);
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (inner, rest) = parse_type(rest, package);
        return (Type::List(Box::new(inner)), rest);
    }
    if let Some((key, rest)) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        let key = if key.is_empty() {
            Type::Basic('s')
        } else {
            parse_type(key, package).0
        };
        let (value, rest) = parse_type(rest, package);
        return (Type::Map(Box::new(key), Box::new(value)), rest);
    }
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let mut letters = name.chars();
    let kind = match (letters.next(), letters.next()) {
        (Some(letter), None) => Type::Basic(letter),
        _ if name.contains('.') => Type::Named(name.to_owned()),
        _ => Type::Named(format!("{package}.{name}")),
    };
    (kind, rest)
}

fn parse_field(text: &'static str, package: &str) -> Field {
    let embedded = text.strip_prefix('+');
    let (names, rest) = match embedded {
        Some(kind) => ("", kind),
        None => text.split_once(':').unwrap_or((text, "r")),
    };
    let (kind, marks) = parse_type(rest, package);
    let (json, go) = match (names.strip_prefix('-'), names.split_once('/')) {
        (Some(go), _) => ("", go.to_owned()),
        (None, Some((json, go))) => (json, go.to_owned()),
        (None, None) => (names, capitalised(names)),
    };
    let go = match &kind {
        Type::Named(name) if embedded.is_some() => {
            name.rsplit('.').next().unwrap_or_default().to_owned()
        }
        _ => go,
    };
    let mut field = Field {
        json,
        go,
        kind,
        embedded: embedded.is_some(),
        always: false,
        omit_zero: false,
        required: false,
        list_type: ListType::Unsaid,
        list_keys: Vec::new(),
        patch_merge: false,
        retain_keys: false,
        patch_replace: false,
        merge_key: "",
        default: None,
    };
    parse_marks(&mut field, marks);
    field
}

fn parse_marks(field: &mut Field, marks: &'static str) {
    let mut rest = marks;
    while let Some(mark) = rest.chars().next() {
        let after = rest.get(mark.len_utf8()..).unwrap_or_default();
        let end = if mark == '<' {
            after.len()
        } else {
            after
                .find(['\'', '`', '!', '~', '^', '=', '<'])
                .unwrap_or(after.len())
        };
        let (word, next) = after.split_at_checked(end).unwrap_or((after, ""));
        match mark {
            '\'' => field.always = true,
            '`' => field.omit_zero = true,
            '!' => field.required = true,
            '~' => {
                field.list_type = match word.chars().next() {
                    Some('a') => ListType::Atomic,
                    Some('s') => ListType::Set,
                    _ => ListType::Map,
                };
                field.list_keys = word
                    .strip_prefix('m')
                    .into_iter()
                    .flat_map(|keys| keys.split(','))
                    .filter(|key| !key.is_empty())
                    .collect();
            }
            '^' => {
                field.patch_merge = word.contains('m');
                field.retain_keys = word.contains('k');
                field.patch_replace = word.contains('r');
            }
            '=' => field.merge_key = word,
            '<' => field.default = Some(word),
            _ => {}
        }
        rest = next;
    }
    if field.list_type == ListType::Map && field.list_keys.is_empty() {
        field.list_keys = vec![field.merge_key];
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::builtin;
    use super::*;

    #[test]
    fn pod_fields() {
        let schema = builtin();
        let pod = schema.of_api_version("v1", "Pod").unwrap();
        let containers = schema.at_path(pod, &["spec", "containers"]).unwrap();
        assert_eq!(
            (
                containers.merge_key,
                containers.patch_merge,
                containers.list_type,
                containers.required
            ),
            ("name", true, ListType::Map, true)
        );
        assert_eq!(schema.go_type(&containers.kind), "[]v1.Container");
        let ports = schema
            .at_path(pod, &["spec", "containers", "ports"])
            .unwrap();
        assert_eq!(
            (ports.merge_key, ports.list_keys.as_slice()),
            ("containerPort", ["containerPort", "protocol"].as_slice())
        );
        let protocol = schema
            .at_path(pod, &["spec", "containers", "ports", "protocol"])
            .unwrap();
        assert_eq!(
            (protocol.default, schema.values(&protocol.kind)),
            (Some("\"TCP\""), ["SCTP", "TCP", "UDP"].as_slice())
        );
        let exec = schema
            .at_path(
                pod,
                &["spec", "containers", "livenessProbe", "exec", "command"],
            )
            .unwrap();
        assert_eq!(schema.go_type(&exec.kind), "[]string");
        assert!(schema.at_path(pod, &["spec", "container"]).is_none());
        assert!(schema.kind("coordination.k8s.io", "v1", "Lease").is_some());
        assert!(
            schema
                .kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
                .is_some()
        );
    }

    #[test]
    fn every_name_is_defined() {
        let schema = builtin();
        fn names(kind: &Type, missing: &mut Vec<String>, schema: &Schema) {
            match kind {
                Type::Basic(_) => {}
                Type::Pointer(inner) | Type::List(inner) => names(inner, missing, schema),
                Type::Map(key, value) => {
                    names(key, missing, schema);
                    names(value, missing, schema);
                }
                Type::Named(name) => {
                    if !schema.structs.contains_key(name) && !schema.aliases.contains_key(name) {
                        missing.push(name.clone());
                    }
                }
            }
        }
        let mut missing = Vec::new();
        for field in schema.structs.values().flat_map(|found| &found.fields) {
            names(&field.kind, &mut missing, schema);
        }
        assert_eq!(missing, Vec::<String>::new());
    }
}
