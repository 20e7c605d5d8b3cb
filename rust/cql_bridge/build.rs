//! Makes the C++ half of the bridge and hands its headers to the C++ build, which names a folder for them.

use std::{env, fs, path::Path, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=src/lib.rs");
    println!("cargo:rerun-if-changed=include");
    println!("cargo:rerun-if-env-changed=CQL_BRIDGE_HEADERS");

    cxx_build::bridge("src/lib.rs")
        .include("include")
        .std("c++20")
        .flag_if_supported("-Wno-dollar-in-identifier-extension")
        .compile("cql_bridge_cxx");

    if let Ok(target) = env::var("CQL_BRIDGE_HEADERS") {
        let target = Path::new(&target);
        let made = PathBuf::from(env::var("OUT_DIR").unwrap()).join("cxxbridge/include");
        copy_if_changed(&made.join("rust/cxx.h"), &target.join("rust/cxx.h"));
        copy_if_changed(&made.join("cql_bridge/src/lib.rs.h"), &target.join("cql_bridge/bridge.h"));
    }
}

/// A header that keeps its time does not make C++ compile again.
fn copy_if_changed(from: &Path, to: &Path) {
    let new = fs::read(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    if fs::read(to).is_ok_and(|old| old == new) {
        return;
    }
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::write(to, new).unwrap();
}
