"""The options of an Elastic Beanstalk environment that checks read, picked from a list that also holds secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from grc.collect.policies.analysis import Analysis, Value
from grc.collect.policies.statements import UnreadableError

OPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "HealthReporting": ("aws:elasticbeanstalk:healthreporting:system", "SystemType"),
    "ManagedActions": ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled"),
    "RetentionDays": ("aws:elasticbeanstalk:cloudwatch:logs", "RetentionInDays"),
    "StreamLogs": ("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs"),
    "UpdateLevel": ("aws:elasticbeanstalk:managedactions:platformupdate", "UpdateLevel"),
}
"""The field, and the namespace and name of the option behind it."""


def options(sources: Sequence[Any], account: str) -> Value:
    """The value of each option that is set.

    Source: elasticbeanstalk:DescribeConfigurationSettings.

    Raises:
        UnreadableError: the settings are not a list of options.
    """
    settings = list(_flat(sources[0]))
    if not settings or not all(isinstance(setting, dict) for setting in settings):
        raise UnreadableError("the settings are not a list of options")
    found = {(setting.get("Namespace"), setting.get("OptionName")): setting.get("Value") for setting in settings}
    return {field: found[key] for field, key in OPTIONS.items() if isinstance(found.get(key), str)}


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _flat(element)
    else:
        yield value


ANALYSIS: Final = Analysis(
    takes=("settings",),
    schema={
        "title": "Options of an environment",
        "type": "object",
        "properties": {
            field: {"title": f"{name} of {namespace}", "type": "string"} for field, (namespace, name) in OPTIONS.items()
        },
    },
    compute=options,
)
