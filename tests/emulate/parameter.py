"""Hands a variant of an endpoint to the scaler, with boto3: an empty parameter is all it takes.

Usage: parameter.py ENDPOINT_URL REGION ENDPOINT_NAME VARIANT_NAME
"""

import json
import sys

import boto3

ENDPOINT_URL, REGION, ENDPOINT, VARIANT = sys.argv[1:]

ssm = boto3.client("ssm", region_name=REGION, endpoint_url=ENDPOINT_URL)
answer = ssm.put_parameter(
    Name=f"/fast-scaler/targets/{ENDPOINT}/{VARIANT}", Value="{}", Type="String"
)
print(json.dumps({"version": answer["Version"]}))
