"""`sites list | show | create | set-labels | set-brand | set-policy`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.wording import stale_exit
from portal_admin.domain.people import Site
from portal_admin.domain.site_policy import BANK_ACCOUNT_WORDS, SitePolicy
from portal_admin.errors import DONE, InvalidInput

if TYPE_CHECKING:
    from portal_admin.services.visibility import Sight


def add(commands: Commands) -> None:
    """Register the commands."""
    sites = commands.group("sites", help="List and create portal sites, and map private labels to them")
    sites.command("list", list_sites, help="List the sites with their labels")
    show = sites.command("show", show_site, help="Show a site with its policy")
    show.add_argument("key", metavar="KEY")
    create = sites.command("create", create_site, help="Create a site")
    create.add_argument("key", metavar="KEY")
    create.add_argument("--name", required=True)
    _add_labels(create)
    mapping = sites.command("set-labels", set_labels, help="Replace the whole set of a site's labels")
    mapping.add_argument("key", metavar="KEY")
    _add_labels(mapping)
    mapping.add_argument(
        "--dry-run", action="store_true", help="show who would gain and lose what; change nothing"
    )
    brand = sites.command("set-brand", set_brand, help="Say who a site's mails come from and where they lead")
    brand.add_argument("key", metavar="KEY")
    brand.add_argument("--sender-name", required=True, metavar="NAME", help="as borrowers know the brand")
    brand.add_argument("--sender-address", required=True, metavar="EMAIL", help="what mails come from")
    brand.add_argument("--support-email", required=True, metavar="EMAIL", help="where answers go")
    brand.add_argument("--link-base", required=True, metavar="URL", help="where the portal's pages are")
    brand.add_argument("--color", metavar="#RRGGBB", help="of the button; left out, the plain one")
    logo = brand.add_mutually_exclusive_group()
    logo.add_argument("--logo", metavar="FILE", help="PNG or JPEG; left out, the present one stays")
    logo.add_argument("--no-logo", action="store_true", help="take the present logo away")
    policy = sites.command(
        "set-policy", set_policy, help="Note what the vendor switched on or off for a site"
    )
    policy.add_argument("key", metavar="KEY")
    policy.add_argument("--payments", choices=("on", "off"), help="whether the site takes payments at all")
    policy.add_argument(
        "--bank-accounts", choices=("any", "existing"), help="any account, or only those in ASPIRE already"
    )
    policy.add_argument("--mfa", choices=("on", "off"), help="whether signing in asks for a code by email")


def _add_labels(parser: Any) -> None:
    parser.add_argument(
        "--label",
        nargs="+",
        action="extend",
        default=[],
        metavar="LABEL",
        dest="labels",
        help="private labels of ASPIRE",
    )
    parser.add_argument("--unlabelled", action="store_true", help="take contracts that have no private label")


def list_sites(context: Context, args: Namespace) -> int:  # noqa: ARG001
    """List the sites."""
    from portal_admin.services import sites
    from portal_admin.services.site_policy import policies

    known = policies(context.desk)
    context.out.rows(
        sites.list_sites(context.desk),
        columns={
            "Key": lambda site: site.key,
            "Name": lambda site: site.name,
            "Labels": lambda site: site.labels,
            "Unlabelled": lambda site: site.unlabelled,
            "Payments": lambda site: known[site.key].payments_enabled,
        },
        record=site_record,
        empty="No site has been created yet.",
    )
    return DONE


def show_site(context: Context, args: Namespace) -> int:
    """Show a site with its policy."""
    from portal_admin.services import sites
    from portal_admin.services.site_policy import policy_of

    # Names the sites there are when there is none of that key.
    policy = policy_of(context.desk, args.key)
    return _print_site(context, _named(sites.list_sites(context.desk), args.key), policy)


def set_policy(context: Context, args: Namespace) -> int:
    """Note what the vendor switched for a site."""
    from portal_admin.services import sites
    from portal_admin.services.site_policy import set_policy as note

    if args.payments is None and args.bank_accounts is None and args.mfa is None:
        raise InvalidInput("Say what was switched: --payments, --bank-accounts or --mfa.", field="payments")
    policy = note(
        context.desk,
        site=args.key,
        payments_enabled=_flag(args.payments),
        bank_accounts=args.bank_accounts,
        mfa_required=_flag(args.mfa),
    )
    return _print_site(context, _named(sites.list_sites(context.desk), args.key), policy)


def _named(sites: Iterable[Site], key: str) -> Site:
    return next(site for site in sites if site.key.casefold() == key.strip().casefold())


def _flag(typed: str | None) -> bool | None:
    return None if typed is None else typed == "on"


def create_site(context: Context, args: Namespace) -> int:
    """Create a site."""
    from portal_admin.services import sites

    site = sites.create_site(
        context.desk, key=args.key, name=args.name, labels=args.labels, unlabelled=args.unlabelled
    )
    _warn(context, site)
    return _print_site(context, site)


def _warn(context: Context, site: Site) -> None:
    from portal_admin.services.sites import label_warnings

    for warning in label_warnings(context.desk, site=site):
        context.out.say(f"Warning: {warning}")


def set_labels(context: Context, args: Namespace) -> int:
    """Replace the labels of a site, or preview it."""
    from portal_admin.services import sites

    act = sites.preview_labels if args.dry_run else sites.set_labels
    change = act(context.desk, key=args.key, labels=args.labels, unlabelled=args.unlabelled)
    _warn(context, change.proposed)
    if context.json:
        context.out.document(
            {
                "site": site_record(change.site),
                "proposed": site_record(change.proposed),
                "dry_run": args.dry_run,
                "gained": [_sight_record(sight) for sight in change.gained],
                "lost": [_sight_record(sight) for sight in change.lost],
            }
        )
    else:
        for word, sights in (("gains", change.gained), ("loses", change.lost)):
            for sight in sights:
                context.out.line(f"{sight.email} ({sight.status}) {word} {sight.contract_id} ({sight.area})")
        users = len({sight.email for sight in change.gained + change.lost})
        context.out.say(
            f"{'Would change' if args.dry_run else 'Changed'}: {_counted(change.gained)} gained "
            f"and {_counted(change.lost)} lost by {users} end user{'' if users == 1 else 's'}."
        )
    return stale_exit(context.out, change.freshness)


def set_brand(context: Context, args: Namespace) -> int:
    """Give a site its brand."""
    from portal_admin.domain.brand import Brand
    from portal_admin.services import brand as brands
    from portal_admin.services import sites

    logo = brands.read_logo(args.logo) if args.logo else None
    if not args.logo and not args.no_logo:
        stored = brands.show_brand(context.desk, site=args.key)
        logo = stored.logo if stored else None
    typed = Brand(args.sender_name, args.sender_address, args.support_email, args.link_base, args.color, logo)
    made = brands.set_brand(context.desk, site=args.key, brand=typed)
    key = next(
        site.key
        for site in sites.list_sites(context.desk)
        if site.key.casefold() == args.key.strip().casefold()
    )
    picture = {"type": made.logo_type, "bytes": len(made.logo)} if made.logo else None
    context.out.record(
        {
            "site": key,
            "sender_name": made.sender_name,
            "sender_address": made.sender_address,
            "support_email": made.support_email,
            "link_base": made.link_base,
            "color": made.color,
            "logo": picture,
        },
        fields={
            "Site": key,
            "Sender": f"{made.sender_name} <{made.sender_address}>",
            "Support": made.support_email,
            "Links": made.link_base,
            "Colour": made.color or "plain",
            "Logo": f"{made.logo_type}, {len(made.logo):,} bytes" if made.logo else "none",
        },
    )
    return DONE


def _counted(sights: tuple[Sight, ...]) -> str:
    return "1 contract" if len(sights) == 1 else f"{len(sights)} contracts"


def _print_site(context: Context, site: Site, policy: SitePolicy | None = None) -> int:
    fields = {"Key": site.key, "Name": site.name, "Labels": site.labels, "Unlabelled": site.unlabelled}
    record = site_record(site)
    if policy is not None:
        words = BANK_ACCOUNT_WORDS[policy.bank_accounts]
        fields |= {"Payments": policy.payments_enabled, "Bank accounts": words, "MFA": policy.mfa_required}
        record |= {"policy": policy_record(policy)}
    context.out.record(record, fields=fields)
    return DONE


def policy_record(policy: SitePolicy) -> dict[str, Any]:
    """The JSON form of a site's policy."""
    return {
        "payments_enabled": policy.payments_enabled,
        "bank_accounts": str(policy.bank_accounts),
        "bank_accounts_since": policy.bank_accounts_since,
        "mfa_required": policy.mfa_required,
    }


def site_record(site: Site) -> dict[str, Any]:
    """The JSON form of a site."""
    return {"key": site.key, "name": site.name, "labels": site.labels, "unlabelled": site.unlabelled}


def _sight_record(sight: Any) -> dict[str, Any]:
    return {
        "email": sight.email,
        "status": sight.status,
        "contract_id": sight.contract_id,
        "area": sight.area,
    }
