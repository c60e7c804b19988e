#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| sockstep::fuzz::run("replay", data));
