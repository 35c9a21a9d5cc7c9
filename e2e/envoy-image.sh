#!/bin/sh
# Stands in for an Envoy binary: runs $WEIR_E2E_ENVOY_IMAGE with the same arguments on the host's network. The temporary
# folder is shared, since Weir hands Envoy its bootstrap and its admin socket there.
set -eu
shared="${TMPDIR:-/tmp}"
exec docker run --rm --init --network host --user "$(id -u):$(id -g)" -v "$shared:$shared" -e OPENAI_API_KEY \
  "$WEIR_E2E_ENVOY_IMAGE" envoy "$@"
