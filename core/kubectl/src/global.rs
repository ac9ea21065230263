//! The flags that every command knows, and groups of flags that several commands share.

use crate::command_line::{Flag, Kind};

/// The global flags, as `kubectl options` lists them.
pub static FLAGS: &[Flag] = &[
    Flag::text("as", "User to speak for."),
    Flag::new(
        "as-group",
        Kind::Array,
        "Group to speak for; may be given several times.",
    ),
    Flag::text("as-uid", "UID to speak for."),
    Flag::new(
        "as-user-extra",
        Kind::Array,
        "Extra of the user to speak for, KEY=VALUE.",
    ),
    Flag::text("cache-dir", "Folder for what discovery found.").default("/root/.kube/cache"),
    Flag::text(
        "certificate-authority",
        "File with the certificate of the authority.",
    ),
    Flag::text("client-certificate", "File with the client's certificate."),
    Flag::text("client-key", "File with the client's key."),
    Flag::text("cluster", "Name of the kubeconfig's cluster to use."),
    Flag::text("context", "Name of the kubeconfig's context to use."),
    Flag::switch(
        "disable-compression",
        "Ask for answers that are not compressed.",
    ),
    Flag::switch(
        "insecure-skip-tls-verify",
        "Do not check the server's certificate.",
    ),
    Flag::text("kubeconfig", "Path of the kubeconfig."),
    Flag::text("kuberc", "Path of the file with preferences."),
    Flag::new(
        "log-flush-frequency",
        Kind::Duration,
        "Time between flushes of the log.",
    )
    .default("5s"),
    Flag::switch(
        "match-server-version",
        "Refuse a server of another version.",
    ),
    Flag::text("namespace", "Namespace of this request.").short('n'),
    Flag::text("password", "Password of basic authentication."),
    Flag::text("profile", "Name of a profile to record.").default("none"),
    Flag::text("profile-output", "File to write the profile to.").default("profile.pprof"),
    Flag::text(
        "request-timeout",
        "Time to wait for one request; 0 waits for ever.",
    )
    .default("0"),
    Flag::text("server", "Address and port of the API server.").short('s'),
    Flag::text(
        "tls-server-name",
        "Server name to check the certificate with.",
    ),
    Flag::text("token", "Bearer token."),
    Flag::text("user", "Name of the kubeconfig's user."),
    Flag::text("username", "User name of basic authentication."),
    Flag::new("v", Kind::Int, "How much to log.").short('v'),
    Flag::text("vmodule", "How much to log for each source file."),
    Flag::switch(
        "warnings-as-errors",
        "End with an error after a warning of the server.",
    ),
];

/// Where objects are read from.
pub static FILES: &[Flag] = &[
    Flag::list(
        "filename",
        "File, folder or URL with objects; - is standard input.",
    )
    .short('f'),
    Flag::text("kustomize", "Folder with a kustomization.").short('k'),
    Flag::switch(
        "recursive",
        "Also the files of folders below the one given.",
    )
    .short('R'),
];

/// Which objects are meant.
pub static SELECTOR: &[Flag] = &[Flag::text(
    "selector",
    "Only objects whose labels this selector matches.",
)
.short('l')];

/// Selection by fields.
pub static FIELD_SELECTOR: &[Flag] = &[Flag::text(
    "field-selector",
    "Only objects whose fields this selector matches.",
)];

/// Whether something is really done.
pub static DRY_RUN: &[Flag] = &[Flag::text(
    "dry-run",
    "\"none\", \"server\" or \"client\": only show what would be done.",
)
.default("none")
.bare("unchanged")];

/// The formats of output.
pub static OUTPUT: &[Flag] = &[
    Flag::text("output", "Format of the output.").short('o'),
    Flag::text("template", "Text or path of the template."),
    Flag::switch("show-managed-fields", "Keep managedFields in the output."),
    Flag::switch(
        "allow-missing-template-keys",
        "Ignore missing fields in templates.",
    )
    .default("true"),
];

/// Who is written down as the manager of changed fields.
pub static MANAGER: &[Flag] = &[Flag::text(
    "field-manager",
    "Name of the manager of the changed fields.",
)];

/// Whether unknown fields are refused.
pub static VALIDATE: &[Flag] = &[Flag::text(
    "validate",
    "\"strict\" (or true), \"warn\" or \"ignore\" (or false): what happens with unknown fields.",
)
.default("strict")
.bare("strict")];

/// `--all` of verbs that change objects.
pub static ALL: &[Flag] = &[Flag::switch(
    "all",
    "All objects of the types in the namespace.",
)];

/// All namespaces.
pub static ALL_NAMESPACES: &[Flag] =
    &[Flag::switch("all-namespaces", "Objects of all namespaces.").short('A')];

/// Watch.
pub static RECORD: &[Flag] = &[Flag::switch(
    "record",
    "Note the command in the object (deprecated).",
)];
