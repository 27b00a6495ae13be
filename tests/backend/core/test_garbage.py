"""Garbage is looked for rarely while a process loads, and as Python does once it serves."""

import gc
import subprocess
import sys

from backend.core import garbage

SHOW = "import gc, magpipe; from backend.core import garbage; print(*gc.get_threshold())"


def test_what_a_process_loaded_is_left_out_and_rounds_are_pythons_own_again():
    ours = gc.get_threshold()
    try:
        garbage.rarely()
        garbage.settle()
        assert gc.get_threshold() == garbage._USUAL
        assert gc.get_freeze_count() > 1000
    finally:
        gc.set_threshold(*ours)


def test_every_process_of_the_product_begins_with_rare_rounds():
    said = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, text=True, check=True).stdout
    assert tuple(map(int, said.split())) == garbage._RARE
