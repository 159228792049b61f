"""A stand-in ASPIRE: a real HTTP server that follows `aspire/openapi.yaml`, with a portfolio and faults to switch on.

It signs in sandbox/sandbox and serves a hand-written file or a generated portfolio. While it runs, and without a token:

* `GET | PUT | PATCH | DELETE /_sandbox/records/{List}/{Oid}`: a record, replaced whole or changed field by field; each
  change stamps LastChangeDateTime. Lists are named as in a portfolio file.
* `PUT /_sandbox/settings`, `PATCH /_sandbox/instance` (Now, which freezes the clock; Generation; Version; Capabilities).
* `GET | PUT | DELETE /_sandbox/faults`: a list such as `[{"status": 503, "retry-after": 2, "path": "/contracts",
  "times": 1}]`; or for one request the header `X-Sandbox-Fault: status=503;retry-after=2`. `faults.Fault` has them all.
"""
