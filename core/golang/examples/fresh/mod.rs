//! A fresh machine of ours that has Go: for the examples and the tests of the packages.

use machine::{Kernel, Programs, Simulation, Time, Tree};

/// A machine with these folders, its clock and chance at the given places.
pub fn machine(seed: u64, now: Time, folders: &[&str]) -> std::io::Result<(Simulation, Kernel)> {
    let simulation = Simulation::new(seed, now);
    let programs = Programs::default();
    golang::install(&programs);
    let network = machine::network::Network::new(&simulation);
    let tree = Tree::new(Vec::new());
    let kernel = Kernel::new(&simulation, &programs, &network, "host", tree);
    for folder in folders {
        let made = kernel.files().create_directories(folder, 0o755);
        made.map_err(|error| std::io::Error::other(error.message()))?;
    }
    Ok((simulation, kernel))
}
