//! The images that others are made from: Alpine, BusyBox, Debian and its kin, distroless.

use super::catalog::Release;
use super::recipe::{Recipe, file};
use super::userland;
use machine::{Content, Layer, Time};

pub(super) fn alpine(release: Release, created: Time) -> Recipe {
    let mut base = userland::busybox(created, release.bytes);
    let version = release.version;
    let (short, _) = version.rsplit_once('.').unwrap_or((version, ""));
    let named = format!(
        "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID={version}\nPRETTY_NAME=\"Alpine Linux v{short}\"\nHOME_URL=\"https://alpinelinux.org/\"\nBUG_REPORT_URL=\"https://bugs.alpinelinux.org/\"\n"
    );
    let mut text = |path: &str, text: String| {
        file(&mut base, path, Content::new(text), 0o644, created);
    };
    text("/etc/os-release", named);
    text("/etc/alpine-release", format!("{version}\n"));
    Recipe::new(created)
        .layer(
            "/bin/sh -c #(nop) ADD file:7a15614f04533e136a6d2a1e47c1b2a17ac9e9c3a55bf5e2ad1a6b2d7e5bb3a1 in / ",
            base,
        )
        .command(&["/bin/sh"])
}

/// BusyBox alone, without a command.
pub(super) fn plain(bytes: u64, created: Time) -> Recipe {
    Recipe::new(created).layer(
        "/bin/sh -c #(nop) ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in / ",
        userland::busybox(created, bytes),
    )
}

pub(super) fn busybox(release: Release, created: Time) -> Recipe {
    plain(release.bytes, created).command(&["sh"])
}

/// Debian or Ubuntu, with the commands of GNU.
pub(super) fn debian(release: Release, is_slim: bool, created: Time) -> Recipe {
    let bytes = if is_slim {
        release.bytes / 8 * 5
    } else {
        release.bytes
    };
    let mut base = userland::gnu(created, bytes);
    let version = release.version;
    let (major, _) = version.split_once('.').unwrap_or((version, ""));
    let name = match version {
        "11.11" => "bullseye",
        "12.12" => "bookworm",
        "13.1" => "trixie",
        "20.04" => "Focal Fossa",
        "22.04" => "Jammy Jellyfish",
        _ => "Noble Numbat",
    };
    let is_ubuntu = release.repository == "ubuntu";
    let named = if is_ubuntu {
        let code = name.split(' ').next().unwrap_or_default().to_lowercase();
        format!(
            "PRETTY_NAME=\"Ubuntu {version} LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"{version}\"\nVERSION=\"{version} LTS ({name})\"\nVERSION_CODENAME={code}\nID=ubuntu\nID_LIKE=debian\nHOME_URL=\"https://www.ubuntu.com/\"\nSUPPORT_URL=\"https://help.ubuntu.com/\"\nBUG_REPORT_URL=\"https://bugs.launchpad.net/ubuntu/\"\nPRIVACY_POLICY_URL=\"https://www.ubuntu.com/legal/terms-and-policies/privacy-policy\"\nUBUNTU_CODENAME={code}\n"
        )
    } else {
        format!(
            "PRETTY_NAME=\"Debian GNU/Linux {major} ({name})\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"{major}\"\nVERSION=\"{major} ({name})\"\nVERSION_CODENAME={name}\nID=debian\nHOME_URL=\"https://www.debian.org/\"\nSUPPORT_URL=\"https://www.debian.org/support\"\nBUG_REPORT_URL=\"https://bugs.debian.org/\"\n"
        )
    };
    let mut text = |path: &str, text: String| {
        file(&mut base, path, Content::new(text), 0o644, created);
    };
    text("/etc/os-release", named);
    text("/etc/debian_version", format!("{version}\n"));
    text("/etc/bash.bashrc", "PS1='\\u@\\h:\\w\\$ '\n".into());
    let recipe = Recipe::new(created);
    if is_ubuntu {
        return recipe
            .layer(
                "/bin/sh -c #(nop) ADD file:6df775300d76441aa33f31b22c1afce8dfe35c8ffbc14ef27c27009235b12a95 in / ",
                base,
            )
            .command(&["/bin/bash"]);
    }
    recipe
        .layer("# debian.sh --arch 'amd64' out/", base)
        .command(&["bash"])
}

/// Nothing but what a static program needs: users, certificates, time zones.
pub(super) fn distroless(release: Release, is_nonroot: bool, created: Time) -> Recipe {
    let mut base = Layer::default();
    for (path, text) in [
        (
            "/etc/passwd",
            "root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
        ),
        (
            "/etc/group",
            "root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n",
        ),
        (
            "/etc/os-release",
            "PRETTY_NAME=\"Distroless\"\nNAME=\"Debian GNU/Linux\"\nID=\"debian\"\nVERSION_ID=\"12\"\nVERSION=\"Debian GNU/Linux 12 (bookworm)\"\nHOME_URL=\"https://github.com/GoogleContainerTools/distroless\"\n",
        ),
        ("/etc/nsswitch.conf", "hosts: files dns\n"),
        ("/home/nonroot/.keep", ""),
    ] {
        file(&mut base, path, Content::new(text), 0o644, created);
    }
    for (path, bytes) in [
        ("/etc/ssl/certs/ca-certificates.crt", 220_000),
        ("/usr/share/zoneinfo/tzdata.zi", release.bytes - 220_000),
    ] {
        file(&mut base, path, Content::sparse("", bytes), 0o644, created);
    }
    let mut recipe = Recipe::new(created)
        .layer("bazel build @base-files//:passwd", base)
        .env("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt");
    if is_nonroot {
        recipe.config.user = "65532".into();
        recipe.config.working_dir = "/home/nonroot".into();
    }
    recipe
}
