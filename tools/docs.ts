// `npm run docs`: rewrites the reference pages and schemas that are generated from code.
import { refreshFiles } from "./generated.ts";

const files = await refreshFiles();
for (const file of files) console.log(`wrote ${file}`);
if (files.length === 0) console.log("All generated files are fresh");
