// The modules of foreign plugins for a build: all of them, or none is made.
import { join } from "node:path";
import { KeptModules } from "../modules/kept-modules.ts";
import type { KeptModule } from "../modules/kept-source.ts";
import type { Model } from "../model/model.ts";
import { UserError } from "./user-error.ts";

/** By the names of the plugins. Throws a `UserError` where one cannot be had, or has secrets. */
export async function fetchModules({ plugins = [] }: Model, stateFolder: string): Promise<Map<string, KeptModule>> {
  const isSecret = plugins.find(({ configuration, rules }) =>
    [configuration, ...rules.map((rule) => rule.configuration)].some((one) => one && one.source.kind !== "literal"),
  );
  if (isSecret) {
    const fix = "Leave the references out, or run it with weir run";
    throw new UserError(
      `The configuration of the plugin ${isSecret.name} refers to secrets, which no build holds. ${fix}`,
    );
  }
  const modules = new KeptModules({ folder: join(stateFolder, "modules"), onChange: () => {} });
  try {
    modules.follow(plugins);
    await modules.settled();
    return new Map(
      plugins.map((plugin) => {
        const module = modules.moduleOf(plugin);
        if (module) return [plugin.name, module];
        const { message = "" } = modules.failureOf(plugin) ?? {};
        throw new UserError(`Nothing was built: the module of the plugin ${plugin.name} cannot be had: ${message}`);
      }),
    );
  } finally {
    modules.close();
  }
}
