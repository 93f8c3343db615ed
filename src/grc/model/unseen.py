"""Characters that show nothing, written out: what Unicode of a Python version says would differ between two of them.

They are Unicode 16's control and format characters (Cc, Cf); what older versions know of it, they know the same.
"""

from __future__ import annotations

import re
from typing import Final

_RANGES: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
UNSEEN: Final = re.compile(f"[{_RANGES}]")
"""Control and format characters."""
BREAKING: Final = re.compile(f"[{_RANGES}\u2028\u2029\ud800-\udfff]")
"""These, the separators of lines and paragraphs, and halves of surrogate pairs."""
