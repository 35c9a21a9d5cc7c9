# The control plane, and the `weir` command with all that it has but an Envoy. From the repository's root:
#   docker build -f deploy/images/control.Dockerfile -t weir-control .
# It is to run with a read-only root: what it keeps is in /var/lib/weir, what is temporary in /tmp.
ARG NODE=node:24.9.0-bookworm-slim

# The plugins, compiled from their sources.
FROM ${NODE} AS plugins
WORKDIR /weir
COPY . .
RUN npm ci --no-audit --no-fund --ignore-scripts --include-workspace-root \
  --workspace sdk --workspace dialects --workspace plugins --workspace tools
RUN npm run --silent build

# The packages that the control plane needs, and no more.
FROM ${NODE} AS packages
WORKDIR /weir
COPY package.json package-lock.json ./
COPY control/package.json control/
COPY envoy/package.json envoy/
RUN npm ci --no-audit --no-fund --ignore-scripts --omit=dev --workspace control

FROM ${NODE}
LABEL org.opencontainers.image.title="Weir's control plane" org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /weir
COPY --from=packages /weir/node_modules node_modules
COPY LICENSE package.json ./
COPY control control
COPY envoy envoy
COPY examples/quick-start examples/quick-start
COPY --from=plugins /weir/build/plugins control/plugins
ENV NODE_ENV=production WEIR_STATE=/var/lib/weir
# Of nobody on the machine, and with no right to anything in the image.
USER 65532:65532
# xDS for Envoys, and status over HTTP.
EXPOSE 18000 18001
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:18001/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/weir/control/src/cli/main.ts"]
CMD ["run", "/etc/weir/weir.yaml", "--no-envoy", "--control-address", "0.0.0.0", "--xds-listen", "0.0.0.0:18000", "--xds-tls-cert", "/etc/weir/tls/tls.crt", "--xds-tls-key", "/etc/weir/tls/tls.key"]
