// The one thing that routing wants of a request: its model's name.
import { JsonTape, Multipart, Slice } from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "./content-type";
import { Refusal } from "./refusal";
import { checkModel, MODEL, scanForm, scanRequest } from "./request-model";
import { SurfacePath } from "./surface-path";

/** A model's name, read out of a body. */
@final
export class ModelName {
  /** The name; empty where the request below a surface names none. */
  value: Slice = Slice.empty();

  /** Reads `body`. What is wrong with it is returned. */
  read(tape: JsonTape, body: Slice, contentType: Slice, wanted: SurfacePath): Refusal | null {
    if (bodyFormat(contentType) == BodyFormat.Form) return this.readForm(body, contentType);
    const error = scanRequest(tape, body);
    if (error) return error;
    this.value = tape.text(tape.find(tape.root, MODEL));
    return checkModel(tape, wanted);
  }

  private readForm(body: Slice, contentType: Slice): Refusal | null {
    const form = new Multipart();
    const error = scanForm(form, body, contentType);
    const part = form.field(MODEL);
    if (part) this.value = part.value;
    return error;
  }
}
