"""One module a subcommand: `add_<name>` its arguments, `run_<name>` what it does."""
