"""Bring the whole product up on one machine, keep it up, and take it down cleanly: what `make up` does."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from backend.core.config import Settings, settings
from magpipe import frontend, migrations, preflight, services
from magpipe.console import Console
from magpipe.database import Cluster
from magpipe.errors import StartError
from magpipe.instance import Instance
from magpipe.process import spawn
from magpipe.supervisor import Service, Supervisor, base_environment


async def run() -> int:
    """Start everything, print where it is, wait for Ctrl-C or SIGTERM, stop everything. Returns the exit code."""
    config = settings()
    instance = Instance(config.data_dir)
    console = Console(instance.log_dir)
    instance.acquire()
    supervisor = Supervisor(console, on_start=instance.note_child)
    main = asyncio.current_task()
    asked = _Asked()

    def ask_to_stop() -> None:
        asked.times += 1
        if asked.times == 1 and main is not None:
            main.cancel()
        elif asked.times > 1:
            supervisor.kill()

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(sign, ask_to_stop)
    try:
        await _start(config, instance, console, supervisor)
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        console.say("\nStopping …")
    finally:
        await supervisor.stop()
        instance.release()
    console.say("Stopped. Your data is in " + str(instance.data_dir) + ".")
    return 0


class _Asked:
    times = 0


async def _start(config: Settings, instance: Instance, console: Console, supervisor: Supervisor) -> None:
    preflight.require_disk(instance.data_dir)
    preflight.require_port(config.host, config.port, "PORT")
    is_sandboxed = bool(config.sandboxed_vendors)
    if is_sandboxed:
        preflight.require_port("127.0.0.1", config.sandbox_port, "SANDBOX_PORT")
    if config.voice_capacity:
        preflight.require_port(config.host, config.voice_port, "VOICE_PORT")

    env = environment(config, instance)
    if not config.database_url:
        cluster = Cluster(instance.postgres_dir)
        with console.step("Start the database"):
            await supervisor.start(services.embedded_database(cluster))
            await asyncio.to_thread(cluster.create_database)
        for notice in cluster.notices:
            console.say(f"  {notice}")
        env["DATABASE_URL"] = cluster.url()
    instance.record.database_url = env["DATABASE_URL"]
    instance.record.url = config.public_url
    instance.save()

    if not await asyncio.to_thread(migrations.is_at_head, env["DATABASE_URL"], services.ROOT / "alembic" / "versions"):
        from magpipe import postgres  # loads SQLAlchemy, which most starts do without

        await asyncio.to_thread(postgres.require, env["DATABASE_URL"])
        await _command(console, env, "Update the database's tables", "migrate")
    waiting = [services.jobs(env), services.web(env, config.host, config.port)]
    if is_sandboxed:
        waiting.insert(
            0, services.sandbox(env | services.sandbox_variables(config), config.sandbox_port, instance.data_dir)
        )
    if config.environment != "production" and not _demo(instance):
        if is_sandboxed:
            # Before the seed, which gives the demo number its webhook addresses at the carrier.
            with console.step("Start the vendor stand-ins"):
                await supervisor.start(waiting.pop(0))
        await _command(console, env, "Set up the demo workspace", "seed")
    await _build_front_end(config, console, env)
    with console.step(f"Start {', '.join(service.name for service in waiting)}"):
        await _start_together(supervisor, waiting)
    _welcome(config, instance, console)
    if config.voice_capacity:
        await _start_voice(config, console, supervisor, env)


async def _start_voice(config: Settings, console: Console, supervisor: Supervisor, env: Mapping[str, str]) -> None:
    """Start what holds calls when all else serves: it takes seconds to load, and nothing else waits for it."""
    try:
        await supervisor.start(services.voice(env, config))
    except StartError as error:
        console.say(f"! Calls are not answered: {error}")
    else:
        console.say("  Calls are answered.")


async def _start_together(supervisor: Supervisor, waiting: Sequence[Service]) -> None:
    """Start services side by side; the first that fails ends the waiting for the others."""
    starts = [asyncio.create_task(supervisor.start(service)) for service in waiting]
    try:
        await asyncio.gather(*starts)
    finally:
        for start in starts:
            start.cancel()


def environment(config: Settings, instance: Instance) -> dict[str, str]:
    """Return the environment of this installation's processes: ours, the data folder and the secrets.

    A secret set in the environment or in `.env` wins over the one kept in the data folder.
    """
    given = {
        "SECRET_KEY": config.secret_key.get_secret_value(),
        "ENCRYPTION_KEYS": config.encryption_keys.get_secret_value(),
    }
    values = {"DATA_DIR": str(instance.data_dir), "DATABASE_URL": config.database_url}
    if not all(given.values()):
        values |= instance.secrets()
    values |= {name: value for name, value in given.items() if value}
    path = os.path.join(sys.prefix, "bin") + os.pathsep + os.environ.get("PATH", "")
    return base_environment(values | {"PATH": path})


def build_settings(config: Settings) -> dict[str, str]:
    """Return the settings that end up in the built front end."""
    return {"ENVIRONMENT": config.environment, "PUBLIC_URL": config.public_url}


async def _build_front_end(config: Settings, console: Console, env: Mapping[str, str]) -> None:
    inputs = build_settings(config)
    if await asyncio.to_thread(frontend.is_current, services.ROOT, inputs):
        return
    with console.step("Build the front end (about a minute the first time)"):
        await frontend.build(services.ROOT, inputs, env, lambda line: console.child("frontend", line, is_quiet=True))


async def _command(console: Console, env: Mapping[str, str], text: str, name: str) -> None:
    """Run one of our own commands to its end, its output in its log. Raises `StartError` when it fails."""
    with console.step(text):
        child = await spawn(
            [sys.executable, "-m", "magpipe", name],
            on_line=lambda line: console.child(name, line, is_quiet=True),
            env=env,
            cwd=str(services.ROOT),
        )
        try:
            code = await child.ended()
        except BaseException:
            child.kill()
            raise
        if code:
            last = "\n".join(f"    {line}" for line in child.last_lines[-12:])
            raise StartError(f"`magpipe {name}` failed. Its last lines:\n{last}")


def _demo(instance: Instance) -> dict[str, str]:
    """Return the demo workspace's sign-in, kept beside the data by the first seed."""
    try:
        content: dict[str, str] = json.loads((instance.data_dir / "demo.json").read_text())
    except (OSError, ValueError):
        return {}
    return content


def _website(config: Settings, demo: dict[str, str]) -> list[str]:
    """Return where to chat as a visitor of the demo's website."""
    if "widget" not in demo:
        return []
    place = urlencode({"app": config.public_url, "key": demo["widget"]})
    return [f"  4. Be a visitor of their website: open {config.sandbox_url}/site?{place}"]


def _mail(config: Settings, demo: dict[str, str]) -> list[str]:
    """Return where to write to the demo's mailbox."""
    if not demo.get("mailbox"):
        return []
    return [f"  5. Write them an email: open {config.sandbox_url}/mailbox/write, and approve the draft in the inbox."]


def _welcome(config: Settings, instance: Instance, console: Console) -> None:
    demo = _demo(instance)
    address = console.paint(config.public_url, "1;36")
    lines = ["", f"  Magpipe is running at {address}"]
    if demo:
        lines += [f"  Demo login: {demo['email']}  password: {demo['password']}"]
    if config.sandboxed_vendors:
        number = demo.get("number", "the demo number")
        lines += [
            "",
            "  Things to try:",
            f"  1. Be a customer: open {config.sandbox_url}/phone and call or text {number}.",
            "  2. Watch the answer arrive in the inbox, press Take over, and answer yourself.",
            "  3. Change what the agent knows on its page under Agents, and ask again.",
            *_website(config, demo),
            *_mail(config, demo),
            "",
            f"  Without keys these vendors are stand-ins: {', '.join(config.sandboxed_vendors)}. "
            f"Their mailbox and controls: {config.sandbox_url}",
        ]
    lines += [f"  Data: {instance.data_dir}   Check the installation: magpipe doctor   Stop: Ctrl-C", ""]
    for line in lines:
        console.say(line)
