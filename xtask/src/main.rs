//! Builds the page: compiles `src/` to WebAssembly and lays the result out as a folder a server can serve.
fn main() {}
