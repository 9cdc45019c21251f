# Everything these do is in xtask/src, in Rust; this file gives it the names one expects.

# The first time cargo shows what it compiles; later it has nothing to say.
xtask = @cargo run $(if $(wildcard target/debug/xtask),-q) -p xtask --

.PHONY: run test check e2e client explore dist bench shots dev deny

run: ; $(xtask) run
test: ; $(xtask) test
check: ; $(xtask) check
e2e: ; $(xtask) e2e $(SPEC)
client: ; $(xtask) client
explore: ; $(xtask) explore $(MUTANT)
dist: ; $(xtask) dist
bench: ; $(xtask) bench
shots: ; $(xtask) shots
dev: ; $(xtask) dev
deny: ; $(xtask) deny
