"""`portal-admin profile` and `portal-admin signin`: what to work on, and as whom."""

from __future__ import annotations

import getpass
import sys
from argparse import BooleanOptionalAction, Namespace
from dataclasses import replace

from portal_admin import settings
from portal_admin.cli.frame import Commands, Context
from portal_admin.credentials import ENVIRONMENT, Secret, check_keyring, delete_passwords, set_password
from portal_admin.errors import DONE, InvalidInput, SecretsUnavailable, SettingsProblem
from portal_admin.settings import Profile

GIVEN = ("database_url", "aspire_url", "aspire_user", "production")


def add(commands: Commands) -> None:
    """Register the commands."""
    group = commands.group("profile", help="Choose which portal database and which ASPIRE to work on")
    adding = group.command("add", add_profile, help="Add a profile; the first one becomes the current one")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--database-url", metavar="URL", help="without it, a SQLite file in your data folder")
    adding.add_argument("--aspire-url", metavar="URL", help="for example https://aspire.example.com/api")
    adding.add_argument("--aspire-user", metavar="USER", help="your ASPIRE user name")
    adding.add_argument(
        "--production",
        action=BooleanOptionalAction,
        help="mark it as production: the window is framed in red",
    )
    adding.add_argument(
        "--change", action="store_true", help="change what is given here in a profile that exists"
    )
    group.command("list", list_profiles, help="List the profiles")
    using = group.command("use", use_profile, help="Make a profile the current one")
    using.add_argument("name", metavar="NAME")
    removing = group.command(
        "remove", remove_profile, help="Forget a profile and its passwords; its data stays"
    )
    removing.add_argument("name", metavar="NAME")
    signing = commands.command(
        "signin", sign_in, help="Sign in to ASPIRE and keep the password in the keyring"
    )
    signing.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    signing.add_argument(
        "--database", action="store_true", help="keep the password of the database server instead"
    )


def add_profile(context: Context, args: Namespace) -> int:
    known = {profile.name: profile for profile in settings.read_profiles().all}
    before = known.get(args.name) if args.change else None
    start = before or Profile(args.name, settings.default_database_url(args.name))
    given = {name: value for name in GIVEN if (value := getattr(args, name)) is not None}
    profile = replace(start, **given)
    profiles = settings.add_profile(profile, change=args.change)
    if before is not None and before.logins != profile.logins:
        # A password must not reach a server that it was not typed for.
        _forget_passwords(context, profile.name)
    return _show(context, profile, current=profiles.current == profile.name)


def list_profiles(context: Context, _args: Namespace) -> int:
    profiles = settings.read_profiles()
    context.out.rows(
        profiles.all,
        columns={
            "": lambda profile: "*" if profile.name == profiles.current else "",
            "Name": lambda profile: profile.name,
            "Database": lambda profile: profile.database_url,
            "ASPIRE": lambda profile: profile.aspire_url,
            "User": lambda profile: profile.aspire_user,
            "Production": lambda profile: profile.production,
        },
        record=lambda profile: _document(profile, current=profile.name == profiles.current),
        empty="There is no profile yet. Add one with `portal-admin profile add NAME`.",
    )
    return DONE


def use_profile(context: Context, args: Namespace) -> int:
    profiles = settings.use_profile(args.name)
    return _show(context, profiles.named(args.name), current=True)


def remove_profile(context: Context, args: Namespace) -> int:
    settings.remove_profile(args.name)
    _forget_passwords(context, args.name)
    if context.json:
        context.out.document({"removed": args.name})
    context.out.line(f"Profile {args.name} is removed. Its database file stays where it is.")
    return DONE


def sign_in(context: Context, args: Namespace) -> int:
    from portal_admin.wiring import open_aspire, password_name

    profile = settings.choose_profile(context.profile)
    secret = Secret.DATABASE if args.database else Secret.ASPIRE
    if secret is Secret.ASPIRE and not (profile.aspire_url and profile.aspire_user):
        raise SettingsProblem(f"Profile {profile.name} names no ASPIRE address and user.")
    _check_keyring(secret)
    password = _password(profile, secret, from_stdin=args.password_stdin)
    expires = None
    if secret is Secret.ASPIRE:
        aspire = open_aspire(profile, password=lambda: password)
        assert aspire is not None  # noqa: S101
        try:
            expires = aspire.sign_in()
        finally:
            aspire.close()
    name = password_name(profile, secret)
    set_password(name, secret, password)
    if context.json:
        context.out.document({"profile": name, "secret": secret, "expires_at": expires})
    context.out.line(f"The password of profile {name} is kept in this machine's keyring.")
    return DONE


def _check_keyring(secret: Secret) -> None:
    """Refuse before a password is typed that could not be kept."""
    try:
        check_keyring()
    except SecretsUnavailable as problem:
        raise SecretsUnavailable(
            "`portal-admin signin` cannot keep a password here: unlock or install a keyring and run it again, or set "
            f"{ENVIRONMENT[secret]}."
        ) from problem


def _forget_passwords(context: Context, name: str) -> None:
    try:
        delete_passwords(name)
    except SecretsUnavailable:
        context.out.say(
            "The keyring did not answer. If it holds a password of this profile, remove it there."
        )


def _password(profile: Profile, secret: Secret, *, from_stdin: bool) -> str:
    if from_stdin:
        found = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin is not None and sys.stdin.isatty():
        owner = f"{profile.aspire_user} in ASPIRE" if secret is Secret.ASPIRE else "the database"
        found = getpass.getpass(f"Password of {owner} (profile {profile.name}): ", stream=sys.stderr)
    else:
        raise InvalidInput("There is no terminal to ask on. Use --password-stdin.", field="password")
    if not found:
        raise InvalidInput("The password is empty.", field="password")
    return found


def _document(profile: Profile, *, current: bool) -> dict[str, object]:
    return {
        "name": profile.name,
        "database_url": profile.database_url,
        "aspire_url": profile.aspire_url,
        "aspire_user": profile.aspire_user,
        "production": profile.production,
        "current": current,
    }


def _show(context: Context, profile: Profile, *, current: bool) -> int:
    context.out.record(
        _document(profile, current=current),
        fields={
            "Name": profile.name,
            "Database": profile.database_url,
            "ASPIRE": profile.aspire_url,
            "User": profile.aspire_user,
            "Production": profile.production,
            "Current": current,
        },
    )
    return DONE
