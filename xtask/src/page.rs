//! The release page: wasm, its glue and the editor in one script, style and lessons, in `dist/`.
//!
//! All URLs are relative, and nothing comes from elsewhere, so the folder can be served from any
//! path of any static server. File names carry a hash of the content, so caches never mix builds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lesson::{Archive, Lesson};

use crate::steps::{self, Result, command, read, read_text, root, run, say, write};
use crate::weight::{self, Weight};
use crate::{npm, tools, wasm_target};

/// Sets up, builds the page and weighs it.
pub fn build() -> Result<Vec<Weight>> {
    let target = wasm_target::ensure()?;
    let wasm_bindgen = tools::wasm_bindgen()?;
    npm::install()?;

    say("the page");
    run(target
        .cargo("build")
        .args(["--package", "drydock-app", "--profile", "page"]))?;
    let built = steps::wasm_target_folder();
    let module = built.join("wasm32-unknown-unknown/page/app.wasm");
    let work = built.join("page-assets");
    steps::remove_folder(&work)?;
    run(command(wasm_bindgen)
        .args(["--target", "web", "--no-typescript", "--out-name", "glue"])
        .arg("--out-dir")
        .arg(&work)
        .arg(module))?;
    optimise(&work)?;
    bundle(&work)?;
    assemble(&work)?;

    let weights = weight::compress(&dist())?;
    weight::print(&weights);
    Ok(weights)
}

/// Where the built page is.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Makes the module smaller, and packs it so that it compresses better (app/web/unpack.js). The
/// features are those that every browser of the last years has and that rustc uses by default.
fn optimise(work: &Path) -> Result {
    run(command(npm::program("wasm-opt"))
        .args(["-Oz", "--enable-bulk-memory", "--enable-sign-ext"])
        .args([
            "--enable-mutable-globals",
            "--enable-nontrapping-float-to-int",
        ])
        .args(["--enable-reference-types", "--enable-multivalue"])
        .arg(work.join("glue_bg.wasm"))
        .arg("-o")
        .arg(work.join("optimised.wasm")))?;
    run(command("node")
        .arg(root().join("xtask/js/pack.mjs"))
        .arg(work.join("optimised.wasm"))
        .arg(work.join("drydock.wasm")))
}

/// One script from the boot code, the editor and the module's glue; one style sheet.
fn bundle(work: &Path) -> Result {
    let esbuild = || {
        let mut esbuild = command(npm::program("esbuild"));
        esbuild.args([
            "--bundle",
            "--minify",
            "--log-level=warning",
            "--legal-comments=none",
        ]);
        esbuild
    };
    run(esbuild()
        .arg("app/web/boot.js")
        .args(["--format=esm", "--target=es2022"])
        .arg(format!(
            "--alias:drydock-glue={}",
            work.join("glue.js").display()
        ))
        .arg(format!("--outfile={}", work.join("drydock.js").display())))?;
    run(esbuild()
        .arg("style/main.css")
        .arg("--target=chrome110,firefox110,safari16")
        .arg(format!("--outfile={}", work.join("drydock.css").display())))
}

/// Puts the files into `dist/` under names with hashes, and those names into the page.
fn assemble(work: &Path) -> Result {
    steps::remove_folder(&dist())?;
    let mut page = read_text(&root().join("index.html"))?;
    for (name, end) in [("drydock", "js"), ("drydock", "css"), ("drydock", "wasm")] {
        let content = read(&work.join(format!("{name}.{end}")))?;
        let hashed = format!("{name}-{:016x}.{end}", hash(&content));
        let plain = format!("{name}.{end}");
        if !page.contains(&plain) {
            return Err(format!("index.html does not mention {plain}"));
        }
        page = page.replace(&plain, &hashed);
        write(&dist().join(hashed), content)?;
    }
    write(&dist().join("index.html"), page)?;
    pack_lessons()
}

/// Each folder of `lessons/` becomes one file, so that the page fetches a lesson at once. A lesson
/// with a mistake in it is not published.
fn pack_lessons() -> Result {
    let lessons = root().join("lessons");
    let mut archives: BTreeMap<String, Archive> = BTreeMap::new();
    for file in steps::files_below(&lessons)? {
        let name = file.strip_prefix(&lessons).unwrap_or(&file);
        let name = name.to_string_lossy();
        if let Some((folder, name)) = name.split_once('/') {
            let archive = archives.entry(folder.to_owned()).or_default();
            let added = archive.add(name, &read_text(&file)?);
            added.map_err(|line| {
                format!(
                    "{}:{line}: a line like this cannot be packed",
                    file.display()
                )
            })?;
        }
    }
    for (name, archive) in archives {
        Lesson::parse(&archive).map_err(|error| format!("lessons/{name}: {error}"))?;
        write(
            &dist().join(format!("lessons/{name}.txtar")),
            archive.text(),
        )?;
    }
    Ok(())
}

/// FNV-1a: enough to tell two builds apart.
fn hash(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
