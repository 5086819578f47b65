"""Counts, times and days as people say them, on every page alike; no widget, no call."""

from __future__ import annotations

import time

DAY = 86_400  # seconds


def rows(count: int) -> str:
    """ "1 row", "1,204 rows"."""
    return "1 row" if count == 1 else f"{count:,} rows"


def profiles(count: int) -> str:
    """ "1 profile", "1,204 profiles"."""
    return counted(count, "profile")


def counted(count: int, word: str) -> str:
    """A count with its word: 1 call, 480 calls, 2 entries."""
    many = f"{word[:-1]}ies" if word.endswith("ry") else f"{word}s"
    return f"{count:,} {word if count == 1 else many}"


def said(count: int, one: str, many: str) -> str:
    """A whole sentence for one or for more; {} in `many` is the count."""
    return one if count == 1 else many.format(f"{count:,}")


def duration(seconds: float) -> str:
    """A time in words, rounded as people say it: "20 seconds", "26 minutes", "1 hour 5 minutes"."""
    if seconds < 55:
        return counted(max(1, round(seconds / 5) * 5 if seconds >= 10 else round(seconds)), "second")
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return counted(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    return counted(hours, "hour") + (f" {counted(rest, 'minute')}" if rest else "")


def about(seconds: float) -> str:
    """A shortest time: "less than a minute", "about 26 minutes"."""
    return "less than a minute" if seconds < 60 else f"about {duration(seconds)}"


def clock(at: float, now: float | None = None) -> str:
    """ "11:41", with the day in front when it is another one ("Friday, 20 November, 16:20")."""
    then, today = time.localtime(at), time.localtime(now)
    words = time.strftime("%H:%M", then)
    if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
        return words
    return f"{day(at, now)}, {words}"


def said_at(at: float) -> str:
    """ "at 11:41" today, else "on Friday, 20 November, 16:20"."""
    words = clock(at)
    return f"on {words}" if "," in words else f"at {words}"


def day(at: float, now: float | None = None) -> str:
    """ "Today", "Yesterday", "Friday, 20 November", with the year when it is another one."""
    then, today = time.localtime(at), time.localtime(now)
    yesterday = time.localtime(time.mktime(today) - DAY)
    if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
        return "Today"
    if (then.tm_year, then.tm_yday) == (yesterday.tm_year, yesterday.tm_yday):
        return "Yesterday"
    words = f"{time.strftime('%A', then)}, {then.tm_mday} {time.strftime('%B', then)}"
    return words if then.tm_year == today.tm_year else f"{words} {then.tm_year}"
