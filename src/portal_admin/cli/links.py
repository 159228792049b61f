"""`links add | remove | preview`."""

from __future__ import annotations

from argparse import Namespace

from portal_admin.cli.arguments import add_accounts, add_user, add_version
from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.users import print_changed, warn_of_look_alikes
from portal_admin.cli.wording import stale_exit


def add(commands: Commands) -> None:
    """Register the commands."""
    links = commands.group("links", help="Link end users to ASPIRE accounts, or preview it")
    adding = links.command("add", add_links, help="Link accounts that the site offers")
    add_user(adding)
    add_version(adding)
    add_accounts(adding)
    removing = links.command("remove", remove_link, help="Unlink accounts")
    add_user(removing)
    add_version(removing)
    add_accounts(removing)
    preview = links.command("preview", preview_links, help="See what linking or unlinking would change")
    add_user(preview)
    add_accounts(preview)
    direction = preview.add_mutually_exclusive_group(required=True)
    direction.add_argument("--add", action="store_true", help="as if the accounts were linked")
    direction.add_argument("--remove", action="store_true", help="as if the accounts were unlinked")


def add_links(context: Context, args: Namespace) -> int:
    """Link accounts and print the user."""
    from portal_admin.services import links

    changed = links.add(
        context.desk, site=args.site, email=args.email, account_ids=args.accounts, version=args.version
    )
    return print_changed(context, changed, linked=args.accounts)


def remove_link(context: Context, args: Namespace) -> int:
    """Unlink accounts and print the user."""
    from portal_admin.services import links

    changed = links.remove_several(
        context.desk, site=args.site, email=args.email, account_ids=args.accounts, version=args.version
    )
    return print_changed(context, changed)


def preview_links(context: Context, args: Namespace) -> int:
    """Print the contracts gained, lost and still hidden."""
    from portal_admin.services import links

    chosen = {"add": args.accounts} if args.add else {"remove": args.accounts}
    found = links.rehearse(context.desk, site=args.site, email=args.email, **chosen)
    if found.refused:
        context.out.say(f"Warning: this change would be refused. {found.refused.message}")
    warn_of_look_alikes(context, found.look_alikes)
    if context.json:
        alike = {one.account_id: one.name for pair in found.look_alikes for one in pair.similar}
        context.out.document(
            {
                "gained": [{"contract_id": line.contract_id, "area": line.area} for line in found.gained],
                "lost": [{"contract_id": line.contract_id, "area": line.area} for line in found.lost],
                "hidden": [
                    {"contract_id": line.contract_id, "reasons": line.reasons} for line in found.hidden
                ],
                "refused": found.refused,
                "look_alikes": [{"account_id": key, "name": name} for key, name in alike.items()],
            }
        )
        return stale_exit(context.out, found.freshness)
    for word, lines in (("Gains", found.gained), ("Loses", found.lost)):
        for line in lines:
            context.out.line(f"{word}  {line.contract_id}  ({line.area})")
    for hidden in found.hidden:
        context.out.line(f"Hidden {hidden.contract_id}  ({', '.join(hidden.reasons)})")
    if not (found.gained or found.lost or found.hidden):
        context.out.say("Nothing would change.")
    return stale_exit(context.out, found.freshness)
