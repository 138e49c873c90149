#!/usr/bin/env python3
"""A credential plugin whose token says what it was started with."""
import json
import os
import sys

info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
seen = sys.argv[1:] + [os.environ["PLUGIN_SALT"], info["spec"]["cluster"]["server"], str(info["spec"]["interactive"])]
print(json.dumps({"kind": info["kind"], "apiVersion": info["apiVersion"], "status": {"token": "|".join(seen)}}))
