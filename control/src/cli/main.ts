#!/usr/bin/env node
// The entry of the `weir` command.
import { runProgram } from "./program.ts";
import { Terminal } from "./terminal.ts";

process.exit(await runProgram(process.argv.slice(2), new Terminal()));
