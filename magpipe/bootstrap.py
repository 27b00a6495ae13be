"""Install Magpipe with nothing but a system Python: environment, packages from the lock, then the real command.

Only the standard library is used here, in words that Python 3.8 can read, so that an old Python is told what it lacks
instead of failing on the first line of newer syntax.
"""

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST = (3, 11)
# The environment takes 1.5 GB, npm's packages and pip's cache another; PostgreSQL needs room to begin with.
FREE_BYTES = 3_000_000_000


class Refusal(Exception):
    """The installation cannot go on; the message says what to do."""


def require_python(version):
    """Refuse a Python older than 3.11."""
    if tuple(version[:2]) < OLDEST:
        raise Refusal(
            f"Python 3.11 or newer is needed and this is {version[0]}.{version[1]}: install a newer one, then run "
            "`make up PYTHON=/path/to/python3.11`."
        )


def require_venv(modules=("venv", "ensurepip")):
    """Refuse a Python that cannot make environments (Debian ships that part on its own)."""
    for name in modules:
        try:
            __import__(name)
        except ImportError:
            raise Refusal(
                "This Python cannot make virtual environments ({} is missing): install the package "
                "python{}.{}-venv (Debian, Ubuntu), then run make again.".format(name, *sys.version_info[:2])
            ) from None


def require_disk(folder, needed=FREE_BYTES):
    """Refuse a disk without room for the installation."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refusal(
            f"The disk of {folder} has {free / 1e9:.1f} GB free and the installation needs "
            f"{needed / 1e9:.1f} GB: free some space first."
        )


def require_port(port):
    """Refuse a port that something answers on, before minutes are spent on installing."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise Refusal(
                f"Port {port} is in use by another program: stop that one, or choose another port with "
                f"`make up PORT={port + 100}`."
            )


def require_unowned(data_dir):
    """Refuse to change the installation under a running `make up`."""
    path = os.path.join(data_dir, "run", "owner.lock")
    if not os.path.exists(path):
        return
    with open(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                f"Magpipe is running on {data_dir} and its packages have changed: stop it with Ctrl-C, then run "
                "make again."
            ) from None


def setting(name, default, environ=os.environ, env_file=None):
    """Return a setting from the environment, else from `.env`, else the default."""
    if environ.get(name):
        return environ[name]
    try:
        with open(env_file or os.path.join(ROOT, ".env"), encoding="utf-8") as lines:
            for line in lines:
                key, _, value = line.partition("=")
                if key.strip().upper() == name and value.strip():
                    return value.strip().strip("\"'")
    except OSError:
        pass
    return default


def fingerprint(root=ROOT):
    """Return the hash (SHA-256, hex) of what an installation is made of."""
    digest = hashlib.sha256(f"{sys.version_info[0]}.{sys.version_info[1]} {root}".encode())
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(root, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_installed(root=ROOT):
    """Whether the environment is whole and was made from this lock by this Python version."""
    try:
        with open(os.path.join(root, ".venv", ".magpipe-installed")) as stamp:
            return stamp.read() == fingerprint(root) and os.path.exists(venv_python(root))
    except OSError:
        return False


def venv_python(root=ROOT):
    """Return the path of the environment's Python."""
    return os.path.join(root, ".venv", "bin", "python")


def install(root, data_dir):
    """Make the environment and install the lock, showing each step; pip's own words go to the log."""
    os.makedirs(os.path.join(data_dir, "logs"), mode=0o700, exist_ok=True)
    log_path = os.path.join(data_dir, "logs", "install.log")
    stamp = os.path.join(root, ".venv", ".magpipe-installed")
    if os.path.exists(stamp):
        os.unlink(stamp)
    python = venv_python(root)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--no-deps"]
    lock = os.path.join(root, "requirements.lock")
    with open(lock, encoding="utf-8") as lines:
        total = sum(1 for line in lines if "==" in line and not line.startswith((" ", "#")))
    steps = [
        ("Make the environment", [sys.executable, "-m", "venv", "--clear", os.path.join(root, ".venv")], 0),
        (f"Install {total} packages", [*pip, "--progress-bar", "off", "--require-hashes", "-r", lock], total),
        ("Install Magpipe", [*pip, "--no-build-isolation", "-e", root], 0),
    ]
    if runs(python):
        steps[0] = ("Check the environment", [python, "-m", "pip", "--version"], 0)
    print(f"Installing Magpipe (the log is {log_path})", flush=True)
    with open(log_path, "w", encoding="utf-8") as log:
        for number, (text, command, count) in enumerate(steps, 1):
            step(f"{number} of {len(steps)}: {text}", command, count, log)
    with open(stamp, "w") as file:
        file.write(fingerprint(root))


def runs(python):
    """Whether an environment's Python starts, is this version, and has pip."""
    test = f"import sys, pip; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])!r})"
    try:
        return subprocess.call([python, "-c", test], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def step(text, command, total, log):
    """Run one step with its elapsed seconds on the screen. Raises `Refusal` with the last lines when it fails."""
    started = time.monotonic()
    is_tty = sys.stdout.isatty()
    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
    )
    last, seen, said = [], 0, started
    try:
        for line in child.stdout:
            log.write(line)
            log.flush()
            last = [*last, line.rstrip()][-12:]
            seen += line.startswith("Collecting ")
            now = time.monotonic()
            progress = f" ({min(seen, total)} of {total})" if total else ""
            if line.startswith("Installing collected"):
                progress, said = " (unpacking)", 0
            if is_tty or now - said > 15:
                said = now
                start, end = ("\r\033[K", "") if is_tty else ("", "\n")
                print(f"{start}  {text}{progress} … {now - started:.0f} s", end=end, flush=True)
        code = child.wait()
    except BaseException:
        child.kill()
        child.wait()
        raise
    print(
        "{}  {}: {} in {:.0f} s".format(
            "\r\033[K" if is_tty else "", text, "failed" if code else "done", time.monotonic() - started
        ),
        flush=True,
    )
    if code:
        errors = [line for line in last if line.startswith("ERROR")] or last[-1:] or ["no reason was given"]
        shown = "\n".join("    " + line for line in last)
        raise Refusal(
            f'The installation stopped at "{text}": {errors[0]}\n{shown}\n'
            "Mend that and run make again; it goes on from here."
        )


def main(arguments):
    """Install what is missing, then become the environment's `magpipe` with these arguments (none: only install)."""
    try:
        require_python(sys.version_info)
        data_dir = os.path.join(ROOT, setting("DATA_DIR", ".data"))
        if not is_installed():
            require_venv()
            require_disk(ROOT)
            require_unowned(data_dir)
            if arguments[:1] == ["up"]:
                require_port(int(setting("PORT", "3000")))
            install(ROOT, data_dir)
    except Refusal as refusal:
        print(f"\nMagpipe: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; run make again to go on.", file=sys.stderr)
        return 130
    if not arguments:
        return 0
    python = venv_python()
    sys.stdout.flush()
    os.execv(python, [python, "-m", "magpipe", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
