"""A deterministic report input of any size, hostile names included. It lays out; it does not follow the laws of the
roll-up, which the report must not care about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import chain
from random import Random

from grc import catalogue, kinds
from grc.model.assessment import (
    Applicability,
    Assessment,
    CheckResult,
    ControlResult,
    Effective,
    Finding,
    FrameworkSummary,
    MappedResult,
    Observation,
    PartResult,
    PopulationResult,
    Read,
    Scope,
    SetSummary,
    Waiver,
)
from grc.model.catalogue import (
    Catalogue,
    Check,
    Control,
    CountedSet,
    Mapped,
    Method,
    Parameter,
    ParameterType,
    Part,
    Policy,
    Position,
    Relation,
    Remedy,
    Requirement,
    RequirementKind,
    Severity,
)
from grc.model.evidence import Coverage, Fact, Gap, GapReason, Origin, Population, Unit
from grc.model.identifiers import (
    CheckId,
    ControlId,
    FrameworkId,
    KindName,
    PartId,
    Place,
    RequirementId,
    SubjectId,
)
from grc.model.status import Status, Verdict
from grc.model.workspace import Organisation, Period
from grc.report import Earlier, EvidenceItem, Exclusion, ReportInput, SourceUsed
from grc.run.views import given_in, views

AS_OF = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
HERE = Position(path="sample.yaml", line=1, column=1)
ACCOUNT = "123456789012"
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></textarea><svg onload=alert(1)>",
    "=cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd",
    "name\u202egnp.exe",
    "nul\x00bel\x07esc\x1b[31mred",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt;&#x3c;",
    "half\ud800pair",
    "very-long-" + "x" * 1500,
    "line\nbreak\u2028two",
)
KINDS = (
    ("aws.s3.bucket", "arn:aws:s3:::", "encryption.Rules.ApplyServerSideEncryptionByDefault.SSEAlgorithm"),
    ("aws.ec2.volume", "arn:aws:ec2:{region}:{account}:volume/", "Encrypted"),
    ("aws.ec2.security-group", "arn:aws:ec2:{region}:{account}:security-group/", "IpPermissions.IpRanges.CidrIp"),
    ("aws.iam.user", "arn:aws:iam::{account}:user/", "access_keys.LastUsed"),
    ("aws.rds.instance", "arn:aws:rds:{region}:{account}:db:", "StorageEncrypted"),
    ("aws.kms.key", "arn:aws:kms:{region}:{account}:key/", "rotation.KeyRotationEnabled"),
    ("aws.cloudtrail.trail", "arn:aws:cloudtrail:{region}:{account}:trail/", "status.IsLogging"),
    ("register.people", "", "end_on"),
)
GLOBAL = {"aws.account", "aws.s3.bucket", "aws.iam.user", "register.people"}
METHODS = (Method.TECHNICAL, Method.DOCUMENT, Method.RECORD, Method.INTERVIEW)


@dataclass(frozen=True)
class Plan:
    """How large a framework of the sample is: sets of (id, title, groups of (group, codes))."""

    id: str
    title: str
    edition: str
    sets: tuple[tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]], ...]


def plans() -> tuple[Plan, ...]:
    """The four frameworks by their publishers' numbers of rows."""
    annex = tuple(
        (theme, tuple(f"A.{number}.{row}" for row in range(1, size + 1)))
        for number, theme, size in (
            (5, "Organizational controls", 37),
            (6, "People controls", 8),
            (7, "Physical controls", 14),
            (8, "Technological controls", 34),
        )
    )
    clauses = tuple(
        (f"Clause {clause}", tuple(f"{clause}.{row}" for row in range(1, size + 1)))
        for clause, size in ((4, 4), (5, 3), (6, 5), (7, 7), (8, 3), (9, 6), (10, 2))
    )
    domains = (("EDM", 15), ("APO", 84), ("BAI", 63), ("DSS", 33), ("MEA", 36))
    practices = tuple(
        (domain, tuple(f"{domain}{1 + row // 6:02}.{1 + row % 6:02}" for row in range(size)))
        for domain, size in domains
    )
    rules = (("Administrative safeguards", 308, 60), ("Technical safeguards", 312, 41), ("Breach", 404, 60))
    hipaa = tuple(
        (group, tuple(f"164.{section}({chr(97 + row % 20)})({1 + row // 20})(iv)" for row in range(size)))
        for group, section, size in rules
    )
    articles = tuple(
        (f"Chapter {chapter}", tuple(f"Art.{chapter * 100 + row // 5}({1 + row % 5})(a)" for row in range(size)))
        for chapter, size in ((2, 75), (3, 100), (4, 140), (5, 60))
    )
    return (
        Plan("cobit", "COBIT", "2019", (("practices", "Practices", practices),)),
        Plan("gdpr", "GDPR", "Regulation (EU) 2016/679", (("duties", "Duties", articles),)),
        Plan("hipaa", "HIPAA", "45 CFR Part 164", (("duties", "Duties", hipaa),)),
        Plan(
            "iso27001",
            "ISO/IEC 27001",
            "2022",
            (("annex-a", "Annex A controls", annex), ("clauses", "Clauses 4 to 10", clauses)),
        ),
    )


def sample(
    *,
    subjects: int = 10_000,
    checks: int = 50,
    bad: float = 0.25,
    hostile: bool = True,
    unlike: bool = False,
    frameworks: Sequence[str] = ("cobit", "gdpr", "hipaa", "iso27001"),
    policy: Policy | None = None,
) -> ReportInput:
    """A report input with about so many observations of which the share ``bad`` is not a pass.

    ``unlike`` gives each failing subject a value of its own. With a ``policy``, its catalogues, controls and checks
    are reported, all of them, instead of made-up ones.
    """
    return _Maker(Random(7), subjects, checks, bad, hostile, unlike, tuple(frameworks), policy).make()


def shipped_sample(subjects: int = 10_000) -> ReportInput:
    """So many observations over all that the project ships, with the tables that its frameworks are known by."""
    report = sample(policy=shipped_policy(), subjects=subjects)
    assessment = report.assessment
    effective = Effective(as_of=AS_OF, scope=assessment.scope, parameters={}, org={}, max_age_days={})
    given = given_in(report.policy, effective, assessment)
    return replace(report, views=views(given, assessment.scope.frameworks))


def with_every(report: ReportInput, runs: int = 3) -> ReportInput:
    """The report with its passing observations, with what tests its parts, and with so many runs in all."""
    assessment = report.assessment
    return replace(
        report,
        every=lambda: chain(report.observations(), _passes(assessment.checks, report.policy)),
        coverage={
            name: {"technical": 90, "register": 60, "attestation": 5, "nothing": 145}
            for name in report.policy.catalogues
        },
        earlier=tuple(_earlier(report, runs - 1 - run) for run in range(runs - 1)),
    )


def _passes(results: Sequence[CheckResult], policy: Policy) -> Iterator[Observation]:
    for result in results:
        kind = policy.checks[result.check].kind
        _, prefix, _ = _kind(kind)
        for found in result.populations:
            region = found.place.split("/")[-1]
            for number in range(found.passed):
                digest = sha256(f"{result.check} {found.place} {number}".encode()).hexdigest()
                yield Observation(
                    check=result.check,
                    kind=kind,
                    subject=SubjectId(f"{prefix.format(region=region, account=ACCOUNT)}fine-{digest[:10]}"),
                    place=found.place,
                    origin=found.origin,
                    digest=f"sha256:{digest}",
                    verdict=Verdict.PASS,
                )


def _earlier(report: ReportInput, months: int) -> Earlier:
    """An earlier run in which every ninth requirement and check stood otherwise."""
    now = report.assessment
    findings = tuple(
        replace(finding, engine_status=Status.SATISFIED if finding.parts else Status.UNKNOWN)
        if place % 9 == 0
        else finding
        for place, finding in enumerate(now.findings)
    )
    checks = tuple(
        replace(result, status=Status.SATISFIED, failed=0) if place % 9 == 0 else result
        for place, result in enumerate(now.checks)
    )
    frameworks = tuple(
        replace(
            summary,
            sets=tuple(
                replace(held, floor=max((held.floor or 0.0) - months / 100, 0.0), ceiling=1.0) for held in summary.sets
            ),
        )
        for summary in now.frameworks
    )
    assessment = replace(
        now, as_of=AS_OF - timedelta(days=30 * months), findings=findings, checks=checks, frameworks=frameworks
    )
    return Earlier(judged_alike=True, pack=f"sha256:{months:064x}", assessment=assessment)


def shipped_policy() -> Policy:
    """The catalogues, controls and checks that the project ships."""
    return catalogue.load([catalogue.shipped()], kinds.load())


def _kind(name: str) -> tuple[str, str, str]:
    """A kind, how the ids of its subjects begin, and a path that its records have."""
    source, _, rest = name.partition(".")
    service, _, noun = rest.partition(".")
    return name, f"arn:aws:{service}:{{region}}:{{account}}:{noun or service}/" if source == "aws" else "", "status"


class _Maker:
    def __init__(
        self,
        random: Random,
        subjects: int,
        checks: int,
        bad: float,
        hostile: bool,
        unlike: bool,
        frameworks: Sequence[str],
        policy: Policy | None,
    ) -> None:
        self.random, self.bad, self.hostile, self.unlike = random, bad, hostile, unlike
        self.policy = policy or self.made_up([plan for plan in plans() if plan.id in frameworks], checks)
        self.checks = dict(self.policy.checks)
        self.each, self.over = divmod(max(subjects, len(self.checks)), len(self.checks))
        self.numbers = {check: number for number, check in enumerate(self.checks)}
        self.kinds = KINDS if policy is None else tuple(map(_kind, sorted({it.kind for it in self.checks.values()})))
        self.claims: dict[tuple[RequirementId, PartId], list[Mapped]] = defaultdict(list)
        for claim in (claim for control in self.policy.controls.values() for claim in control.maps):
            self.claims[claim.requirement, claim.part].append(claim)
        self.observations: list[Observation] = []

    def made_up(self, frameworks: Sequence[Plan], checks: int) -> Policy:
        catalogues = {FrameworkId(plan.id): self.catalogue(plan) for plan in frameworks}
        rows = [row for held in catalogues.values() for row in held.requirements]
        self.checks = {check.id: check for check in map(self.check, range(checks))}
        return Policy(catalogues=catalogues, controls=self.controls(rows), checks=self.checks)

    def make(self) -> ReportInput:
        catalogues, controls = self.policy.catalogues, self.policy.controls
        rows = [row for held in catalogues.values() for row in held.requirements]
        results = {check.id: self.result(check) for check in self.checks.values()}
        concluded = {control.id: self.conclude(control, results) for control in controls.values()}
        findings = tuple(self.finding(row, concluded, results) for row in rows if row.kind.value != "content")
        summaries = tuple(self.summary(held, findings) for held in catalogues.values())
        observations = tuple(self.observations)
        return ReportInput(
            assessment=Assessment(
                as_of=AS_OF,
                scope=Scope(
                    frameworks=tuple(catalogues),
                    providers=frozenset({"aws", "register"}),
                    checks=frozenset(self.checks),
                ),
                evidence_digest="sha256:" + "ab" * 32,
                policy_digest="sha256:" + "cd" * 32,
                frameworks=summaries,
                findings=findings,
                controls=tuple(concluded.values()),
                checks=tuple(results.values()),
                waivers=self.waivers(),
            ),
            policy=self.policy,
            evidence=tuple(self.evidence()),
            observations=lambda: iter(observations),
            pack="sha256:" + "ef" * 32,
            engine_version="0.1.0",
            generated_at=AS_OF,
            sources=(SourceUsed(name="aws", version="1.40.0"), SourceUsed(name="registers", version="0.1.0")),
            organisation=Organisation(name="Example Clinic", timezone="Europe/Berlin", contacts={}),
            period=Period(first=date(2026, 1, 1), last=date(2026, 12, 31)),
            exclusions=(Exclusion(what="aws/999999999999", reason="A sandbox without data of any class."),),
            expected=(Place(f"aws/{ACCOUNT}/ap-south-1"),),
            redactions=("access key ids: pseudonym", "user data: dropped"),
            kind_titles={KindName("aws.s3.bucket"): "S3 bucket"},
        )

    def catalogue(self, plan: Plan) -> Catalogue:
        rows: list[Requirement] = []
        for set_id, _, groups in plan.sets:
            for group, codes in groups:
                rows.extend(
                    self.row(plan, set_id, group, code, len(rows) + number) for number, code in enumerate(codes)
                )
        return Catalogue(
            id=FrameworkId(plan.id),
            title=plan.title,
            publisher="The publisher",
            edition=plan.edition,
            licence="Ids and short titles only.",
            sources=("https://example.org/source",),
            counted_sets=tuple(
                CountedSet(id=set_id, title=title, count=sum(len(codes) for _, codes in groups), rule="Every row.")
                for set_id, title, groups in plan.sets
            ),
            requirements=tuple(rows),
        )

    def row(self, plan: Plan, set_id: str, group: str, code: str, number: int) -> Requirement:
        parts = None if number % 5 else self.parts(number)
        title = HOSTILE[number % len(HOSTILE)][:80] if self.hostile and number % 31 == 0 else f"A duty named by {code}"
        return Requirement(
            id=RequirementId(f"{plan.id}:{code}"),
            framework=FrameworkId(plan.id),
            code=code,
            title=title.replace("\ud800", ""),
            kind=RequirementKind.ASSESSABLE,
            parent=None,
            group=group,
            counted_in=set_id,
            parts=parts,
            designation="addressable" if plan.id == "hipaa" and number % 2 else None,
            attributes={},
            position=HERE,
        )

    def parts(self, number: int) -> tuple[Part, ...]:
        names = ("rules", "at-rest", "in-transit", "reviews")[: 1 + number % 4]
        return tuple(
            Part(
                id=PartId(name),
                method=METHODS[(number + place) % 4],
                show=f"It is shown that {name} hold for every store that is in scope, and who answers for them.",
            )
            for place, name in enumerate(names)
        )

    def check(self, number: int) -> Check:
        kind, _, path = KINDS[number % len(KINDS)]
        name = f"{kind}.rule-{number:02}"
        return Check(
            id=CheckId(name),
            title=f"Every {kind.rpartition('.')[2]} meets rule {number}",
            severity=list(Severity)[number % 4],
            kind=KindName(kind),
            parameters=(Parameter(name="allowed", type=ParameterType.LIST, value=("AES256", "aws:kms")),),
            relate=(),
            when="resource.State == 'in-use'" if number % 3 == 0 else None,
            assertion=f"resource.?{path}.orValue('') in params.allowed",
            fail="{subject.id} has {resource." + path + "}",
            remedy=Remedy(
                text="Set the value in the template that makes the resource, and apply it again.",
                cli=f"aws example put --name NAME --value AES256  # rule {number}",
                terraform='resource "aws_example" "this" {\n  value = "AES256"\n}',
            ),
            sources=("https://docs.aws.amazon.com/example", "Internal standard 7"),
            equivalents={},
            absent_passes={},
            examples=(),
            position=HERE,
        )

    def controls(self, rows: Sequence[Requirement]) -> dict[ControlId, Control]:
        names = list(self.checks)
        open_rows = [row for row in rows if row.parts]
        controls = {}
        for number in range(25):
            control = ControlId(f"control-{number:02}")
            picked = [open_rows[(number * 7 + step * 11) % len(open_rows)] for step in range(10)]
            maps = tuple(
                Mapped(
                    control=control,
                    requirement=row.id,
                    part=part.id,
                    relation=Relation.MEETS if step % 3 else Relation.SUPPORTS,
                    covers="Buckets, volumes and databases in every region in use.",
                    rationale="The part names these stores, and the checks read each one.",
                    position=HERE,
                )
                for step, row in enumerate({row.id: row for row in picked}.values())
                for part in (row.parts or ())[number % 2 :: 2]
            )
            controls[control] = Control(
                id=control,
                title=f"What the organisation does, number {number}",
                statement="Stored data is encrypted with an approved algorithm, and new stores are from the start.",
                owner="cloud platform owner",
                theme=("cryptography", "access", "logging", "network", "people")[number % 5],
                frequency="continuous",
                maps=maps,
                deciding=tuple(names[(number * 2 + step) % len(names)] for step in range(min(2, len(names)))),
                advisory=(names[(number * 2 + 5) % len(names)],),
                position=HERE,
            )
        return controls

    def result(self, check: Check) -> CheckResult:
        number = self.numbers[check.id]
        fates = (Status.NOT_SATISFIED, Status.SATISFIED, Status.SATISFIED, Status.UNKNOWN, Status.SATISFIED)
        status = fates[number % len(fates)]
        places = self.places(check.kind)
        each, over = divmod(self.each + (number < self.over), len(places))
        populations = tuple(
            self.population_result(check, place, status, max(each + (at < over), 1)) for at, place in enumerate(places)
        )
        total = {
            name: sum(getattr(it, name) for it in populations) for name in ("passed", "failed", "unknown", "waived")
        }
        ahead = (self.ahead(check),) if number % 10 == 0 else ()
        return CheckResult(
            check=check.id,
            severity=check.severity,
            status=status if status is not Status.NOT_SATISFIED or total["failed"] else Status.SATISFIED,
            reason="Some subjects fail." if total["failed"] else "Every subject was seen.",
            in_scope=True,
            ran=True,
            subjects=sum(it.subjects for it in populations),
            not_applicable=0,
            populations=populations,
            ahead=ahead,
            ahead_status=Status.NOT_SATISFIED if ahead else None,
            parameters={"allowed": ("AES256", "aws:kms")},
            **total,
        )

    def places(self, kind: str) -> tuple[Place, ...]:
        if not kind.startswith("aws"):
            return (Place(f"register/{kind.partition('.')[2]}"),)
        if kind in GLOBAL:
            return (Place(f"aws/{ACCOUNT}"),)
        return tuple(Place(f"aws/{ACCOUNT}/{region}") for region in REGIONS)

    def population_result(self, check: Check, place: Place, status: Status, size: int) -> PopulationResult:
        bad = round(size * min(self.bad * 2.5, 1.0)) if status in {Status.NOT_SATISFIED, Status.UNKNOWN} else 0
        verdict = Verdict.UNKNOWN if status is Status.UNKNOWN else Verdict.FAIL
        seen = [self.observe(check, place, verdict, number) for number in range(bad)]
        self.observations.extend(seen)
        waived = sum(it.waiver is not None for it in seen)
        failed = bad - waived if verdict is Verdict.FAIL else 0
        hole = () if status is not Status.UNKNOWN or place.endswith("west-1") else (self.gap(check),)
        return PopulationResult(
            place=place,
            origin=Origin.REGISTER if place.startswith("register") else Origin.LIVE,
            subjects=size,
            passed=size - bad,
            failed=failed,
            unknown=bad if verdict is Verdict.UNKNOWN else 0,
            not_applicable=0,
            waived=waived,
            complete=not hole,
            oldest=AS_OF - timedelta(hours=3),
            gaps=hole,
        )

    def gap(self, check: Check) -> Gap:
        operation = check.kind.split(".")[1]
        return Gap(
            path="encryption",
            reason=GapReason.ACCESS_DENIED,
            call=f"{operation}:GetEncryption",
            permission=f"{operation}:GetEncryptionConfiguration",
            detail="The caller is not authorised to perform this operation.",
        )

    def observe(self, check: Check, place: Place, verdict: Verdict, number: int) -> Observation:
        _, prefix, path = next(entry for entry in self.kinds if entry[0] == check.kind)
        region = place.split("/")[-1]
        if self.hostile and number % 7 == 0:
            name = HOSTILE[number // 7 % len(HOSTILE)].replace("\ud800", "") + str(number)
        else:
            name = f"{self.random.choice(('prod', 'test', 'data'))}-{self.random.getrandbits(40):010x}"
        subject = prefix.format(region=region, account=ACCOUNT) + name
        value = f"value-{self.random.getrandbits(32):x}" if self.unlike else self.random.choice(("none", "false", None))
        failing = verdict is Verdict.FAIL
        return Observation(
            check=check.id,
            kind=check.kind,
            subject=SubjectId(subject),
            place=place,
            origin=Origin.REGISTER if place.startswith("register") else Origin.LIVE,
            digest=f"sha256:{self.random.getrandbits(256):064x}",
            verdict=verdict,
            message=f"{name} has {value or '(not set)'}" if failing else None,
            reason=None if failing else "encryption could not be read",
            deciding=check.assertion,
            reads=(Read(path=path, value=value),),
            gaps=() if failing else (self.gap(check),),
            waiver="W-1" if failing and number == 3 else None,
        )

    def ahead(self, check: Check) -> PopulationResult:
        for number in range(3):
            seen = self.observe(check, Place("file/infra"), Verdict.FAIL, number + 1)
            self.observations.append(
                Observation(
                    check=check.id,
                    kind=check.kind,
                    subject=SubjectId(f"aws_thing.planned_{number}"),
                    place=Place("file/infra"),
                    origin=Origin.PLAN,
                    digest=seen.digest,
                    verdict=Verdict.FAIL,
                    message=f"aws_thing.planned_{number} has none",
                    reads=seen.reads,
                )
            )
        return PopulationResult(
            place=Place("file/infra"),
            origin=Origin.PLAN,
            subjects=4,
            passed=1,
            failed=3,
            unknown=0,
            not_applicable=0,
            waived=0,
            complete=True,
            oldest=AS_OF,
            gaps=(),
        )

    def conclude(self, control: Control, results: Mapping[CheckId, CheckResult]) -> ControlResult:
        worst = self.worst([results[check].status for check in control.deciding])
        return ControlResult(
            control=control.id,
            status=worst,
            reason="The worst of its deciding checks.",
            deciding=control.deciding,
            advisory=control.advisory,
            out_of_scope=(),
        )

    def worst(self, statuses: Sequence[Status]) -> Status:
        order = (Status.NOT_SATISFIED, Status.UNKNOWN, Status.SATISFIED)
        return next((status for status in order if status in statuses), Status.NOT_ASSESSED)

    def finding(
        self,
        row: Requirement,
        concluded: Mapping[ControlId, ControlResult],
        results: Mapping[CheckId, CheckResult],
    ) -> Finding:
        parts = tuple(self.part(row, part, concluded, results) for part in row.parts or ())
        statuses = [part.status for part in parts]
        number = int(row.code.encode().hex(), 16) % 40
        scoped_out = number == 7 and not parts
        status = Status.NOT_APPLICABLE if scoped_out else self.requirement_status(statuses)
        return Finding(
            requirement=row.id,
            engine_status=status,
            reason="" if parts or scoped_out else "The parts are not written down yet.",
            assessor_conclusion=None,
            counted_in=row.counted_in,
            parts=parts,
            applicability=Applicability(
                requirement=row.id,
                applicable=False,
                reason="No such premises.",
                approved_by="A. Person",
                approved_on=date(2026, 2, 1),
            )
            if scoped_out
            else None,
        )

    def requirement_status(self, statuses: Sequence[Status]) -> Status:
        good = {Status.SATISFIED, Status.PARTIAL} & set(statuses)
        if Status.NOT_SATISFIED in statuses:
            return Status.PARTIAL if good else Status.NOT_SATISFIED
        for status in (Status.UNKNOWN, Status.NOT_ASSESSED):
            if status in statuses:
                return status
        return Status.SATISFIED if statuses else Status.NOT_ASSESSED

    def part(
        self,
        row: Requirement,
        part: Part,
        concluded: Mapping[ControlId, ControlResult],
        results: Mapping[CheckId, CheckResult],
    ) -> PartResult:
        mapped = tuple(self.mapped(claim, concluded, results) for claim in self.claims[row.id, part.id])
        return PartResult(
            part=part.id,
            method=part.method,
            status=self.requirement_status([it.status for it in mapped]),
            reason="As its controls." if mapped else "No control meets this part.",
            controls=mapped,
        )

    def mapped(
        self, claim: Mapped, concluded: Mapping[ControlId, ControlResult], results: Mapping[CheckId, CheckResult]
    ) -> MappedResult:
        """What a claim contributes: the status of those of its control's checks that answer it."""
        answering = claim.answered_by(concluded[claim.control].deciding)
        return MappedResult(
            control=claim.control,
            relation=claim.relation,
            covers=claim.covers,
            rationale=claim.rationale,
            status=self.worst([results[check].status for check in answering]),
            checks=answering,
        )

    def summary(self, catalogue: Catalogue, findings: Sequence[Finding]) -> FrameworkSummary:
        found = {finding.requirement: finding.engine_status for finding in findings}
        sets = []
        for counted in catalogue.counted_sets:
            statuses = [found[row.id] for row in catalogue.requirements if row.counted_in == counted.id]
            counts = {status: statuses.count(status) for status in Status}
            applicable = len(statuses) - counts[Status.NOT_APPLICABLE]
            sound = counts[Status.SATISFIED] + counts[Status.INHERITED]
            left = counts[Status.UNKNOWN] + counts[Status.STALE] + counts[Status.NOT_ASSESSED]
            sets.append(
                SetSummary(
                    id=counted.id,
                    title=counted.title,
                    total=len(statuses),
                    counts=counts,
                    applicable=applicable,
                    floor=sound / applicable if applicable else None,
                    ceiling=(sound + left) / applicable if applicable else None,
                    assessed=(applicable - left) / applicable if applicable else None,
                )
            )
        return FrameworkSummary(framework=catalogue.id, sets=tuple(sets))

    def waivers(self) -> tuple[Waiver, ...]:
        return (
            Waiver(
                id="W-1",
                check=next(iter(self.checks)),
                subject=None,
                reason="The store is emptied by the end of June.",
                requested_by="B. Person",
                approved_by="A. Person",
                approved_on=date(2026, 4, 1),
                until=datetime(2026, 6, 30, 22, tzinfo=UTC),
                tracking="RISK-12",
            ),
        )

    def evidence(self) -> Iterator[EvidenceItem]:
        for kind, _, path in self.kinds:
            for place in self.places(kind):
                yield EvidenceItem(
                    population=self.population(kind, place, path),
                    file=f"evidence/{kind}/{place}.ndjson.zst",
                    content_digest="sha256:" + "34" * 32,
                    stored_digest="sha256:" + "56" * 32,
                    stored_bytes=123_456,
                )

    def population(self, kind: str, place: Place, path: str) -> Population:
        hole = kind == "aws.kms.key" and place.endswith("us-east-1")
        gap = Gap(path="", reason=GapReason.THROTTLED, call="kms:ListKeys")
        return Population(
            unit=Unit(source="aws", place=place, kind=KindName(kind)),
            origin=Origin.REGISTER if place.startswith("register") else Origin.LIVE,
            query=f"{kind.split('.')[1]}:List",
            parameters={"MaxResults": 1000},
            caller=f"arn:aws:sts::{ACCOUNT}:assumed-role/grc-reader/session",
            started=AS_OF - timedelta(hours=3),
            finished=AS_OF - timedelta(hours=2, minutes=50),
            count=self.each,
            complete=not hole,
            coverage=Coverage(paths=frozenset({path, "Name", "tags"}), otherwise=GapReason.NOT_REQUESTED),
            gaps=(gap,) if hole else (),
            facts=() if hole else (Fact(fact="region-enabled", detail=place),),
        )
