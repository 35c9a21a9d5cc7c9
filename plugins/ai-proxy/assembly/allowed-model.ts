// Whether the caller may use a model. Who calls was found out downstream; the model is known here.
import { getProperty, Slice } from "@weir/sdk/assembly";
import { ALLOWED_MODELS, allowsModel } from "@weir/dialects/surfaces/assembly/allow-list";
import { modelNotFound, Refusal } from "@weir/dialects/surfaces/assembly/refusal";

/** Null where the caller may use `model`; else what is answered, which is what a model that is not there gets. */
export function refuseModel(model: Slice): Refusal | null {
  if (!model.length) return null;
  const allowed = getProperty(ALLOWED_MODELS);
  return !allowed || allowsModel(allowed, model) ? null : modelNotFound(model);
}
