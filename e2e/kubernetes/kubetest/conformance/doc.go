// Package conformance is the official test suite of the Gateway API as a program of its own.
package conformance

import _ "sigs.k8s.io/gateway-api/conformance" // what conformance_test.go runs
