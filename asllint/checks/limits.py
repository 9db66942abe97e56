"""Quotas and cost: payloads and histories that grow too large, polling, lists without end."""

from collections.abc import Iterator

from asllint.finding import Problem, Related
from asllint.model.asl import Definition, Machine, State

QUICK = 5  # seconds
QUITE_SMALL = 65_536  # characters, of which none takes more than four bytes

# A job's start and the call that asks how it stands, where `.sync` waits for its end
# (https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html).
_ASKING = {
    "athena:getqueryexecution": "athena:startQueryExecution",
    "batch:describejobs": "batch:submitJob",
    "codebuild:batchgetbuilds": "codebuild:startBuild",
    "databrew:describejobrun": "databrew:startJobRun",
    "ecs:describetasks": "ecs:runTask",
    "emr:describestep": "elasticmapreduce:addStep",
    "emr:describecluster": "elasticmapreduce:createCluster",
    "emrcontainers:describejobrun": "emr-containers:startJobRun",
    "emrserverless:getjobrun": "emr-serverless:startJobRun",
    "glue:getjobrun": "glue:startJobRun",
    "mediaconvert:getjob": "mediaconvert:createJob",
    "sagemaker:describeprocessingjob": "sagemaker:createProcessingJob",
    "sagemaker:describetrainingjob": "sagemaker:createTrainingJob",
    "sagemaker:describetransformjob": "sagemaker:createTransformJob",
    "sfn:describeexecution": "states:startExecution",
}

# Calls whose answer may be as large as a page of the service, with the parameter that limits it.
_LISTING = {
    "athena:getQueryResults": "MaxResults",
    "aws-sdk:athena:getQueryResults": "MaxResults",
    "aws-sdk:cloudwatchlogs:filterLogEvents": "Limit",
    "aws-sdk:cloudwatchlogs:getLogEvents": "Limit",
    "aws-sdk:dynamodb:query": "Limit",
    "aws-sdk:dynamodb:scan": "Limit",
    "aws-sdk:ec2:describeInstances": "MaxResults",
    "aws-sdk:ec2:describeSnapshots": "MaxResults",
    "aws-sdk:s3:listObjects": "MaxKeys",
    "aws-sdk:s3:listObjectsV2": "MaxKeys",
    "aws-sdk:s3:listObjectVersions": "MaxKeys",
}
# What names the things to be listed takes the place of a limit.
_NAMING = ("InstanceIds", "SnapshotIds")


def literal_beyond_payload_quota(definition: Definition) -> Iterator[Problem]:
    if definition.size is not None and definition.size <= QUITE_SMALL:
        return
    from asllint.facts.volume import PAYLOAD_BYTES, large_literals

    for state in definition.states:
        for field, size in large_literals(state):
            yield Problem(
                state.at(field),
                f"`{field}` of `{state.name}` holds {size:,} bytes; a payload may have {PAYLOAD_BYTES:,}",
                help="put the data into S3 and pass on where it is",
                key=True,
            )


def history_beyond_quota(map_state: State) -> Iterator[Problem]:
    """An inline Map state writes its iterations into the history of the execution around it."""
    processor = map_state.processor
    if processor is None or not map_state.is_jsonata or map_state.machine.machine_type == "EXPRESS":
        return
    from asllint.facts import maps
    from asllint.facts.volume import HISTORY_EVENTS, item_count, least_events

    count = item_count(map_state)
    if count is None or maps.mode(map_state) != maps.INLINE:
        return
    events = count * (2 + least_events(processor))
    if events > HISTORY_EVENTS:
        yield Problem(
            map_state.at("Items"),
            f"{count:,} items make at least {events:,} events; an execution ends after {HISTORY_EVENTS:,}",
            help='run them as child executions: `"ProcessorConfig": {"Mode": "DISTRIBUTED", ...}`',
        )


def polling_where_sync_exists(machine: Machine) -> Iterator[Problem]:
    tasks = [state for state in machine.states.values() if state.type == "Task"]
    if machine.machine_type == "EXPRESS" or len(tasks) < 2:
        return
    from asllint.facts.integration import REQUEST_RESPONSE, integration

    found = [(state, called) for state in tasks if (called := integration(state))]
    started = {
        called.call.removeprefix("aws-sdk:").casefold(): state
        for state, called in found
        if called.pattern == REQUEST_RESPONSE
    }
    for state, called in found:
        start = _ASKING.get(f"{called.service}:{called.api}".casefold(), "")
        starter = started.get(start.casefold()) or started.get(_sdk_name(start)) if start else None
        if starter and _loops(state):
            yield Problem(
                state.pointer,
                f"`{state.name}` asks again and again how the job of `{starter.name}` stands",
                help=f"let `{starter.name}` wait for its end: `arn:aws:states:::{start}.sync`",
                related=(Related(starter.pointer, "the job is started here", key=True),),
            )


def _loops(state: State) -> bool:
    from asllint.facts.volume import loops

    return any(state.name in loop for loop in loops(state.machine))


def _sdk_name(start: str) -> str:
    """The start of a job as the AWS SDK calls it."""
    service, _, api = start.partition(":")
    renamed = {
        "elasticmapreduce": "emr",
        "emr-containers": "emrcontainers",
        "emr-serverless": "emrserverless",
        "states": "sfn",
    }
    api = {"addStep": "addJobFlowSteps", "createCluster": "runJobFlow"}.get(api, api)
    return f"{renamed.get(service, service)}:{api}".casefold()


def tight_polling(machine: Machine) -> Iterator[Problem]:
    waits = [
        (state, seconds)
        for state in machine.states.values()
        if state.type == "Wait" and (seconds := state.number("Seconds")) is not None and seconds < QUICK
    ]
    if not waits or machine.machine_type == "EXPRESS":
        return
    for state, seconds in waits:
        if _loops(state):
            yield Problem(
                state.at("Seconds"),
                f"the loop goes round every {seconds} s or so, and each transition of it is charged",
                help=f"wait {QUICK} seconds or longer, or wait for an event: `.sync`, `.waitForTaskToken`",
            )


def list_without_limit(task: State) -> Iterator[Problem]:
    from asllint.facts.integration import integration

    called = integration(task)
    limit = _LISTING.get(called.call) if called else None
    given = task.parameters
    if called is None or limit is None or given is None:
        return
    if any(key.removesuffix(".$") in (limit, *_NAMING) for key in given):
        return
    yield Problem(
        task.at(task.parameters_field),
        f"`{called.api}` may answer with more than the 256 KiB that a state can hand on",
        help=f"set `{limit}`, and take only what is needed with "
        + ("`Output`" if task.is_jsonata else "`ResultSelector`"),
    )
