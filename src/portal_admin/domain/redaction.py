"""What may leave the desk in a report: text without people, numbers, secrets and the reporter's own folders."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Times are made of digits and dashes too, and a report without them is worth little.
_INSTANT = (
    r"(?:19|20)\d{2}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])"
    r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?"
)
_AT = r"(?:@|%40)"
_PART = r"(?:(?!://)[^\s@\"<>()\[\],;\\]){1,320}"
_SCHEME = r"(?i:bearer|basic)\s+"
_KEY = r"(?i:password|passwd|pwd|token|secret|authorization|api[_-]?key)[\"']?\s*[:=]\s*"
_FOLDERS = r"(?i:[a-z]:)?[\\/]+(?i:users|home|documents and settings)[\\/]+"
# In the order in which they are tried at each place of the text: what one takes, the others do not see.
_RULES = {
    "url": r"(?P<before_url>://)[^\s\"<>]*@",
    "setting": rf"(?P<before_setting>{_KEY})(?:\"[^\"\n]*\"|'[^'\n]*'|{_SCHEME}\S+|[^\s\"',;&}}]+)",
    "scheme": rf"(?P<before_scheme>{_SCHEME})[\w.~+/=-]+",
    "email": rf"(?:\"[^\"\n]{{1,320}}\"|{_PART}){_AT}{_PART}",
    "folder": rf"(?P<before_folder>{_FOLDERS})[^\\/\s\"':;,]+",
    "instant": rf"(?<!\d){_INSTANT}(?!\d)",
    "identifier": r"(?<![\w-])[A-Za-z]{1,8}(?:-[A-Za-z]{1,8})*(?:-\d+)+(?![\w-])",
    "opaque": r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[\w-]{22,}",
    "number": rf"\d+(?:[-‐-―/]\d+)*(?: (?!{_INSTANT})\d{{3,}}(?:[-‐-―/]\d+)*)*",
}
_PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _RULES.items()))
_MARKS = {
    "url": "[user]@",
    "setting": "[secret]",
    "scheme": "[secret]",
    "email": "[email]",
    "folder": "[user]",
    "identifier": "[id]",
    "opaque": "[token]",
    "number": "[number]",
}
# Shorter ones are counts, years, ports, lines of code, and names such as UTF-8.
_LEAST_DIGITS = {"identifier": 3, "number": 5}


def redacted(text: str, *, folders: Iterable[str] = ()) -> str:
    """The text with addresses, ids, numbers of five digits and more, passwords, tokens and users of URLs replaced by marks.

    `folders` become `~` wherever they stand, with either slash and in any case. Names of people cannot be told from
    other words: whoever writes what may be reported leaves them out.
    """
    for folder in folders:
        text = _without(text, folder)
    return _PATTERN.sub(_marked, text)


def _without(text: str, folder: str) -> str:
    parts = [re.escape(part) for part in re.split(r"[\\/]+", folder.rstrip("\\/"))]
    if not any(parts):
        return text  # the root of a disk is nobody's own
    return re.sub(r"[\\/]+".join(parts) + r"(?!\w)", "~", text, flags=re.IGNORECASE)


def _marked(found: re.Match[str]) -> str:
    rule = next(name for name in _RULES if found[name] is not None)
    digits = sum(character.isdecimal() for character in found[0])
    if rule == "instant" or digits < _LEAST_DIGITS.get(rule, 0):
        return found[0]
    return f"{found.groupdict().get(f'before_{rule}') or ''}{_MARKS[rule]}"
