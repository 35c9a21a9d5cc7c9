// What can be checked only when all of a file is known.
import type { Model } from "../model/model.ts";
import { checkCheaperModels } from "./cheaper-models.ts";
import type { Report } from "./report.ts";
import { withUnpricedReported } from "./report-unpriced.ts";

/** The model, without what cannot be. */
export function checkedModel(model: Model, report: Report): Model {
  return withUnpricedReported(checkCheaperModels(model, report), report);
}
