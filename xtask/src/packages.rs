//! Programs that come from the system's package manager.

use crate::steps::{self, Result, command, on_path, run, say};

/// Makes sure that a browser and its driver are there.
pub fn chromium() -> Result {
    let missing = on_path("chromium").is_none() || on_path("chromedriver").is_none();
    if missing {
        say("a browser for the tests: chromium");
        install(&["chromium", "chromium-driver"])?;
    }
    Ok(())
}

/// Makes sure that Node and npm are there.
pub fn node() -> Result {
    if on_path("node").is_none() || on_path("npm").is_none() {
        say("Node, for the editor's bundle and the browser tests");
        install(&["nodejs", "npm"])?;
    }
    Ok(())
}

/// Installs Debian packages, or says that the user has to.
pub fn install(packages: &[&str]) -> Result {
    let wanted = packages.join(" ");
    let root = steps::output(command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if on_path("apt-get").is_none() || !root {
        return Err(format!(
            "these programs are missing: {wanted}. Install them with your system's package \
             manager (on Debian, as root: apt-get install {wanted}) and start again"
        ));
    }
    // The package lists of a fresh machine are empty or old.
    run(command("apt-get").args(["update", "-q"]))?;
    run(command("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-q", "-y", "--no-install-recommends"])
        .args(packages))
}
