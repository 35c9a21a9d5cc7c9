// Tells the compiler that this runtime does not scan the stack: of a runtime it does not know it believes so, and keeps
// all references in memory as well. See https://www.assemblyscript.org/compiler.html#transforms
import { Transform } from "assemblyscript/transform";

const minimalRuntime = 1;

export default class WithoutStack extends Transform {
  afterParse() {
    const { program } = this;
    program.options.stackSize = 0;
    program.module.useShadowStack = false;
    program.options.runtime = minimalRuntime;
  }
}
