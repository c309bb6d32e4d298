"""What the asker of the question does to an endpoint, with boto3: sets its bounds, puts the policy.

Usage: question.py ENDPOINT_URL REGION ENDPOINT_NAME VARIANT_NAME
Prints the policy's name and alarms, as JSON. Credentials come from the environment.
"""

import json
import sys
import time

import boto3

ENDPOINT_URL, REGION = sys.argv[1:3]

aas_client = boto3.client(
    "application-autoscaling", region_name=REGION, endpoint_url=ENDPOINT_URL
)


def set_bounds(
    endpoint_name: str, variant_name: str, min_capacity: int, max_capacity: int
) -> None:
    """Make the variant a scalable target."""
    aas_client.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{endpoint_name}/variant/{variant_name}",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=min_capacity,
        MaxCapacity=max_capacity,
    )


def set_target_scaling_on_invocation(
    endpoint_name: str,
    variant_name: str,
    target_value: int,
    scale_out_cool_down: int = 10,
    scale_in_cool_down: int = 100,
) -> "tuple[str, dict]":
    """Set a scaling target on invocations per instance, with cool-down periods in seconds."""
    policy_name = f"target-tracking-invocations-{round(time.time())}"
    resource_id = f"endpoint/{endpoint_name}/variant/{variant_name}"
    response = aas_client.put_scaling_policy(
        PolicyName=policy_name,
        ServiceNamespace="sagemaker",
        ResourceId=resource_id,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target_value,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance",
            },
            "ScaleOutCooldown": scale_out_cool_down,
            "ScaleInCooldown": scale_in_cool_down,
            "DisableScaleIn": False,
        },
    )
    return policy_name, response


if __name__ == "__main__":
    endpoint, variant = sys.argv[3:5]
    set_bounds(endpoint, variant, 1, 20)
    name, answer = set_target_scaling_on_invocation(endpoint, variant, 1500)
    alarms = [alarm["AlarmName"] for alarm in answer["Alarms"]]
    print(json.dumps({"policy": name, "alarms": alarms}))
