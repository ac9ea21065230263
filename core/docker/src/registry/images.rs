//! The images with something to run: Go, nginx, pause, the samples of the tutorials.

use super::catalog::Release;
use super::recipe::{PATH, Recipe, file};
use machine::{Content, Entry, Layer, Programs, Time};

/// Go on Alpine or Debian.
pub(super) fn golang(release: Release, base: Recipe) -> Recipe {
    let (created, version) = (base.created, release.version);
    let mut recipe = base;
    let mut certificates = Layer::default();
    file(
        &mut certificates,
        "/etc/ssl/certs/ca-certificates.crt",
        Content::sparse("", 220_000),
        0o644,
        created,
    );
    file(
        &mut certificates,
        "/usr/share/ca-certificates/list",
        Content::sparse("", 2_000_000),
        0o644,
        created,
    );
    recipe = recipe.layer(
        "/bin/sh -c #(nop) COPY dir:cba0e17f94afa37f3c3dd56f2e2e9a6a9fe4a2a7ea5ca1bd5bc8f7f1c39ff0a6 in / ",
        certificates,
    );
    let mut names = Layer::default();
    file(
        &mut names,
        "/etc/nsswitch.conf",
        Content::new("hosts: files dns\n"),
        0o644,
        created,
    );
    recipe = recipe
        .layer(
            "/bin/sh -c [ ! -e /etc/nsswitch.conf ] && echo 'hosts: files dns' > /etc/nsswitch.conf",
            names,
        )
        .env("GOLANG_VERSION", version);
    let mut workspace = Layer::default();
    for directory in ["/go/src", "/go/bin"] {
        let mut entry = Entry::directory(created);
        entry.metadata.mode = 0o777;
        workspace.add(directory, entry);
    }
    let mut named = Layer::default();
    file(
        &mut named,
        "/usr/local/go/VERSION",
        Content::new(format!("go{version}\n")),
        0o644,
        created,
    );
    let path = format!("/go/bin:/usr/local/go/bin:{PATH}");
    recipe = recipe
        .layer(
            "/bin/sh -c #(nop) COPY dir:dc9517d3ce3c2c13a4aa2dd1eb4f93b13b8e84c8ba72bd1b3b40cd0a49c1bfc4 in /usr/local/go ",
            toolchain(created, release.bytes),
        )
        .layer(
            "/bin/sh -c #(nop) COPY file:810065b2bee78865c7c1d1b5a7d2c1f5f4c6ad1e7b4f1a3c70e6f8a9d2b1c3e4 in /usr/local/go/VERSION ",
            named,
        )
        .env("GOPATH", "/go")
        .env("PATH", &path)
        .layer(
            "/bin/sh -c mkdir -p \"$GOPATH/src\" \"$GOPATH/bin\" && chmod -R 777 \"$GOPATH\"",
            workspace,
        );
    recipe.config.working_dir = "/go".into();
    recipe.empty("/bin/sh -c #(nop) WORKDIR /go")
}

/// What `/usr/local/go` holds: the command, and large files that stand for the rest.
fn toolchain(created: Time, bytes: u64) -> Layer {
    let mut go = Layer::default();
    for (name, bytes) in [("go", 15_000_000), ("gofmt", 3_500_000)] {
        let content = Content::sparse(Programs::executable(name), bytes);
        file(
            &mut go,
            &format!("/usr/local/go/bin/{name}"),
            content,
            0o755,
            created,
        );
    }
    for (path, bytes) in [
        (
            "/usr/local/go/pkg/linux_amd64/std.a",
            bytes.saturating_sub(116_000_000),
        ),
        ("/usr/local/go/pkg/tool/linux_amd64/compile", 22_500_000),
        ("/usr/local/go/pkg/tool/linux_amd64/link", 5_500_000),
        ("/usr/local/go/src/std.tar", 64_900_000),
    ] {
        file(&mut go, path, Content::sparse("", bytes), 0o644, created);
    }
    go
}

/// nginx, as far as its configuration is understood: a program written in Go.
pub(super) fn nginx(release: Release, base: Recipe) -> Option<Recipe> {
    let created = base.created;
    let mut parts = release.version.split('.').skip(1);
    let minor: u32 = parts.next().and_then(|minor| minor.parse().ok())?;
    let bytes = release.bytes.saturating_sub(74_800_000);
    let mut server = Layer::default();
    let program = Content::sparse(nginx_program()?, bytes);
    file(&mut server, "/usr/sbin/nginx", program, 0o755, created);
    let mut main = include_str!("../../images/nginx.conf").to_owned();
    if minor < 21 {
        main = main.replace("error.log notice", "error.log warn");
    }
    let site = include_str!("../../images/default.conf");
    for (path, text) in [
        ("/etc/nginx/nginx.conf", main.as_str()),
        ("/etc/nginx/conf.d/default.conf", site),
        ("/usr/share/nginx/default.conf", site),
        (
            "/usr/share/nginx/html/index.html",
            include_str!("../../images/index.html"),
        ),
        (
            "/usr/share/nginx/html/50x.html",
            "<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n",
        ),
    ] {
        file(&mut server, path, Content::new(text), 0o644, created);
    }
    for (link, target) in [("access.log", "/dev/stdout"), ("error.log", "/dev/stderr")] {
        let entry = Entry::symlink(target, created);
        server.add(&format!("/var/log/nginx/{link}"), entry);
    }
    let install = "RUN /bin/sh -c set -x     && groupadd --system --gid 101 nginx     && useradd --system --gid nginx --no-create-home --home /nonexistent --comment \"nginx user\" --shell /bin/false --uid 101 nginx # buildkit";
    let mut recipe = base
        .env("NGINX_VERSION", release.version)
        .layer(install, server);
    recipe.config.exposed_ports.insert("80/tcp".into());
    // The entrypoint came with release 1.19.
    if minor >= 19 {
        let mut scripts = Layer::default();
        let folder = "/docker-entrypoint.d";
        for (path, text) in [
            (
                "/docker-entrypoint.sh".to_owned(),
                include_str!("../../images/docker-entrypoint.sh"),
            ),
            (
                format!("{folder}/10-listen-on-ipv6-by-default.sh"),
                include_str!("../../images/10-listen-on-ipv6-by-default.sh"),
            ),
            (format!("{folder}/15-local-resolvers.envsh"), "#!/bin/sh\n"),
            (
                format!("{folder}/20-envsubst-on-templates.sh"),
                "#!/bin/sh\n",
            ),
            (
                format!("{folder}/30-tune-worker-processes.sh"),
                "#!/bin/sh\n",
            ),
        ] {
            file(&mut scripts, &path, Content::new(text), 0o755, created);
        }
        recipe = recipe.layer("COPY docker-entrypoint.sh / # buildkit", scripts);
        recipe.config.entrypoint = Some(vec!["/docker-entrypoint.sh".into()]);
        recipe = recipe.empty("ENTRYPOINT [\"/docker-entrypoint.sh\"]");
    }
    let stop = if minor >= 19 { "SIGQUIT" } else { "SIGTERM" };
    recipe.config.stop_signal = stop.into();
    Some(
        recipe
            .empty("EXPOSE map[80/tcp:{}]")
            .empty(&format!("STOPSIGNAL {stop}"))
            .command(&["nginx", "-g", "daemon off;"]),
    )
}

fn nginx_program() -> Option<Vec<u8>> {
    compiled(include_str!("../../images/nginx.go"))
}

/// The recordings' nginx: a web server that logs nothing, behind a script.
pub(super) fn nginx_stand_in(release: Release, created: Time) -> Option<Recipe> {
    let layer = |path: &str, text: &str, mode| {
        let mut layer = Layer::default();
        file(&mut layer, path, Content::new(text), mode, created);
        layer
    };
    let mut server = Layer::default();
    let program = Content::new(nginx_program()?);
    file(&mut server, "/usr/sbin/nginx", program, 0o755, created);
    let settings = Content::new(
        "events {}\nhttp {\n    access_log off;\n    server {\n        root /usr/share/nginx/html;\n    }\n}\n",
    );
    file(
        &mut server,
        "/etc/nginx/nginx.conf",
        settings,
        0o644,
        created,
    );
    let page = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n";
    let entrypoint = "/docker-entrypoint.sh";
    let script = "#!/bin/sh\nset -e\nexec \"$@\"\n";
    let mut recipe = super::bases::plain(release.bytes, created)
        .env("NGINX_VERSION", release.version)
        .layer("/bin/sh -c #(nop) COPY dir:f0a2d44aa5d01bcf3eb5ab7fa5a7b0f9d8b3a1c1b6b45b0e2cf28d2b6c7e4a11 in / ", server)
        .layer("/bin/sh -c #(nop) COPY dir:6d5ba1d0c1f3a6c1e8e9c5d1a6e2b8e7a3ab90b0b2d5c1ce8e0b6d2c1a7f9e42 in /usr/share/nginx/html ", layer("/usr/share/nginx/html/index.html", page, 0o644))
        .layer("/bin/sh -c #(nop) COPY file:01e75c6dd0ce317d516928a17584d111cd082840c01e58be0afc851b33adb916 in / ", layer(entrypoint, script, 0o755));
    recipe.config.entrypoint = Some(vec![entrypoint.into()]);
    recipe.config.exposed_ports.insert("80/tcp".into());
    recipe.config.stop_signal = "SIGQUIT".into();
    Some(
        recipe
            .empty("/bin/sh -c #(nop)  ENTRYPOINT [\"/docker-entrypoint.sh\"]")
            .empty("/bin/sh -c #(nop)  EXPOSE 80")
            .empty("/bin/sh -c #(nop)  STOPSIGNAL SIGQUIT")
            .command(&["nginx", "-g", "daemon off;"]),
    )
}

pub(super) fn pause(created: Time) -> Recipe {
    let mut base = Layer::default();
    let program = Content::sparse(Programs::executable("pause"), 736_000);
    file(&mut base, "/pause", program, 0o755, created);
    let mut recipe =
        Recipe::new(created).layer("ADD bin/pause-linux-amd64 /pause # buildkit", base);
    recipe.config.user = "65535:65535".into();
    recipe.config.entrypoint = Some(vec!["/pause".into()]);
    recipe
        .empty("USER 65535:65535")
        .empty("ENTRYPOINT [\"/pause\"]")
}

/// An image with one program, written in Go: what is run is compiled when the image is first wanted.
fn program(name: &str, source: &str, bytes: u64, created: Time) -> Option<Recipe> {
    let content = compiled(source)?;
    let mut layer = Layer::default();
    let path = format!("/{name}");
    file(
        &mut layer,
        &path,
        Content::sparse(content, bytes),
        0o755,
        created,
    );
    let text = format!("COPY {name} / # buildkit");
    Some(Recipe::new(created).layer(&text, layer))
}

fn compiled(source: &str) -> Option<Vec<u8>> {
    let binary = golang::build("main.go", source.as_bytes(), "/").ok()?;
    Some(machine::executable::encode(golang::LOADER, &binary))
}

pub(super) fn hello_world(created: Time) -> Option<Recipe> {
    let source = include_str!("../../images/hello_world.go");
    let recipe = program("hello", source, 10_072, created)?;
    Some(recipe.command(&["/hello"]))
}

/// The small servers of Kubernetes' tutorials: they tell their version and their pod.
pub(super) fn sample(release: Release, created: Time) -> Option<Recipe> {
    let (name, source) = match release.repository {
        "gcr.io/google-samples/hello-app" => {
            ("hello-app", include_str!("../../images/hello_app.go"))
        }
        _ => ("server", include_str!("../../images/bootcamp.go")),
    };
    let version = release.version.trim_start_matches('v');
    let mut recipe = program(name, source, release.bytes, created)?;
    recipe = recipe.env("APP_VERSION", version);
    recipe.config.exposed_ports.insert("8080/tcp".into());
    let path = format!("/{name}");
    Some(recipe.empty("EXPOSE 8080").command(&[path.as_str()]))
}
