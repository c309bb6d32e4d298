"""Users who call an endpoint with boto3, each at a steady pace, for Locust.

The environment says which: FAST_SCALER_ENDPOINT, FAST_SCALER_PACE_SECONDS (from one request of a
user to the next, in seconds outside the account). `--host` is where the account listens.
Credentials and region come from the environment as boto3 reads them.
"""

import os
import random
import time

# First, as it makes the standard library cooperative before boto3 uses it.
from locust import User, constant_pacing, task

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ENDPOINT = os.environ["FAST_SCALER_ENDPOINT"]
PACE_SECONDS = float(os.environ["FAST_SCALER_PACE_SECONDS"])

# One for all users: clients are safe to share and slow to make. A refused request is not sent
# again, as the load would then no longer be the one that was asked for.
CONFIG = Config(max_pool_connections=1000, read_timeout=70, retries={"max_attempts": 0})


class EndpointCaller(User):
    """Sends a request, and the next one a pace after it was sent."""

    wait_time = constant_pacing(PACE_SECONDS)
    client = None

    def on_start(self) -> None:
        if EndpointCaller.client is None:
            EndpointCaller.client = boto3.client(
                "sagemaker-runtime", endpoint_url=self.host, config=CONFIG
            )
        # Users who start together would call together, and every window of ten seconds would be
        # either a burst or a pause.
        time.sleep(random.uniform(0, PACE_SECONDS))

    @task
    def invoke(self) -> None:
        start = time.perf_counter()
        error = None
        length = 0
        try:
            answer = self.client.invoke_endpoint(
                EndpointName=ENDPOINT, Body=b"{}", ContentType="application/json"
            )
            length = len(answer["Body"].read())
        except (BotoCoreError, ClientError) as caught:
            error = caught
        self.environment.events.request.fire(
            request_type="InvokeEndpoint",
            name=ENDPOINT,
            response_time=(time.perf_counter() - start) * 1000,
            response_length=length,
            exception=error,
            context={},
        )
