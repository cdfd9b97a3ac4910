//! Writes the JavaScript that belongs to a module: `bindgen MODULE FOLDER`.
//!
//! It does what `wasm-bindgen --target web` does, and is built in a minute from crates.io, where the
//! command itself would first have to be installed.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("usage: bindgen MODULE FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let made = bindgen
        .input_path(module)
        .out_name("jose_core")
        .web(true)
        .map(|bindgen| bindgen.typescript(false).omit_default_module_path(true))
        .map(|bindgen| bindgen.remove_name_section(true).remove_producers_section(true))
        .and_then(|bindgen| bindgen.generate(folder));
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
