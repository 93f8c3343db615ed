"""Secrets that nobody ever had, one of each sort: planted by tests, and looked for in every pack that a test writes.

Each is put together here, so that this file holds none as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PEM: Final = "\n".join(
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "MIIEcanary" + "Qm9uZXMgb2YgYSBjYW5hcnk" * 3,
        "-----END RSA PRIVATE KEY-----",
    ]
)
WHOLE: Final[Mapping[str, str]] = {
    "aws-access-key-id": "AKIA" + "CANARY2SEEN7PACK",
    "signed-token": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJjYW5hcnkifQ" + ".c2lnbmF0dXJlLWNhbmFyeQ",
    "github-token": "ghp_" + "cAnArY9" * 5 + "x",
    "gitlab-token": "glpat-" + "CanaryCanary-1234567",
    "slack-token": "xoxb-" + "123456789012-canarycanary",
    "stripe-key": "sk_live_" + "Canary0123456789CANARY",
    "google-key": "AIza" + "SyCanary-0123456789_abcdefghijklmno"[:35],
    "package-registry-token": "npm_" + "cAnArY" * 6,
    "infrastructure-token": "hvs." + "CAESICanaryCanary0123456789",
    "model-service-key": "sk-" + "proj-Canary0123456789abcdef",
    "mail-service-key": "SG." + "Canary0123456789" + "." + "Canary0123456789abcdef",
    "shop-token": "shpat_" + "c0ffee" * 5 + "c0",
    "bot-token": "123456789:" + "AA" + "Canary-" * 4 + "12345",
    "password-hash": "$6$canarysalt$" + "Canary0123456789./" * 4,
    "private-key": PEM,
}
"""By sort: the secret, which is taken out whole."""

PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "url-password": ("postgres://clinic:{}@db.example/records", "canary-in-an-url"),
    "incoming-webhook": ("https://hooks.slack.com/services/{}", "TCANARY00/BCANARY00/cAnArYcAnArY00"),
    "azure-key": (
        "DefaultEndpointsProtocol=https;AccountName=clinic;AccountKey={};",
        "Canary0123456789" * 5 + "cccccc==",
    ),
    "authorization-header": ("curl -H 'Authorization: Bearer {}' https://api.example", "canary0bearer1value2"),
    "aws-secret-access-key": ("aws_secret = {}", "Canary/0123456789+AbCdEfGhIjKlMnOpQrStUv"),
    "password-by-name": ("export DB_PASSWORD={}\nstart", "canary-swordfish"),
    "secret-by-name": ("client_secret: '{}'", "canary0client1secret2"),
}
"""By sort: a text and the secret in it, which alone is taken out."""

SECRETS: Final = (*WHOLE.values(), *(secret for _, secret in PARTS.values()))
PLANTED: Final[Mapping[str, str]] = {**WHOLE, **{sort: text.format(secret) for sort, (text, secret) in PARTS.items()}}
"""By sort: a text that holds the secret."""
