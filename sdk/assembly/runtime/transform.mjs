// What the compiler must be told of this runtime: its functions are global, and it does not scan the stack. Of a runtime
// that the compiler does not know it believes that it does, and keeps all references in memory as well.
// https://www.assemblyscript.org/compiler.html#transforms
import { FunctionDeclaration, Node } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const minimalRuntime = 1;
const runtimePath = "assembly/runtime/index";

export default class Runtime extends Transform {
  afterParse(parser) {
    const { program } = this;
    program.options.stackSize = 0;
    program.options.runtime = minimalRuntime;
    program.module.useShadowStack = false;
    const runtime = parser.sources.find(({ internalPath }) => internalPath.endsWith(runtimePath));
    for (const statement of runtime?.statements ?? []) {
      if (statement instanceof FunctionDeclaration && statement.name.text.startsWith("__")) makeGlobal(statement);
    }
  }
}

function makeGlobal(declaration) {
  const { range } = declaration;
  const name = Node.createIdentifierExpression("global", range);
  (declaration.decorators ??= []).push(Node.createDecorator(name, null, range));
}
