"""Read the command line and hand over to the part that does the work; nothing heavy is imported before that."""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from magpipe.errors import StartError

if TYPE_CHECKING:
    from magpipe.instance import Instance

    Group = argparse._SubParsersAction[argparse.ArgumentParser]

ROOT = Path(__file__).resolve().parent.parent
Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what a person can mend is said in one sentence."""
    options = _parser().parse_args(arguments)
    os.chdir(ROOT)
    try:
        if not (ROOT / "rxconfig.py").exists():
            raise StartError(
                "this is only a part of it: Magpipe runs from its repository's folder, not from a wheel. Clone the "
                "repository and run `make up` there."
            )
        return int(options.run(options) or 0)
    except StartError as error:
        print(f"\nMagpipe: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        ours = (error.name or "").split(".")[0] in ("magpipe", "backend", "pages", "state", "voice_agent")
        if ours:
            raise
        print(
            f"\nMagpipe: the installation is incomplete ({error.name} is missing); run `make install`.",
            file=sys.stderr,
        )
    except Exception as error:
        sentence = _settings_problem(error)
        if sentence is None:
            raise
        print(f"\nMagpipe: {sentence}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="magpipe", description="Magpipe, the self-hosted AI agent platform.")
    commands = parser.add_subparsers(metavar="command", required=True)

    def add(
        name: str, text: str, run: object, under: "argparse._SubParsersAction[argparse.ArgumentParser]"
    ) -> argparse.ArgumentParser:
        command = under.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("up", "Start everything on this machine, with an embedded database.", _up, commands)
    add("web", "Run the web process: interface, API and webhooks.", _web, commands)
    add("jobs", "Run the job worker; with a word after it, look after failed jobs.", _jobs, commands)
    add("voice", "Run the voice process, which holds calls.", _voice, commands)
    add("sandbox", "Run the local stand-ins of vendors without a key.", _sandbox, commands)
    add("build", "Build the front end, when its sources have changed.", _build, commands)
    add("migrate", "Bring the database's tables up to date.", _migrate, commands)
    add("seed", "Make the demo workspace, once.", _seed, commands)
    doctor = add("doctor", "Prove that this installation works, part by part.", _doctor, commands)
    doctor.add_argument("--json", action="store_true", help="print the results as JSON")
    add("version", "Print the version.", _version, commands)

    jobs = commands.choices["jobs"].add_subparsers(metavar="failed|retry")
    add("failed", "List the jobs that were given up.", _jobs_failed, jobs)
    retry = add("retry", "Send failed jobs round again.", _jobs_retry, jobs)
    retry.add_argument("job", help="a job's number, or `all`")

    secrets = commands.add_parser("secrets", help="Look after the keys that protect stored secrets.")
    actions = secrets.add_subparsers(metavar="new|rotate", required=True)
    add("new", "Print a fresh key for ENCRYPTION_KEYS.", _secrets_new, actions)
    add("rotate", "Add a new key and encrypt every stored secret under it.", _secrets_rotate, actions)
    return parser


def _up(options: argparse.Namespace) -> int:
    from magpipe import up

    return asyncio.run(up.run())


def _web(options: argparse.Namespace) -> int:
    from backend.core.config import settings
    from magpipe import frontend, services, up

    config = settings()
    with _installation(starts_database=False):
        if not frontend.is_current(ROOT, up.build_settings(config)):
            print(
                "Magpipe: the front end is not built from these sources; `magpipe up` builds it.",
                file=sys.stderr,
            )
        command = services.web_command(config.host, config.port)
        os.execve(command[0], command, dict(os.environ) | services.WEB_VARIABLES)


def _build(options: argparse.Namespace) -> int:
    from backend.core.config import settings
    from magpipe import frontend, up
    from magpipe.console import Console

    inputs = up.build_settings(settings())
    if frontend.is_current(ROOT, inputs):
        print("The front end is up to date.")
        return 0
    with Console().step("Build the front end"):
        asyncio.run(frontend.build(ROOT, inputs, os.environ, lambda _line: None))
    return 0


def _jobs(options: argparse.Namespace) -> int:
    with _installation(starts_database=False):
        import uvloop

        from backend import worker
        from backend.core import logging, telemetry
        from backend.core.config import settings

        config = settings()
        logging.configure(config.log_level, config.log_format)
        telemetry.start("jobs")
        uvloop.run(worker.run())
    return 0


def _voice(options: argparse.Namespace) -> int:
    with _installation(starts_database=False):
        import uvloop

        from voice_agent import worker

        uvloop.run(worker.run())
    return 0


def _jobs_failed(options: argparse.Namespace) -> int:
    with _installation():
        from magpipe import deadletters

        return asyncio.run(deadletters.show())


def _jobs_retry(options: argparse.Namespace) -> int:
    with _installation():
        from magpipe import deadletters

        return asyncio.run(deadletters.retry(options.job))


def _sandbox(options: argparse.Namespace) -> int:
    from backend.core.config import settings
    from magpipe import services

    config = settings()
    command = services.sandbox_command(config.sandbox_port, config.data_dir.absolute())
    os.execve(command[0], command, os.environ | services.sandbox_variables(config))


def _migrate(options: argparse.Namespace) -> int:
    with _installation():
        from alembic import command, config
        from magpipe import postgres

        postgres.require(os.environ["DATABASE_URL"])
        command.upgrade(config.Config(str(ROOT / "alembic.ini")), "head")
    return 0


def _seed(options: argparse.Namespace) -> int:
    with _installation():
        from magpipe import demo

        asyncio.run(demo.make())
    return 0


def _doctor(options: argparse.Namespace) -> int:
    with _installation(starts_database=False, needs_database=False):
        from magpipe.doctor import ground, report, vendors

        rows = asyncio.run(report.examine([*ground.CHECKS, *vendors.CHECKS]))
        return report.show(rows, as_json=options.json)


def _version(options: argparse.Namespace) -> int:
    print(f"magpipe {metadata.version('magpipe')}")
    return 0


def _secrets_new(options: argparse.Namespace) -> int:
    from magpipe.instance import new_encryption_key

    print(new_encryption_key())
    return 0


def _secrets_rotate(options: argparse.Namespace) -> int:
    with _installation() as instance:
        from magpipe import rotation

        return asyncio.run(rotation.rotate(instance))


@contextlib.contextmanager
def _installation(*, starts_database: bool = True, needs_database: bool = True) -> "Iterator[Instance]":
    """Put the installation's secrets and database address into the environment for the block.

    The database is DATABASE_URL, else the one of the running `magpipe up`, else (for short commands) the
    embedded one, started for the block alone.
    """
    from backend.core.config import settings
    from magpipe import up
    from magpipe.instance import Instance

    config = settings()
    instance = Instance(config.data_dir)
    environment = up.environment(config, instance)
    with contextlib.ExitStack() as stack:
        if not config.database_url:
            owner = instance.owner()
            if owner is not None and owner.database_url:
                environment["DATABASE_URL"] = owner.database_url
            elif starts_database:
                from magpipe import database

                instance.acquire()
                stack.callback(instance.release)
                cluster = stack.enter_context(database.running(instance.postgres_dir))
                environment["DATABASE_URL"] = cluster.url()
            elif needs_database:
                raise StartError("There is no database: start everything with `magpipe up`, or set DATABASE_URL.")
        os.environ.update(environment)
        settings.cache_clear()
        yield instance


def _settings_problem(error: Exception) -> str | None:
    """Return the sentence for settings that are wrong, or None for any other error."""
    from pydantic import ValidationError

    from backend.core.errors import MagpipeError

    if isinstance(error, MagpipeError):
        return error.message
    if isinstance(error, ValidationError) and error.title == "Settings":
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "the settings"
        return f"{name} is not usable: {first['msg']}."
    return None
