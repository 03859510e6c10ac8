"""python child.py HOW: a program that ignores signals, says which came, or dies of them; a line gets an answer."""

import os
import signal
import sys

TOLD = ("INT", "TERM", "HUP", "QUIT", "USR1", "USR2", "WINCH", "CONT", "URG", "PIPE")


def say(text: str) -> None:
    os.write(1, text.encode() + b"\n")


def reaction(how: str, who: str, number: int) -> object:
    if how == "ignores":
        return signal.SIG_IGN
    if how == "dies":
        return signal.SIG_DFL
    return lambda number, _: say(f"{who} got {signal.Signals(number).name}.")


if __name__ == "__main__":
    how, *more = sys.argv[1:]
    who = "child"
    if "grandchild" in more and os.fork() == 0:
        who = "grandchild"
    for name in TOLD:
        number = getattr(signal, f"SIG{name}")
        signal.signal(number, reaction(how, who, number))  # type: ignore[arg-type]  # as signal.signal takes it
    say(f"{who} ready {os.getpid()}.")
    if who == "grandchild":
        while True:
            signal.pause()
    while line := os.read(0, 100):
        say(f"answer {line.decode().strip()}.")
