//! Builds `/bin/program` of the labs, which sockstep has inside: a program without any library,
//! see `src/lab/sys/program.rs`.

use std::env;
use std::path::Path;
use std::process::Command;

const SOURCE: &str = "src/lab/sys/program.rs";

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=src/lab/sys/hand");
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"));
    let program = Path::new(&variable("OUT_DIR")).join("program");
    let mut compiler = Command::new(variable("RUSTC"));
    compiler
        .args(["--edition", "2024", "--crate-name", "program", "--crate-type", "bin"])
        .args(["--cap-lints", "allow", "--target", &variable("TARGET")])
        .args(["-C", "panic=abort", "-C", "opt-level=s", "-C", "strip=symbols"])
        .args(["-C", "relocation-model=static"])
        .args(["-C", "link-args=-nostartfiles -nostdlib -static -no-pie"]);
    if variable("CARGO_CFG_TARGET_ENV") == "musl" {
        // Its own start is not wanted.
        compiler.args(["-C", "link-self-contained=no"]);
    }
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        compiler.arg("-C").arg(format!("linker={linker}"));
    }
    let made = compiler.arg("-o").arg(&program).arg(SOURCE).status();
    let made = made.unwrap_or_else(|error| panic!("can't start the compiler: {error}"));
    assert!(made.success(), "{SOURCE} could not be built");
}
