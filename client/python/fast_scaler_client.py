"""Counts the requests that a Python process sends to SageMaker endpoints, for sagemaker-fast-scaler.

    import boto3
    from fast_scaler_client import LoadReporter

    load = LoadReporter(boto3.client("cloudwatch"))
    runtime = boto3.client("sagemaker-runtime")

    with load.request("checkout", "AllTraffic"):
        answer = runtime.invoke_endpoint(EndpointName="checkout", Body=b"{}")
        result = answer["Body"].read()

The same names as the TypeScript client. Needs nothing but boto3, whose clients are handed in.
"""

import atexit
import collections
import contextlib
import math
import random
import threading
import time

NAMESPACE = "FastScaler/Client"
ARRIVALS = "Arrivals"
BUSY_SECONDS = "BusySeconds"
ERRORS = "Errors"
THROTTLES = "Throttles"

# The window that the scaler reads, published as soon as it is over.
PUBLISH_SECONDS = 10
# What is older says nothing about now.
OLDEST_SECONDS = 120
# A variant that was called less than this long ago has its calm told.
QUIET_SECONDS = 900
# PutMetricData takes 1000 metrics a call, and a record gives four at most.
RECORDS_PER_CALL = 250

THROTTLING_CODES = {
    "ThrottlingException",
    "TooManyRequestsException",
    "ModelNotReadyException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
}
THROTTLING_STATUS = {429, 503}
# Of answers that refuse a request, the one that comes from the model.
MODEL_ERROR_STATUS = 424
# Errors of botocore, by name, that come before anything is sent.
UNSENT = {
    "ConnectTimeoutError",
    "EndpointConnectionError",
    "NoCredentialsError",
    "ParamValidationError",
}


def metric_data(records):
    """The MetricData of one PutMetricData call, out of {(second, endpoint, variant): tally}."""
    data = []
    for (second, endpoint, variant), tally in records.items():
        samples = [
            (ARRIVALS, "Count", tally["arrivals"]),
            (BUSY_SECONDS, "Seconds", tally["busy_ms"] / 1000),
        ]
        if tally["errors"] > 0:
            samples.append((ERRORS, "Count", tally["errors"]))
        if tally["throttles"] > 0:
            samples.append((THROTTLES, "Count", tally["throttles"]))
        for name, unit, value in samples:
            data.append(
                {
                    "MetricName": name,
                    "Dimensions": [
                        {"Name": "EndpointName", "Value": endpoint},
                        {"Name": "VariantName", "Value": variant},
                    ],
                    "Timestamp": second,
                    "Value": value,
                    "Unit": unit,
                    "StorageResolution": 1,
                }
            )
    return data


def busy_by_second(from_ms, to_ms):
    """Splits a span of time into (second, milliseconds of it)."""
    at = from_ms
    while at < to_ms:
        second = at // 1000
        until = min((second + 1) * 1000, to_ms)
        yield second, until - at
        at = until


def is_throttling(error):
    """Whether an error of botocore is a refusal for want of capacity."""
    response = getattr(error, "response", None) or {}
    code = response.get("Error", {}).get("Code")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    original = response.get("OriginalStatusCode")
    return code in THROTTLING_CODES or status in THROTTLING_STATUS or original in THROTTLING_STATUS


def is_refused(error):
    """Whether a call was not sent, or turned away as invalid, not allowed or too much."""
    response = getattr(error, "response", None) or {}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    return 400 <= status < 500 or any(each.__name__ in UNSENT for each in type(error).__mro__)


def is_unreached(error):
    """Whether a request ended without the model having seen it: that is no load."""
    response = getattr(error, "response", None) or {}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return is_refused(error) and not is_throttling(error) and status != MODEL_ERROR_STATUS


class LoadReporter:
    """Counts, and publishes in the background; neither delays nor fails a request."""

    def __init__(self, cloudwatch, on_trouble=None, most_tallies=6000):
        self._cloudwatch = cloudwatch
        self._on_trouble = on_trouble or (lambda error: None)
        self._most_tallies = most_tallies
        self._lock = threading.Lock()
        self._publishing = threading.Lock()
        self._tallies = collections.OrderedDict()
        self._under_way = {}
        self._used = {}
        self._quiet_from = 0
        # So that not all callers publish at once; the scaler waits a little longer.
        self._jitter = random.random()
        self.dropped_requests = 0
        threading.Thread(target=self._publish_for_ever, daemon=True).start()
        atexit.register(self.flush)

    @contextlib.contextmanager
    def request(self, endpoint, variant):
        """Around a request, up to the last byte of its answer."""
        token = object()
        with self._lock:
            now = _now_ms()
            self._add(now // 1000, endpoint, variant, "arrivals", 1)
            self._used[(endpoint, variant)] = now // 1000
            self._under_way[token] = [endpoint, variant, now]
        is_load = True
        try:
            yield
        except Exception as error:
            is_load = not is_unreached(error)
            with self._lock:
                second = _now_ms() // 1000
                self._add(second, endpoint, variant, "errors", 1)
                if not is_load:
                    self._take_back((now // 1000, endpoint, variant))
                if is_throttling(error):
                    self._add(second, endpoint, variant, "throttles", 1)
            raise
        finally:
            with self._lock:
                under_way = self._under_way.pop(token)
                if is_load:
                    self._count_busy(under_way, _now_ms())

    def flush(self):
        """Publishes all that was counted so far."""
        self._publish(math.inf)

    def _publish_for_ever(self):
        while True:
            time.sleep(PUBLISH_SECONDS - (time.time() - self._jitter) % PUBLISH_SECONDS)
            self._publish(int(time.time()) // PUBLISH_SECONDS * PUBLISH_SECONDS)

    def _publish(self, before_second):
        with self._publishing:
            with self._lock:
                records = self._take(before_second)
            items = list(records.items())
            for start in range(0, len(items), RECORDS_PER_CALL):
                batch = dict(items[start : start + RECORDS_PER_CALL])
                try:
                    self._cloudwatch.put_metric_data(
                        Namespace=NAMESPACE, MetricData=metric_data(batch)
                    )
                except Exception as error:  # whatever it is, requests go on
                    with self._lock:
                        # What may have been taken is not sent again: figures that arrive twice add up.
                        kept = start if is_refused(error) else start + RECORDS_PER_CALL
                        self.dropped_requests += sum(t["arrivals"] for _, t in items[start:kept])
                        for key, tally in items[kept:]:
                            for what, amount in tally.items():
                                self._add(*key, what, amount)
                    self._tell(error)
                    return

    def _tell(self, error):
        # Whoever listens must not end the thread that publishes.
        with contextlib.suppress(Exception):
            self._on_trouble(error)

    def _take(self, before_second):
        now = _now_ms()
        for request in self._under_way.values():
            self._count_busy(request, now)
            request[2] = now
        self._tell_of_quiet(before_second, now // 1000)
        for key in [key for key in self._tallies if key[0] < now // 1000 - OLDEST_SECONDS]:
            self.dropped_requests += self._tallies.pop(key)["arrivals"]
        return {
            key: self._tallies.pop(key) for key in list(self._tallies) if key[0] < before_second
        }

    def _tell_of_quiet(self, before_second, now):
        # The scaler does not take silence for calm, so calm is told: every whole window has a figure.
        before_second = min(before_second, now + 1)
        start = (int(before_second) // PUBLISH_SECONDS - 1) * PUBLISH_SECONDS
        # Another is later, or one of a clock that was set back.
        if start == self._quiet_from:
            return
        self._quiet_from = start
        busy = {(endpoint, variant) for endpoint, variant, _ in self._under_way.values()}
        for lane, used in list(self._used.items()):
            # Nothing was used in the future.
            used = self._used[lane] = min(used, now)
            if now - used >= QUIET_SECONDS:
                del self._used[lane]
            elif used < start and lane not in busy:
                self._add(start, *lane, "arrivals", 0)

    def _count_busy(self, request, now):
        endpoint, variant, since = request
        for second, milliseconds in busy_by_second(max(since, now - OLDEST_SECONDS * 1000), now):
            self._add(second, endpoint, variant, "busy_ms", milliseconds)

    def _take_back(self, key):
        # What is published already stays so.
        tally = self._tallies.get(key)
        if tally and tally["arrivals"] > 0:
            tally["arrivals"] -= 1

    def _add(self, second, endpoint, variant, what, amount):
        key = (second, endpoint, variant)
        if key not in self._tallies:
            self._tallies[key] = {"arrivals": 0, "busy_ms": 0, "errors": 0, "throttles": 0}
        self._tallies[key][what] += amount
        while len(self._tallies) > self._most_tallies:
            oldest = min(self._tallies)
            self.dropped_requests += self._tallies.pop(oldest)["arrivals"]


def _now_ms():
    return int(time.time() * 1000)
