// Every dialect of reranking: a line for each surface of clients and for each kind of provider.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { CohereRerankProvider } from "../../cohere/assembly/rerank-provider";
import { DashScopeRerankProvider } from "../../dashscope/assembly/rerank-provider";
import { RerankClient, RerankProvider } from "../../hub/assembly/rerank-dialect";
import { JinaRerankClient } from "../../jina/assembly/rerank-client";
import { JinaRerankProvider } from "../../jina/assembly/rerank-provider";
import { isOpenAi } from "./openai-family";

/** What clients may speak. */
export const rerankClients: RerankClient[] = [new JinaRerankClient()];

const jina = new JinaRerankProvider();

/** What providers may speak. */
export const rerankProviders: RerankProvider[] = [jina, new CohereRerankProvider(), new DashScopeRerankProvider()];

/** What clients of this surface speak, or null. */
export function findRerankClient(surface: Slice): RerankClient | null {
  for (let i = 0; i < rerankClients.length; ++i) {
    if (rerankClients[i].surface.equals(surface)) return rerankClients[i];
  }
  return null;
}

/** What targets of this dialect speak, or null where they rerank nothing. */
export function findRerankProvider(dialect: Slice): RerankProvider | null {
  if (isOpenAi(dialect)) return jina;
  for (let i = 0; i < rerankProviders.length; ++i) {
    if (rerankProviders[i].name.equals(dialect)) return rerankProviders[i];
  }
  return null;
}
