//go:build tools

package main

// The servers that the Gateway API's own tests send requests to.
import _ "sigs.k8s.io/gateway-api/conformance/echo-basic"
