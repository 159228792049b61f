"""Who a site's mails come from, what they look like, and where their links lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

from portal_admin.domain.text import is_showable
from portal_admin.errors import InvalidInput

LONGEST_NAME = 200
LONGEST_LINK = 400
LARGEST_LOGO = 200 * 1024
# White letters stand on the colour (WCAG 2.2).
LEAST_CONTRAST = 4.5
PLAIN_COLOR = "#2458C5"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LINK = re.compile(r"[A-Za-z0-9._~%:/\[\]-]+")
LOGO_TYPES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))


@dataclass(frozen=True, slots=True)
class Brand:
    """The brand of one site's mails; `logo_type` is png or jpeg, `version` 0 for one that is not stored."""

    sender_name: str
    sender_address: str
    support_email: str
    link_base: str
    color: str | None = None
    logo: bytes | None = None
    logo_type: str | None = None
    version: int = 0

    @property
    def domain(self) -> str:
        """The host of its links, which its Message-IDs are made with."""
        return urlsplit(self.link_base).hostname or ""


def check_sender_name(typed: str) -> str:
    """A name that can stand in a mail's From line; InvalidInput says what is wrong with it."""
    name = " ".join(typed.split())
    if not name:
        raise InvalidInput(
            "Type the name that mails come from, such as Northwind Leasing.", field="sender_name"
        )
    if not is_showable(name) or len(name) > LONGEST_NAME:
        raise InvalidInput(
            f"A sender's name can be shown and has at most {LONGEST_NAME} characters.", field="sender_name"
        )
    return name


def check_link_base(typed: str) -> str:
    """Where the portal's pages are, without a slash at its end; https, or http on this machine."""
    text = typed.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInput(
            "The link address looks like https://portal.example.com, without ? or #.", field="link_base"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise InvalidInput("The link address must begin with https://.", field="link_base")
    named = f"[{host}]" if ":" in host else _ascii(host)
    plain = f"{parts.scheme}://{named}{f':{port}' if port else ''}{parts.path}"
    if not LINK.fullmatch(plain) or len(plain) > LONGEST_LINK:
        raise InvalidInput(
            f"The link address has at most {LONGEST_LINK} characters: letters, digits and -._~%:/ only.",
            field="link_base",
        )
    return plain


def check_color(typed: str | None) -> str | None:
    """#RRGGBB that white letters can be read on, None for the plain colour."""
    text = (typed or "").strip().upper()
    if not text:
        return None
    if not re.fullmatch(r"#[0-9A-F]{6}", text):
        raise InvalidInput("A colour looks like #2458C5.", field="color")
    ratio = contrast_with_white(text)
    if ratio < LEAST_CONTRAST:
        raise InvalidInput(
            f"White letters cannot be read well on {text}: their contrast is {ratio:.1f}, and {LEAST_CONTRAST} is "
            "needed. Take a darker colour.",
            field="color",
        )
    return text


def check_logo(content: bytes | None) -> str | None:
    """`png` or `jpeg` by the first bytes of the picture, None without one."""
    if content is None:
        return None
    if len(content) > LARGEST_LOGO:
        raise InvalidInput(f"A logo has at most {LARGEST_LOGO // 1024} KB.", field="logo")
    for start, kind in LOGO_TYPES:
        if content.startswith(start):
            return kind
    raise InvalidInput("The logo must be a PNG or JPEG picture.", field="logo")


def contrast_with_white(color: str) -> float:
    """The contrast ratio of #RRGGBB with white, 1 to 21 (WCAG 2.2)."""
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as problem:
        raise InvalidInput("The link address names a host that cannot exist.", field="link_base") from problem
