# The data plane: Envoy as it is published, not as root, with a bootstrap at /etc/envoy/bootstrap.yaml, as this prints it:
#   weir bootstrap --xds <host:port> --xds-tls-ca <file> --admin-port 9901 --probe-listen 0.0.0.0:18002
# The token is in WEIR_XDS_TOKEN. It is to run with a read-only root.
ARG ENVOY=envoyproxy/envoy:v1.40.0

FROM ${ENVOY}
LABEL org.opencontainers.image.title="Weir's data plane" org.opencontainers.image.licenses="Apache-2.0"
USER 65532:65532
EXPOSE 8080 18002
# The image has no program that makes requests, but its shell does.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/18002 && printf 'GET /ready HTTP/1.1\\r\\nhost: localhost\\r\\nconnection: close\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.1 200' <&3"]
ENTRYPOINT ["/usr/local/bin/envoy"]
CMD ["-c", "/etc/envoy/bootstrap.yaml", "--disable-hot-restart", "--log-level", "warning"]
