"""The same calls to any AWS endpoint: prints, as JSON, what each gave.

Usage: differential.py ENDPOINT_URL REGION
Of an answer the members and the types of their values are told; of a refusal its code. Names and
times differ from one account to another, so they are left out. Credentials come from the environment.
"""

import datetime
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT_URL, REGION = sys.argv[1:3]

ENDPOINT = "shop"
VARIANT = "main"
RESOURCE = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{ENDPOINT}/variant/{VARIANT}",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
TRACKING = {
    "TargetValue": 1500.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
    "ScaleOutCooldown": 10,
    "ScaleInCooldown": 100,
}
ALARM = {
    "AlarmName": "busy",
    "Namespace": "Shop",
    "MetricName": "Orders",
    "Dimensions": [{"Name": "Till", "Value": "1"}],
    "Statistic": "Sum",
    "Period": 10,
    "EvaluationPeriods": 1,
    "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "ActionsEnabled": True,
    "AlarmActions": [],
    "TreatMissingData": "ignore",
}
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
WIDE = {
    "StartTime": NOW - datetime.timedelta(hours=1),
    "EndTime": NOW + datetime.timedelta(hours=1),
}
ORDERS = {
    "Namespace": "Shop",
    "MetricName": "Orders",
    "Dimensions": [{"Name": "Till", "Value": "1"}],
}
TABLE = {
    "TableName": "things",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
KEY = {"pk": {"S": "a"}, "sk": {"S": "1"}}

told = {}
clients = {}


def call(service, operation, label="", **arguments):
    """Calls an operation and tells what it gave; returns the answer, or nothing."""
    if service not in clients:
        clients[service] = boto3.client(
            service,
            region_name=REGION,
            endpoint_url=ENDPOINT_URL,
            config=Config(retries={"total_max_attempts": 1}),
        )
    name = f"{service}.{operation}" + (f" ({label})" if label else "")
    assert name not in told, name
    try:
        answer = getattr(clients[service], operation)(**arguments)
    except ClientError as error:
        told[name] = {"refused": error.response["Error"]["Code"]}
        return None
    answer.pop("ResponseMetadata")
    told[name] = {"gave": shape(answer)}
    return answer


def shape(value):
    """The members of a value and their types."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value[:1]]
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, datetime.datetime):
        return "time"
    return type(value).__name__


def sagemaker():
    sm = "sagemaker"
    call(sm, "describe_endpoint", "missing", EndpointName="nope")
    call(sm, "create_endpoint", "no configuration", EndpointName=ENDPOINT, EndpointConfigName="nope")
    call(
        sm,
        "create_model",
        ModelName="m",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker",
        PrimaryContainer={"Image": "image:1"},
    )
    call(sm, "describe_model", ModelName="m")
    call(sm, "describe_model", "missing", ModelName="nope")
    call(sm, "list_models")
    variants = [
        {
            "VariantName": VARIANT,
            "ModelName": "m",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
    ]
    call(sm, "create_endpoint_config", EndpointConfigName="c", ProductionVariants=variants)
    call(
        sm,
        "create_endpoint_config",
        "unknown model",
        EndpointConfigName="d",
        ProductionVariants=[{**variants[0], "ModelName": "nope"}],
    )
    call(sm, "describe_endpoint_config", EndpointConfigName="c")
    call(sm, "describe_endpoint_config", "missing", EndpointConfigName="nope")
    call(sm, "list_endpoint_configs")
    made = call(
        sm,
        "create_endpoint",
        EndpointName=ENDPOINT,
        EndpointConfigName="c",
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    clients[sm].get_waiter("endpoint_in_service").wait(
        EndpointName=ENDPOINT, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    call(sm, "describe_endpoint", EndpointName=ENDPOINT)
    call(sm, "list_endpoints")
    call(sm, "list_tags", ResourceArn=made["EndpointArn"])
    call(sm, "add_tags", ResourceArn=made["EndpointArn"], Tags=[{"Key": "a", "Value": "b"}])
    call(sm, "delete_tags", ResourceArn=made["EndpointArn"], TagKeys=["a"])
    call(
        sm,
        "update_endpoint_weights_and_capacities",
        "unknown variant",
        EndpointName=ENDPOINT,
        DesiredWeightsAndCapacities=[{"VariantName": "nope", "DesiredInstanceCount": 2}],
    )


def invoke():
    call(
        "sagemaker-runtime",
        "invoke_endpoint",
        EndpointName=ENDPOINT,
        ContentType="text/plain",
        Body=b"hello",
    )


def auto_scaling():
    aas = "application-autoscaling"
    call(aas, "put_scaling_policy", "no target", PolicyName="p", PolicyType="TargetTrackingScaling",
         TargetTrackingScalingPolicyConfiguration=TRACKING, **RESOURCE)
    call(aas, "deregister_scalable_target", "missing", **RESOURCE)
    call(aas, "register_scalable_target", MinCapacity=1, MaxCapacity=4, **RESOURCE)
    call(aas, "register_scalable_target", "Min above Max", MinCapacity=5, MaxCapacity=4, **RESOURCE)
    call(
        aas,
        "register_scalable_target",
        "unknown endpoint",
        **{**RESOURCE, "ResourceId": "endpoint/nope/variant/main"},
        MinCapacity=1,
        MaxCapacity=4,
    )
    call(
        aas,
        "register_scalable_target",
        "no endpoint's name",
        **{**RESOURCE, "ResourceId": "nonsense"},
        MinCapacity=1,
        MaxCapacity=4,
    )
    call(aas, "describe_scalable_targets", ServiceNamespace="sagemaker")
    call(aas, "put_scaling_policy", PolicyName="p", PolicyType="TargetTrackingScaling",
         TargetTrackingScalingPolicyConfiguration=TRACKING, **RESOURCE)
    call(aas, "describe_scaling_policies", ServiceNamespace="sagemaker")
    call(aas, "describe_scaling_activities", ServiceNamespace="sagemaker")
    action = {
        "ScheduledActionName": "later",
        "Schedule": "at(2099-01-01T00:00:00)",
        "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2},
    }
    call(aas, "put_scheduled_action", **action, **RESOURCE)
    call(aas, "describe_scheduled_actions", ServiceNamespace="sagemaker")
    call(aas, "delete_scheduled_action", ScheduledActionName="later", **RESOURCE)
    call(aas, "delete_scheduled_action", "missing", ScheduledActionName="later", **RESOURCE)
    call(aas, "delete_scaling_policy", PolicyName="p", **RESOURCE)
    call(aas, "delete_scaling_policy", "missing", PolicyName="p", **RESOURCE)
    call(aas, "deregister_scalable_target", **RESOURCE)


def cloudwatch():
    cw = "cloudwatch"
    call(cw, "put_metric_alarm", **ALARM)
    call(cw, "describe_alarms", AlarmNames=["busy"])
    call(cw, "describe_alarms", "none", AlarmNames=["nope"])
    call(cw, "describe_alarms_for_metric", **ORDERS)
    call(cw, "set_alarm_state", AlarmName="busy", StateValue="ALARM", StateReason="test")
    call(cw, "set_alarm_state", "missing", AlarmName="nope", StateValue="OK", StateReason="test")
    call(cw, "put_metric_data", Namespace="Shop", MetricData=[
        {**{k: v for k, v in ORDERS.items() if k != "Namespace"}, "Value": 3.0, "Unit": "Count"},
    ])
    call(cw, "put_metric_data", "reserved", Namespace="AWS/Shop", MetricData=[{"MetricName": "a", "Value": 1.0}])
    call(cw, "put_metric_data", "two kinds of value", Namespace="Shop", MetricData=[
        {"MetricName": "a", "Value": 1.0, "Values": [1.0]},
    ])
    # A datapoint can be read some seconds after it was put.
    for _ in range(100):
        if clients[cw].list_metrics(Namespace="Shop")["Metrics"]:
            break
        time.sleep(0.2)
    call(cw, "list_metrics", Namespace="Shop")
    call(cw, "get_metric_statistics", **ORDERS, **WIDE, Period=60, Statistics=["Sum", "Maximum"])
    query = {"Id": "q", "MetricStat": {"Metric": ORDERS, "Period": 60, "Stat": "Sum"}}
    call(cw, "get_metric_data", MetricDataQueries=[query], **WIDE)
    call(cw, "get_metric_data", "no time", MetricDataQueries=[query],
         StartTime=WIDE["StartTime"], EndTime=WIDE["StartTime"])
    call(cw, "delete_alarms", AlarmNames=["busy"])


def ssm():
    call("ssm", "get_parameter", "missing", Name="/shop/a")
    call("ssm", "put_parameter", Name="/shop/a", Value="1", Type="String")
    call("ssm", "put_parameter", "exists", Name="/shop/a", Value="2", Type="String")
    call("ssm", "put_parameter", "overwritten", Name="/shop/a", Value="2", Overwrite=True)
    call("ssm", "put_parameter", "no type", Name="/shop/b", Value="2")
    call("ssm", "put_parameter", "reserved name", Name="/aws/x", Value="2", Type="String")
    call("ssm", "get_parameter", Name="/shop/a")
    call("ssm", "get_parameters", Names=["/shop/a", "/shop/nope"])
    call("ssm", "get_parameters_by_path", Path="/shop", Recursive=True)
    call("ssm", "describe_parameters")
    call("ssm", "delete_parameter", Name="/shop/a")
    call("ssm", "delete_parameter", "missing", Name="/shop/a")


def sqs():
    call("sqs", "get_queue_url", "missing", QueueName="nope")
    url = call("sqs", "create_queue", QueueName="work", Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
    call("sqs", "get_queue_url", QueueName="work")
    call("sqs", "list_queues", QueueNamePrefix="work")
    call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["QueueArn", "VisibilityTimeout"])
    call("sqs", "send_message", QueueUrl=url, MessageBody="hello")
    call("sqs", "send_message", "too late", QueueUrl=url, MessageBody="hello", DelaySeconds=901)
    call("sqs", "send_message_batch", QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "x"}, {"Id": "b", "MessageBody": "y"},
    ])
    call("sqs", "send_message_batch", "same id", QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "x"}, {"Id": "a", "MessageBody": "y"},
    ])
    got = call("sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=1, AttributeNames=["All"])
    call("sqs", "delete_message", QueueUrl=url, ReceiptHandle=got["Messages"][0]["ReceiptHandle"])
    call("sqs", "delete_message", "no handle", QueueUrl=url, ReceiptHandle="nonsense")
    call("sqs", "purge_queue", QueueUrl=url)
    call("sqs", "delete_queue", QueueUrl=url)
    call("sqs", "send_message", "no queue", QueueUrl=url, MessageBody="hello")


def dynamodb():
    db = "dynamodb"
    call(db, "describe_table", "missing", TableName="things")
    call(db, "get_item", "no table", TableName="things", Key=KEY)
    call(db, "create_table", **TABLE)
    call(db, "create_table", "exists", **TABLE)
    call(db, "describe_table", TableName="things")
    call(db, "put_item", TableName="things", Item={**KEY, "n": {"N": "1"}})
    call(db, "put_item", "condition fails", TableName="things", Item=KEY,
         ConditionExpression="attribute_not_exists(pk)")
    call(db, "put_item", "no key", TableName="things", Item={"n": {"N": "1"}})
    call(db, "get_item", TableName="things", Key=KEY)
    call(db, "get_item", "missing", TableName="things", Key={**KEY, "sk": {"S": "2"}})
    call(db, "update_item", TableName="things", Key=KEY, UpdateExpression="ADD n :one",
         ExpressionAttributeValues={":one": {"N": "1"}}, ReturnValues="ALL_NEW")
    call(db, "update_item", "unknown function", TableName="things", Key=KEY,
         UpdateExpression="SET n = nope(n)")
    call(db, "query", TableName="things", KeyConditionExpression="pk = :a",
         ExpressionAttributeValues={":a": {"S": "a"}})
    call(db, "query", "no key", TableName="things", KeyConditionExpression="n = :a",
         ExpressionAttributeValues={":a": {"N": "1"}})
    call(db, "batch_get_item", RequestItems={"things": {"Keys": [KEY]}})
    call(db, "update_time_to_live", TableName="things",
         TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
    call(db, "describe_time_to_live", TableName="things")
    call(db, "delete_item", TableName="things", Key=KEY)


def events():
    call("events", "put_events", Entries=[
        {"Source": "shop", "DetailType": "Sale", "Detail": "{}"},
        {"Source": "shop", "DetailType": "Sale", "Detail": "no JSON"},
    ])


def end():
    sm = "sagemaker"
    call(sm, "delete_endpoint", EndpointName=ENDPOINT)
    call(sm, "delete_endpoint", "missing", EndpointName=ENDPOINT)
    call(sm, "delete_endpoint_config", EndpointConfigName="c")
    call(sm, "delete_endpoint_config", "missing", EndpointConfigName="c")
    call(sm, "delete_model", ModelName="m")
    call(sm, "delete_model", "missing", ModelName="m")


for part in (sagemaker, invoke, auto_scaling, cloudwatch, ssm, sqs, dynamodb, events, end):
    part()
print(json.dumps(told))
