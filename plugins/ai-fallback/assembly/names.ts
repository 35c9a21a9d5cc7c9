// What clients may call a model beside the names that routes serve: an alias, `auto`, or `provider/model`.
import { getProperty, Slice } from "@weir/sdk/assembly";
import { ALLOWED_MODELS, allowsModel } from "@weir/dialects/surfaces/assembly/allow-list";
import { Auto, AUTO } from "./auto";
import { Conversation } from "./conversation";
import { Prices } from "./prices";
import { Route } from "./route";
import { RouteQuery } from "./route-query";

const SLASH: u8 = 0x2f;

/** A public name and what it stands for. */
@final
export class Alias {
  constructor(
    readonly name: Slice,
    readonly model: Slice,
  ) {}
}

/** A route that serves what a client has named. */
@final
export class Choice {
  constructor(
    /** The client's name. */
    readonly name: Slice,
    readonly route: Route,
    /** What it stands for. */
    readonly model: Slice,
    /** The provider, or one of its keys, that is meant; empty for any. */
    readonly provider: Slice,
    /** Whether the client has written `model` itself, behind the provider. */
    readonly isWritten: bool,
  ) {}

  /** Whether the name stands for another one. */
  get isRenamed(): bool {
    return !this.model.equals(this.name);
  }

  /** Whether the caller may use it: by the name that it has used. */
  get isAllowed(): bool {
    const allowed = getProperty(ALLOWED_MODELS);
    if (!allowed || allowsModel(allowed, this.name)) return true;
    return this.isWritten && allowsModel(allowed, this.model);
  }
}

/** All names of a configuration. */
@final
export class Names {
  readonly aliases: Alias[] = [];
  auto: Auto | null = null;
  hasProviders: bool = false;
  hasOptions: bool = false;
  readonly prices: Prices = new Prices();
  /** What limits name for requests that do not fit into them. */
  readonly cheaper: Slice[] = [];
  /** Whether budgets name such models. */
  hasBudgets: bool = false;

  /** Whether a name may stand for another one, or a body wish for something. */
  get isNeeded(): bool {
    return this.aliases.length > 0 || this.auto != null || this.hasProviders || this.hasOptions;
  }

  /** Whether a request may go to another model than the one that it asks for. */
  get hasCheaper(): bool {
    return this.hasBudgets || this.cheaper.length > 0;
  }

  /** Whether what the name stands for is found in the body. */
  isAuto(name: Slice): bool {
    return this.auto != null && name.equals(AUTO);
  }

  /** The first route for a name; null where there is none. */
  choose(name: Slice, request: RouteQuery): Choice | null {
    let model = name;
    const auto = this.auto;
    if (auto && name.equals(AUTO)) model = auto.choose(new Conversation(request.body));
    model = this.behind(model);
    const isWritten = model.equals(name);
    if (this.hasProviders) {
      const first = model.indexOf(SLASH);
      const second = first < 0 ? -1 : model.indexOf(SLASH, first + 1);
      // `openai/key/gpt-4.1` comes before a model that is named `key/gpt-4.1`.
      const longer = chooseAt(second, name, model, request);
      const choice = longer ? longer : chooseAt(first, name, model, request);
      if (choice) return isWritten ? choice : new Choice(name, choice.route, choice.model, choice.provider, false);
    }
    const route = request.first(model);
    return route ? new Choice(name, route, model, Slice.empty(), false) : null;
  }

  private behind(name: Slice): Slice {
    const aliases = this.aliases;
    for (let i = 0; i < aliases.length; ++i) if (aliases[i].name.equals(name)) return aliases[i].model;
    return name;
  }
}

function chooseAt(slash: i32, name: Slice, model: Slice, request: RouteQuery): Choice | null {
  if (slash <= 0 || slash == model.length - 1) return null;
  const provider = model.slice(0, slash);
  const bare = model.slice(slash + 1);
  const route = request.firstWith(bare, provider);
  return route ? new Choice(name, route, bare, provider, true) : null;
}
