"""Show the jobs that were given up, and send them round again."""

from rich.console import Console
from rich.table import Table

from backend.core import jobs
from magpipe.errors import StartError


async def show() -> int:
    """Print the failed jobs, newest first. Returns 0."""
    async with jobs.queue.open_async():
        letters = await jobs.failed()
    if not letters:
        print("No failed jobs.")
        return 0
    table = Table("Job", "Task", "Queue", "Attempts", "Arguments")
    for letter in letters:
        table.add_row(str(letter.id), letter.task, letter.queue, str(letter.attempts), str(letter.arguments))
    Console().print(table)
    return 0


async def retry(which: str) -> int:
    """Send one failed job, or `all` of them, round again. Raises `StartError` for anything else."""
    if which != "all" and not which.isdecimal():
        raise StartError(f"'{which}' is not a job: give the number that `magpipe jobs failed` shows, or `all`.")
    async with jobs.queue.open_async():
        numbers = [letter.id for letter in await jobs.failed(10_000)] if which == "all" else [int(which)]
        for number in numbers:
            await jobs.retry(number)
    print(f"Sent round again: {len(numbers)}")
    return 0
