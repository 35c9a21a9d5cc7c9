// What is answered in place of a server that has failed.
import { Slice } from "@weir/sdk/assembly";
import { INTERNAL_ERROR, RpcError } from "../protocol/rpc-error";
import { errorReply } from "../protocol/write-reply";
import { Link } from "./link";

/** What it means that Envoy has answered by itself. */
export function ownFailure(status: i32): string {
  return status == 504 ? "did not answer in time" : "could not be reached";
}

/** What a client is told: `why` goes on from the server's name. `rawId` is empty where nothing was asked. */
export function serverFailure(link: Link, rawId: Slice, status: i32, why: string): Slice {
  const message = "The server " + link.name.toText() + " " + why;
  return errorReply(rawId, new RpcError(status, INTERNAL_ERROR, message));
}
