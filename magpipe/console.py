"""Tell a person what is happening: steps with their time, and each process's lines under its name."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

COLOURS = {"web": "36", "jobs": "35", "sandbox": "33", "database": "34", "voice": "32"}
LOG_BYTES = 5_000_000
LOG_FILES = 3


class Console:
    """Writes to one terminal or pipe; colour and moving clocks only where a person is watching."""

    def __init__(self, log_dir: Path | None = None) -> None:
        self.is_tty = sys.stdout.isatty()
        self._log_dir = log_dir
        self._files: dict[str, logging.Logger] = {}
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """Print one line of our own."""
        with self._lock:
            print(f"\r\033[K{text}" if self.is_tty else text, flush=True)

    def paint(self, text: str, colour: str) -> str:
        """Return the text in an ANSI colour when a terminal shows it."""
        return f"\033[{colour}m{text}\033[0m" if self.is_tty else text

    def child(self, name: str, line: str, *, is_quiet: bool = False) -> None:
        """Print and keep a line of a child; a quiet child's lines go to its log alone."""
        if self._log_dir is not None:
            self._file(name).info("%s", line)
        if not is_quiet:
            self.say(f"{self.paint(f'{name:<8} |', COLOURS.get(name, '37'))} {line}")

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show a step while it runs, with the seconds it has taken; a failure leaves the line and raises."""
        started = time.monotonic()
        done = threading.Event()

        def tick() -> None:
            # A terminal shows a moving clock; a pipe or a log file gets a line now and then.
            start, end, every_s = ("\r", "", 1) if self.is_tty else ("", "\n", 10)
            while not done.wait(every_s):
                with self._lock:
                    print(f"{start}  {text} … {time.monotonic() - started:.0f} s", end=end, flush=True)

        if self.is_tty:
            print(f"  {text} …", end="", flush=True)
        clock = threading.Thread(target=tick, daemon=True)
        clock.start()
        outcome = "failed"
        try:
            yield
            outcome = "done"
        finally:
            done.set()
            clock.join()
            self.say(f"  {text}: {outcome} in {time.monotonic() - started:.1f} s")

    def _file(self, name: str) -> logging.Logger:
        if name not in self._files and self._log_dir is not None:
            logger = logging.Logger(name)
            handler = RotatingFileHandler(self._log_dir / f"{name}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES)
            handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
            logger.addHandler(handler)
            self._files[name] = logger
        return self._files[name]
