"""The estate's computing and applications."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_answers import Answer, Members, Refused
from aws_cassette import policy

AT = "eu-central-1:123456789012"
KEY = f"arn:aws:kms:{AT}:key/11111111-2222-3333-4444-555555555555"


def by(parameter: str, answers: Mapping[str, Members | Refused]) -> Callable[[dict[str, Any]], Members | Refused]:
    """An answer by the value of one parameter of the call."""
    return lambda parameters: answers[parameters[parameter]]


def those(parameter: str, result: str, field: str, elements: list[dict[str, Any]]) -> Callable[..., Members]:
    """A batch: the elements whose field is among the values of the parameter."""
    return lambda parameters: {result: [each for each in elements if each[field] in parameters[parameter]]}


def allowing(principal: str) -> str:
    return policy(Effect="Allow", Principal={"AWS": principal}, Action="*", Resource="*")


# Functions and images

LIFECYCLE = (
    '{"rules": [{"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", '
    '"countNumber": 9}, "action": {"type": "expire"}}]}'
)
REPOSITORY = f"arn:aws:ecr:{AT}:repository/"
IMAGES: Mapping[str, Answer] = {
    "ecr:DescribeRepositories": {
        "repositories": [
            {
                "repositoryArn": f"{REPOSITORY}good",
                "repositoryName": "good",
                "registryId": "123456789012",
                "imageTagMutability": "IMMUTABLE",
                "imageScanningConfiguration": {"scanOnPush": True},
            },
            {
                "repositoryArn": f"{REPOSITORY}bad",
                "repositoryName": "bad",
                "registryId": "123456789012",
                "imageTagMutability": "MUTABLE",
                "imageScanningConfiguration": {"scanOnPush": False},
            },
            {
                "repositoryArn": f"{REPOSITORY}bare",
                "repositoryName": "bare",
                "registryId": "123456789012",
                "imageTagMutability": "MUTABLE",
            },
        ]
    },
    "ecr:GetRepositoryPolicy": by(
        "repositoryName",
        {
            "good": {"policyText": allowing("arn:aws:iam::123456789012:root")},
            "bad": {"policyText": allowing("*")},
            "bare": Refused("RepositoryPolicyNotFoundException"),
        },
    ),
    "ecr:GetLifecyclePolicy": by(
        "repositoryName",
        {
            "good": {"lifecyclePolicyText": LIFECYCLE},
            "bad": Refused("LifecyclePolicyNotFoundException"),
            "bare": Refused("LifecyclePolicyNotFoundException"),
        },
    ),
    "ecr:GetRegistryScanningConfiguration": {"scanningConfiguration": {"scanType": "BASIC", "rules": []}},
}


def functions(client: Any) -> None:
    ec2, iam, functions = client("ec2"), client("iam"), client("lambda")
    trust = {"Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument=policy(**trust))["Role"]["Arn"]
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    group = ec2.create_security_group(GroupName="functions", Description="d", VpcId=vpc)["GroupId"]

    def create(name: str, runtime: str, **more: Any) -> None:
        functions.create_function(
            FunctionName=name, Runtime=runtime, Role=role, Handler="a.b", Code={"ZipFile": b"x"}, **more
        )

    inside = {"SubnetIds": subnets, "SecurityGroupIds": [group]}
    create("good", "python3.13", VpcConfig=inside, Environment={"Variables": {"STAGE": "test"}}, KMSKeyArn=KEY)
    create("bad", "python3.8", Environment={"Variables": {"DB_PASSWORD": "not-a-secret"}})
    create("narrow", "python3.13", VpcConfig={**inside, "SubnetIds": subnets[:1]})


def alias(function: str, name: str) -> Members:
    return {"AliasArn": f"arn:aws:lambda:{AT}:function:{function}:{name}", "Name": name, "FunctionVersion": "1"}


def version(function: str, number: str) -> Members:
    return {"FunctionArn": f"arn:aws:lambda:{AT}:function:{function}:{number}", "Version": number}


FUNCTIONS: Mapping[str, Answer] = {
    "lambda:GetPolicy": by(
        "FunctionName",
        {
            "good": {"Policy": allowing("arn:aws:iam::123456789012:root")},
            "bad": {
                "Policy": policy(
                    Effect="Allow", Principal={"AWS": "*", "Service": "s3.amazonaws.com"}, Action="*", Resource="*"
                )
            },
            "narrow": Refused("ResourceNotFoundException", 404),
            f"arn:aws:lambda:{AT}:function:good:live": {"Policy": allowing("arn:aws:iam::123456789012:root")},
            f"arn:aws:lambda:{AT}:function:good:next": Refused("ResourceNotFoundException", 404),
            f"arn:aws:lambda:{AT}:function:narrow:live": {"Policy": allowing("*")},
            f"arn:aws:lambda:{AT}:function:good:1": {"Policy": allowing("arn:aws:iam::123456789012:root")},
            f"arn:aws:lambda:{AT}:function:narrow:1": {"Policy": allowing("*")},
        },
    ),
    "lambda:ListVersionsByFunction": by(
        "FunctionName",
        {
            "good": {"Versions": [version("good", "$LATEST"), version("good", "1")]},
            "bad": {"Versions": [version("bad", "$LATEST")]},
            "narrow": {"Versions": [version("narrow", "$LATEST"), version("narrow", "1")]},
        },
    ),
    "lambda:ListAliases": by(
        "FunctionName",
        {
            "good": {"Aliases": [alias("good", "live"), alias("good", "next")]},
            "bad": {"Aliases": []},
            "narrow": {"Aliases": [alias("narrow", "live")]},
        },
    ),
    "lambda:ListFunctionUrlConfigs": by(
        "FunctionName",
        {
            "good": {
                "FunctionUrlConfigs": [
                    {
                        "FunctionUrl": "https://good.lambda-url.eu-central-1.on.aws/",
                        "FunctionArn": "arn:good",
                        "CreationTime": "2020-01-01T00:00:00Z",
                        "LastModifiedTime": "2020-01-01T00:00:00Z",
                        "AuthType": "AWS_IAM",
                        "Cors": {"AllowOrigins": ["https://www.example.com"]},
                    }
                ]
            },
            "bad": {
                "FunctionUrlConfigs": [
                    {
                        "FunctionUrl": "https://bad.lambda-url.eu-central-1.on.aws/",
                        "FunctionArn": "arn:bad",
                        "CreationTime": "2020-01-01T00:00:00Z",
                        "LastModifiedTime": "2020-01-01T00:00:00Z",
                        "AuthType": "NONE",
                        "Cors": {"AllowOrigins": ["*"]},
                    }
                ]
            },
            "narrow": {"FunctionUrlConfigs": []},
        },
    ),
}

# Containers

CLUSTERS = [f"arn:aws:ecs:{AT}:cluster/{name}" for name in ("good", "bad")]
SERVICES = [f"arn:aws:ecs:{AT}:service/{name}/web" for name in ("good", "bad")]
TASKS = [f"arn:aws:ecs:{AT}:task-definition/{name}:1" for name in ("good", "bad")]


def service(arn: str, cluster: str, assign: str, version: str) -> dict[str, Any]:
    return {
        "serviceArn": arn,
        "clusterArn": cluster,
        "status": "ACTIVE",
        "launchType": "FARGATE",
        "platformFamily": "Linux",
        "platformVersion": version,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": assign}},
    }


CONTAINERS: Mapping[str, Answer] = {
    "ecs:ListClusters": {"clusterArns": CLUSTERS},
    "ecs:DescribeClusters": those(
        "clusters",
        "clusters",
        "clusterArn",
        [
            {
                "clusterArn": CLUSTERS[0],
                "status": "ACTIVE",
                "settings": [{"name": "containerInsights", "value": "enabled"}],
            },
            {
                "clusterArn": CLUSTERS[1],
                "status": "ACTIVE",
                "settings": [{"name": "containerInsights", "value": "disabled"}],
            },
        ],
    ),
    "ecs:ListServices": by(
        "cluster", {cluster: {"serviceArns": [arn]} for cluster, arn in zip(CLUSTERS, SERVICES, strict=True)}
    ),
    "ecs:DescribeServices": those(
        "services",
        "services",
        "serviceArn",
        [
            service(SERVICES[0], CLUSTERS[0], "DISABLED", "LATEST"),
            service(SERVICES[1], CLUSTERS[1], "ENABLED", "1.3.0"),
        ],
    ),
    "ecs:ListTaskDefinitions": {"taskDefinitionArns": TASKS},
    "ecs:ListTasks": {"taskArns": [f"arn:aws:ecs:{AT}:task/one"]},
    "ecs:DescribeTasks": {"tasks": [{"taskArn": f"arn:aws:ecs:{AT}:task/one", "taskDefinitionArn": f"{TASKS[1]}9"}]},
    "ecs:DescribeTaskDefinition": by(
        "taskDefinition",
        {
            TASKS[0]: {
                "taskDefinition": {
                    "taskDefinitionArn": TASKS[0],
                    "networkMode": "awsvpc",
                    "containerDefinitions": [
                        {
                            "name": "web",
                            "privileged": False,
                            "readonlyRootFilesystem": True,
                            "environment": [{"name": "STAGE", "value": "test"}],
                            "logConfiguration": {"logDriver": "awslogs"},
                        }
                    ],
                }
            },
            f"{TASKS[1]}9": {
                "taskDefinition": {
                    "taskDefinitionArn": f"{TASKS[1]}9",
                    "status": "INACTIVE",
                    "containerDefinitions": [{"name": "web", "privileged": True}],
                }
            },
            TASKS[1]: {
                "taskDefinition": {
                    "taskDefinitionArn": TASKS[1],
                    "networkMode": "host",
                    "pidMode": "host",
                    "containerDefinitions": [
                        {
                            "name": "web",
                            "privileged": True,
                            "environment": [{"name": "DB_PASSWORD", "value": "not-a-secret"}],
                        }
                    ],
                }
            },
        },
    ),
    "eks:ListClusters": {"clusters": ["good", "bad"]},
    "eks:DescribeCluster": by(
        "name",
        {
            "good": {
                "cluster": {
                    "name": "good",
                    "status": "ACTIVE",
                    "version": "1.34",
                    "resourcesVpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True},
                    "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
                    "logging": {
                        "clusterLogging": [
                            {
                                "types": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
                                "enabled": True,
                            }
                        ]
                    },
                    "deletionProtection": True,
                }
            },
            "bad": {
                "cluster": {
                    "name": "bad",
                    "status": "ACTIVE",
                    "version": "1.24",
                    "resourcesVpcConfig": {
                        "endpointPublicAccess": True,
                        "endpointPrivateAccess": False,
                        "publicAccessCidrs": ["0.0.0.0/0"],
                    },
                    "logging": {"clusterLogging": [{"types": ["api"], "enabled": False}]},
                    "deletionProtection": False,
                }
            },
        },
    ),
    "eks:DescribeAddon": by(
        "clusterName",
        {
            "good": {"addon": {"addonName": "vpc-cni", "configurationValues": '{"enableNetworkPolicy": "true"}'}},
            "bad": {"addon": {"addonName": "vpc-cni"}},
        },
    ),
}

# Builds

REPORTS = [f"arn:aws:codebuild:{AT}:report-group/{name}" for name in ("good", "bad")]
PACKAGES = f"arn:aws:codeartifact:{AT}:repository/d/"


def project(name: str, *, good: bool) -> dict[str, Any]:
    status = "ENABLED" if good else "DISABLED"
    actor = "^123456$" if good else "123456"
    userinfo = "" if good else "user:" + "not-a-secret@"
    return {
        "name": name,
        "source": {"type": "BITBUCKET", "location": f"https://{userinfo}bitbucket.org/team/repository.git"},
        "environment": {
            "type": "LINUX_CONTAINER",
            "image": "i",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [
                {"name": "STAGE" if good else "DB_PASSWORD", "value": "not-a-secret", "type": "PLAINTEXT"}
            ],
        },
        "logsConfig": {"cloudWatchLogs": {"status": status}},
        "projectVisibility": "PRIVATE" if good else "PUBLIC_READ",
        "webhook": {"filterGroups": [[{"type": "ACTOR_ACCOUNT_ID", "pattern": actor}]]},
    }


def logging_to_bucket(name: str, *, plain: bool) -> dict[str, Any]:
    to = {"status": "ENABLED", "location": "plain-bucket/logs", "encryptionDisabled": plain}
    return {**project(name, good=True), "logsConfig": {"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": to}}


def report_group(arn: str, *, plain: bool) -> dict[str, Any]:
    to = {"bucket": "plain-bucket", "encryptionDisabled": plain}
    return {"arn": arn, "exportConfig": {"exportConfigType": "S3", "s3Destination": to}}


def own_package(upstream: str) -> Members:
    restrictions = {"publish": "ALLOW", "upstream": upstream}
    return {"packages": [{"format": "pypi", "package": "p", "originConfiguration": {"restrictions": restrictions}}]}


BUILDS: Mapping[str, Answer] = {
    "codebuild:ListProjects": {"projects": ["good", "bad", "good-logs", "bad-logs"]},
    "codebuild:BatchGetProjects": those(
        "names",
        "projects",
        "name",
        [
            project("good", good=True),
            project("bad", good=False),
            logging_to_bucket("good-logs", plain=False),
            logging_to_bucket("bad-logs", plain=True),
        ],
    ),
    "codebuild:ListReportGroups": {"reportGroups": REPORTS},
    "codebuild:BatchGetReportGroups": those(
        "reportGroupArns",
        "reportGroups",
        "arn",
        [report_group(REPORTS[0], plain=False), report_group(REPORTS[1], plain=True)],
    ),
    "codeartifact:ListRepositories": {
        "repositories": [
            {"name": name, "domainName": "clinic", "domainOwner": "123456789012", "arn": f"{PACKAGES}{name}"}
            for name in ("good", "bad")
        ]
    },
    "codeartifact:ListPackages": by("repository", {"good": own_package("BLOCK"), "bad": own_package("ALLOW")}),
    "cloudformation:DescribeStacks": {
        "Stacks": [
            {
                "StackName": name,
                "StackId": f"arn:aws:cloudformation:{AT}:stack/{name}/1",
                "CreationTime": "2020-01-01T00:00:00Z",
                "StackStatus": "CREATE_COMPLETE",
                "EnableTerminationProtection": name == "good",
                "Outputs": [{"OutputKey": key, "OutputValue": "not-a-secret"}],
            }
            for name, key in (("good", "Stage"), ("bad", "DbPassword"))
        ]
    },
}

# Machine learning

LEARNING_AT = f"arn:aws:sagemaker:{AT}:"
SUBNETS = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
THEN = "2020-01-01T00:00:00Z"


def notebook(name: str, **more: Any) -> Members:
    return {"NotebookInstanceArn": f"{LEARNING_AT}notebook-instance/{name}", "NotebookInstanceName": name, **more}


def model(name: str, **more: Any) -> Members:
    return {"ModelName": name, "ModelArn": f"{LEARNING_AT}model/{name}", "CreationTime": THEN, **more}


def job(name: str, **more: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "TrainingJobArn": f"{LEARNING_AT}training-job/{name}",
        "CreationTime": THEN,
        "TrainingJobStatus": "InProgress",
        **more,
    }


def described_job(name: str, key: str, **more: Any) -> Members:
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 10, "VolumeKmsKeyId": key}
    return job(
        name,
        SecondaryStatus="Training",
        ModelArtifacts={"S3ModelArtifacts": "s3://plain-bucket/m"},
        AlgorithmSpecification={"TrainingInputMode": "File"},
        StoppingCondition={},
        ResourceConfig=resources,
        OutputDataConfig={"KmsKeyId": key, "S3OutputPath": "s3://plain-bucket/o"},
        **more,
    )


def endpoint_config(name: str, **more: Any) -> dict[str, Any]:
    arn = f"{LEARNING_AT}endpoint-config/{name}"
    return {"EndpointConfigName": name, "EndpointConfigArn": arn, "CreationTime": THEN, **more}


def variants(count: int) -> list[dict[str, Any]]:
    return [{"VariantName": "v", "ModelName": "m", "InitialInstanceCount": count}]


LEARNING: Mapping[str, Answer] = {
    "sagemaker:ListNotebookInstances": {
        "NotebookInstances": [{**notebook(name), "NotebookInstanceStatus": "InService"} for name in ("good", "bad")]
    },
    "sagemaker:DescribeNotebookInstance": by(
        "NotebookInstanceName",
        {
            "good": notebook(
                "good", SubnetId="subnet-1", DirectInternetAccess="Disabled", RootAccess="Disabled", KmsKeyId=KEY
            ),
            "bad": notebook("bad", DirectInternetAccess="Enabled", RootAccess="Enabled"),
        },
    ),
    "sagemaker:ListModels": {"Models": [model("good"), model("bad")]},
    "sagemaker:DescribeModel": by(
        "ModelName",
        {"good": model("good", EnableNetworkIsolation=True, VpcConfig=SUBNETS), "bad": model("bad")},
    ),
    "sagemaker:ListTrainingJobs": {"TrainingJobSummaries": [job("good"), job("bad")]},
    "sagemaker:DescribeTrainingJob": by(
        "TrainingJobName",
        {
            "good": described_job(
                "good",
                KEY,
                VpcConfig={"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
                EnableNetworkIsolation=True,
                EnableInterContainerTrafficEncryption=True,
            ),
            "bad": described_job("bad", ""),
        },
    ),
    "sagemaker:ListEndpointConfigs": {"EndpointConfigs": [endpoint_config("good"), endpoint_config("bad")]},
    "sagemaker:DescribeEndpointConfig": by(
        "EndpointConfigName",
        {
            "good": endpoint_config("good", ProductionVariants=variants(2), KmsKeyId=KEY),
            "bad": endpoint_config("bad", ProductionVariants=variants(1)),
        },
    ),
    "sagemaker:ListDomains": {
        "Domains": [
            {"DomainId": name, "DomainArn": f"{LEARNING_AT}domain/{name}", "Status": "InService"}
            for name in ("good", "bad")
        ]
    },
    "sagemaker:DescribeDomain": by(
        "DomainId",
        {
            name: {"DomainId": name, "DomainArn": f"{LEARNING_AT}domain/{name}", "AuthMode": mode}
            for name, mode in (("good", "SSO"), ("bad", "IAM"))
        },
    ),
}

MODELS_AT = f"arn:aws:bedrock:{AT}:"
GUARDED: Mapping[str, Any] = {
    "contentPolicy": {"filters": [{"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"}]},
    "sensitiveInformationPolicy": {"piiEntities": [{"type": "EMAIL", "action": "ANONYMIZE"}]},
    "contextualGroundingPolicy": {"filters": [{"type": "GROUNDING", "threshold": 0.5}]},
}


def guardrail(name: str, **more: Any) -> Members:
    return {
        "name": name,
        "guardrailId": name,
        "guardrailArn": f"{MODELS_AT}guardrail/{name}",
        "version": "DRAFT",
        "status": "READY",
        "createdAt": THEN,
        "updatedAt": THEN,
        "blockedInputMessaging": "no",
        "blockedOutputsMessaging": "no",
        **more,
    }


def trained(name: str, **more: Any) -> Members:
    return {"modelArn": f"{MODELS_AT}custom-model/{name}", "modelName": name, "creationTime": THEN, **more}


def prompt(name: str, **more: Any) -> Members:
    told = {"name": name, "id": name, "arn": f"{MODELS_AT}prompt/{name}", "version": "DRAFT"}
    return {**told, "createdAt": THEN, "updatedAt": THEN, **more}


def agent(name: str, **more: Any) -> Members:
    return {"agentId": name, "agentName": name, "agentStatus": "PREPARED", "updatedAt": THEN, **more}


def data_source(name: str, **more: Any) -> Members:
    return {
        "knowledgeBaseId": "kb",
        "dataSourceId": name,
        "name": name,
        "status": "AVAILABLE",
        "updatedAt": THEN,
        **more,
    }


def described_source(name: str, **more: Any) -> Members:
    return {"dataSource": data_source(name, createdAt=THEN, dataSourceConfiguration={"type": "CUSTOM"}, **more)}


MODELS: Mapping[str, Answer] = {
    "cloudwatch:ListMetrics": {"Metrics": [{"Namespace": "AWS/Bedrock", "MetricName": "Invocations"}]},
    "bedrock:GetModelInvocationLoggingConfiguration": {},
    "bedrock:ListGuardrails": {
        "guardrails": [
            {
                "id": name,
                "arn": f"{MODELS_AT}guardrail/{name}",
                "status": "READY",
                "name": name,
                "version": "DRAFT",
                "createdAt": THEN,
                "updatedAt": THEN,
            }
            for name in ("good", "bad")
        ]
    },
    "bedrock:GetGuardrail": by("guardrailIdentifier", {"good": guardrail("good", **GUARDED), "bad": guardrail("bad")}),
    "bedrock:ListCustomModels": {
        "modelSummaries": [
            trained(name, baseModelArn=f"{MODELS_AT}foundation-model/b", baseModelName="b") for name in ("good", "bad")
        ]
    },
    "bedrock:GetCustomModel": by(
        "modelIdentifier",
        {
            f"{MODELS_AT}custom-model/{name}": trained(
                name, trainingDataConfig={}, outputDataConfig={"s3Uri": "s3://plain-bucket/o"}, **more
            )
            for name, more in (("good", {"modelKmsKeyArn": KEY}), ("bad", {}))
        },
    ),
    "bedrock-agent:ListAgents": {
        "agentSummaries": [
            agent("good", guardrailConfiguration={"guardrailIdentifier": "good", "guardrailVersion": "1"}),
            agent("bad"),
        ]
    },
    "bedrock-agent:ListPrompts": {"promptSummaries": [prompt("good"), prompt("bad")]},
    "bedrock-agent:GetPrompt": by(
        "promptIdentifier", {"good": prompt("good", customerEncryptionKeyArn=KEY), "bad": prompt("bad")}
    ),
    "bedrock-agent:ListKnowledgeBases": {
        "knowledgeBaseSummaries": [{"knowledgeBaseId": "kb", "name": "kb", "status": "ACTIVE", "updatedAt": THEN}]
    },
    "bedrock-agent:ListDataSources": {"dataSourceSummaries": [data_source("good"), data_source("bad")]},
    "bedrock-agent:GetDataSource": by(
        "dataSourceId",
        {
            "good": described_source("good", serverSideEncryptionConfiguration={"kmsKeyArn": KEY}),
            "bad": described_source("bad"),
        },
    ),
}

# Interfaces

GOOD_STAGE: Mapping[str, Any] = {
    "stageName": "live",
    "cacheClusterEnabled": True,
    "methodSettings": {"*/*": {"loggingLevel": "ERROR", "cachingEnabled": True, "cacheDataEncrypted": True}},
    "clientCertificateId": "c1",
    "tracingEnabled": True,
    "webAclArn": "arn:aws:wafv2:x",
}
BAD_STAGE: Mapping[str, Any] = {
    "stageName": "live",
    "cacheClusterEnabled": True,
    "methodSettings": {"*/*": {"loggingLevel": "OFF", "cachingEnabled": True, "cacheDataEncrypted": False}},
    "variables": {"dbPassword": "not-a-secret"},
}


WITHIN_JSON = json.dumps(allowing("*"))[1:-1]
"""A policy as API Gateway sends it: the text of a JSON text."""


def methods(authorization: str) -> Members:
    method = {"httpMethod": "GET", "authorizationType": authorization}
    return {"items": [{"id": "r", "path": "/", "resourceMethods": {"GET": method}}]}


INTERFACES: Mapping[str, Answer] = {
    "apigateway:GetRestApis": {
        "items": [
            {"id": "good", "name": "good", "endpointConfiguration": {"types": ["REGIONAL"]}},
            {"id": "bad", "name": "bad", "endpointConfiguration": {"types": ["EDGE"]}, "policy": WITHIN_JSON},
            {"id": "inner", "name": "inner", "endpointConfiguration": {"types": ["PRIVATE"]}},
        ]
    },
    "apigateway:GetStages": by(
        "restApiId", {"good": {"item": [GOOD_STAGE]}, "bad": {"item": [BAD_STAGE]}, "inner": {"item": []}}
    ),
    "apigateway:GetResources": by(
        "restApiId", {"good": methods("AWS_IAM"), "bad": methods("NONE"), "inner": methods("NONE")}
    ),
    "apigateway:GetDomainNames": {
        "items": [
            {"domainName": "good.example", "securityPolicy": "SecurityPolicy_TLS13_1_2_PQ_2025_09"},
            {"domainName": "bad.example", "securityPolicy": "TLS_1_0"},
        ]
    },
    "apigatewayv2:GetApis": {
        "Items": [
            {
                "ApiId": name,
                "Name": name,
                "ProtocolType": "HTTP",
                "RouteSelectionExpression": "$request.method $request.path",
            }
            for name in ("good", "bad")
        ]
    },
    "apigatewayv2:GetStages": by(
        "ApiId",
        {
            "good": {"Items": [{"StageName": "$default", "AccessLogSettings": {"DestinationArn": "arn:g"}}]},
            "bad": {"Items": [{"StageName": "$default"}]},
        },
    ),
    "apigatewayv2:GetRoutes": by(
        "ApiId",
        {
            name: {"Items": [{"RouteKey": "GET /", "AuthorizationType": authorization}]}
            for name, authorization in (("good", "JWT"), ("bad", "NONE"))
        },
    ),
    "appsync:ListGraphqlApis": {
        "graphqlApis": [
            {
                "apiId": name,
                "name": name,
                "arn": f"arn:aws:appsync:{AT}:apis/{name}",
                "authenticationType": authentication,
                "logConfig": {"fieldLogLevel": level, "cloudWatchLogsRoleArn": "arn:r"},
            }
            for name, authentication, level in (("good", "AWS_IAM", "ERROR"), ("bad", "API_KEY", "NONE"))
        ]
    },
}


def state_machine(name: str, **more: Any) -> Members:
    arn = f"arn:aws:states:{AT}:stateMachine:{name}"
    return {"stateMachineArn": arn, "name": name, "type": "STANDARD", "creationDate": THEN, **more}


def described_machine(name: str, level: str, key: str) -> Members:
    group = {"cloudWatchLogsLogGroup": {"logGroupArn": "arn:g"}}
    return state_machine(
        name,
        definition="{}",
        roleArn="arn:r",
        status="ACTIVE",
        loggingConfiguration={"level": level, "destinations": [group]},
        encryptionConfiguration={"type": key},
    )


def option(space: str, name: str, value: str) -> dict[str, str]:
    return {"Namespace": f"aws:elasticbeanstalk:{space}", "OptionName": name, "Value": value}


def environment(*, good: bool) -> Members:
    return {
        "ConfigurationSettings": [
            {
                "OptionSettings": [
                    option("cloudwatch:logs", "StreamLogs", str(good).lower()),
                    option("healthreporting:system", "SystemType", "enhanced" if good else "basic"),
                    option("managedactions", "ManagedActionsEnabled", str(good).lower()),
                    option("managedactions:platformupdate", "UpdateLevel", "minor"),
                    option("application:environment", "STAGE" if good else "DB_PASSWORD", "not-a-secret"),
                ]
            }
        ]
    }


PLATFORMS: Mapping[str, Answer] = {
    "stepfunctions:ListStateMachines": {"stateMachines": [state_machine("good"), state_machine("bad")]},
    "stepfunctions:DescribeStateMachine": by(
        "stateMachineArn",
        {
            f"arn:aws:states:{AT}:stateMachine:good": described_machine("good", "ERROR", "CUSTOMER_MANAGED_KMS_KEY"),
            f"arn:aws:states:{AT}:stateMachine:bad": described_machine("bad", "OFF", "AWS_OWNED_KEY"),
        },
    ),
    "elasticbeanstalk:DescribeEnvironments": {
        "Environments": [
            {
                "EnvironmentName": f"{name}-environment",
                "EnvironmentId": f"e-{name}",
                "ApplicationName": "clinic",
                "EnvironmentArn": f"arn:aws:elasticbeanstalk:{AT}:environment/clinic/{name}",
                "Status": "Ready",
            }
            for name in ("good", "bad")
        ]
    },
    "elasticbeanstalk:DescribeConfigurationSettings": by(
        "EnvironmentName",
        {"good-environment": environment(good=True), "bad-environment": environment(good=False)},
    ),
}

JOBS: Mapping[str, Answer] = {
    "batch:DescribeJobDefinitions": {
        "jobDefinitions": [
            {
                "jobDefinitionName": name,
                "jobDefinitionArn": f"arn:aws:batch:{AT}:job-definition/{name}:1",
                "revision": 1,
                "type": "container",
                "containerProperties": {"environment": [{"name": variable, "value": "not-a-secret"}]},
            }
            for name, variable in (("good", "STAGE"), ("bad", "DB_PASSWORD"))
        ]
    },
    "amplify:ListApps": {
        "apps": [
            {
                "appId": name,
                "appArn": f"arn:aws:amplify:{AT}:apps/{name}",
                "name": name,
                "description": "d",
                "repository": "https://example.com/team/repository",
                "platform": "WEB",
                "createTime": THEN,
                "updateTime": THEN,
                "environmentVariables": {variable: "not-a-secret"},
                "defaultDomain": "example.com",
                "enableBranchAutoBuild": False,
                "enableBasicAuth": False,
            }
            for name, variable in (("good", "STAGE"), ("bad", "DB_PASSWORD"))
        ]
    },
    "iam:ListServiceSpecificCredentials": {
        "ServiceSpecificCredentials": [
            {
                "UserName": "anna",
                "Status": "Active",
                "CreateDate": THEN,
                "ServiceSpecificCredentialId": "ACCAEXAMPLE123EXAMPLE",
                "ServiceName": "bedrock.amazonaws.com",
            }
        ]
    },
}

ANSWERS: Mapping[str, Answer] = {
    **JOBS,
    **IMAGES,
    **FUNCTIONS,
    **CONTAINERS,
    **BUILDS,
    **LEARNING,
    **MODELS,
    **INTERFACES,
    **PLATFORMS,
}


def seed(client: Any) -> None:
    """Make the resources; ``client`` makes a client of a service."""
    functions(client)
