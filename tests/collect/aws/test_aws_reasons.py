"""What a failed call means: a denial is one, unless its own words say that the service is off."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from grc.collect.aws.reasons import OFF, code_of, reason_of
from grc.model.evidence import GapReason

DENIED = "User: arn:aws:iam::123456789012:user/a is not authorized to perform: macie2:GetMacieSession"


def failed(code: str, message: str) -> ClientError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    return ClientError(answer, "GetMacieSession")  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "message"), sorted(OFF))
@pytest.mark.parametrize("end", ["", "."])
def test_a_service_that_is_off_says_so(code: str, message: str, end: str) -> None:
    assert code_of(failed(code, message + end)) == OFF[code, message]


@pytest.mark.parametrize("message", ["", DENIED, "Macie is not enabled for you", "macie is not enabled"])
def test_any_other_denial_is_a_denial(message: str) -> None:
    error = failed("AccessDeniedException", message)
    assert code_of(error) == "AccessDeniedException"
    assert reason_of(error) is GapReason.ACCESS_DENIED


def test_the_words_alone_are_not_enough() -> None:
    assert code_of(failed("ThrottlingException", "Macie is not enabled")) == "ThrottlingException"
