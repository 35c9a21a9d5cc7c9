// What a WasmPlugin is told: whether it says what it should, whether its module is there, and whether Envoys run it.
import type { ForeignPlugin, PluginState } from "../../model/plugins.ts";
import { conditionsOf, isFalse, isTrue, type Told } from "../conditions.ts";
import type { StatusWrite } from "../translate.ts";
import type { TranslatedPlugin } from "./translate.ts";

export function pluginStatus(
  { object, plugin, problems }: TranslatedPlugin,
  stateOf: (plugin: ForeignPlugin) => PluginState,
  now: string,
): StatusWrite {
  const state = plugin && stateOf(plugin);
  const { generation } = object.metadata;
  const told = [accepted(problems), ...(plugin && state ? [fetched(state), programmed(plugin, state)] : [notServed])];
  const conditions = conditionsOf(told, { before: object.status?.conditions, generation, now });
  const status = { conditions, ...(state?.module && { module: `sha256:${state.module}` }) };
  return { kind: "WasmPlugin", object, status };
}

const notServed = isFalse("Programmed", "NotServed", "Nothing of it is to be served");

function accepted(problems: string[]): Told {
  return problems.length === 0 ? isTrue("Accepted") : isFalse("Accepted", "Invalid", problems.join(". "));
}

function fetched({ failure, isNewest, module }: PluginState): Told {
  if (failure) {
    const rest = module === null || isNewest ? "" : ". The module that it had stays, and its configuration";
    return isFalse("Fetched", failure.reason, failure.message + rest);
  }
  return isNewest ? isTrue("Fetched") : isFalse("Fetched", "Pending", "The module is on its way");
}

function programmed({ failure }: ForeignPlugin, { module, refusal }: PluginState): Told {
  const rest = failure === "open" ? "Requests pass without it" : "Requests that it is for are refused";
  if (refusal !== null) return isFalse("Programmed", "RefusedByEnvoy", `${refusal}. ${rest}, unless it ran before`);
  return module === null ? isFalse("Programmed", "NoModule", rest) : isTrue("Programmed");
}
