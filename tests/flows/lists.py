"""Spreadsheets for flows, and what the server must hold after they were sent."""

from __future__ import annotations

from pathlib import Path


def messy(path: Path, count: int = 40) -> dict[str, dict[str, str]]:
    """A list with genders and opt-ins that need a step, and an e-mail in its 7th row that is none.

    Gives what the server must hold once that e-mail is put right to “seven@example.org”.
    """
    lines, wanted = ["userID,first_name,email,gender,email_opt_in"], {}
    for number in range(1, count + 1):
        user = f"flow-{number:03}"
        email = f"p{number}@example.org" if number != 7 else "seven@"
        gender, opt_in = ("M", "yes") if number % 2 else ("F", "no")
        lines.append(f"{user},Name {number},{email},{gender},{opt_in}")
        wanted[user] = {
            "first_name": f"Name {number}",
            "email": email if number != 7 else "seven@example.org",
            "gender": "male" if number % 2 else "female",
            "email_opt_in": "1" if number % 2 else "0",
        }
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return wanted


def plain(path: Path, count: int) -> dict[str, dict[str, str]]:
    """A list in which nothing is wrong; gives what the server must hold."""
    wanted = {f"row-{number:05}": {"first_name": f"Name {number}"} for number in range(1, count + 1)}
    lines = ["userID,first_name", *(f"{user},{each['first_name']}" for user, each in wanted.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return wanted
