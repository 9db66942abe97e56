"""A file's bytes and their text: read within bounds, and what to say when that fails."""

import errno
import os
import stat

from asllint.record import Record

MAX_SIZE = 8_000_000
# The folders of what this process holds open.
_OPEN = ("/dev/fd/", "/proc/self/fd/")


class Trouble(Record):
    """Why a path gives no text; `offset` (in bytes), `line` and `column` say where in the content."""

    kind: str
    path: str
    message: str
    offset: int = 0
    line: int = 1
    column: int = 1


def read_bytes(path: str, max_size: int = MAX_SIZE) -> bytes | Trouble:
    """The whole of a regular file of at most `max_size` bytes."""
    data = read_at_most(path, max_size + 1)
    if isinstance(data, Trouble) or len(data) <= max_size:
        return data
    size = max(os.stat(path).st_size, len(data))
    return Trouble(
        "too-large", path, f"is {size:,} bytes long; at most {max_size:,} are read (raise it with --max-size)"
    )


def read_at_most(path: str, most: int) -> bytes | Trouble:
    # without O_NONBLOCK, opening a named pipe waits for somebody to write
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        return trouble(path, path, error)
    try:
        status = os.fstat(handle)
        if stat.S_ISFIFO(status.st_mode) and path.startswith(_OPEN):
            os.set_blocking(handle, True)  # a shell's `<(command)`: somebody writes into it
        elif not stat.S_ISREG(status.st_mode):
            way_out = "; to read it, hand it to `asllint check -`" if stat.S_ISFIFO(status.st_mode) else ""
            return Trouble("not-a-file", path, f"is {_kind(status.st_mode)}, not a file{way_out}")
        # a buffer of `most` bytes for each small file costs more than all else
        data = os.read(handle, min(most, status.st_size + 1))
        while len(data) < most and (more := os.read(handle, min(most - len(data), 1 << 20))):
            data += more
        return data
    except OSError as error:
        return trouble(path, path, error)
    finally:
        os.close(handle)


def decode(data: bytes, path: str = "") -> str | Trouble:
    """The text of a file in UTF-8, without its byte order mark."""
    wide = _wide_encoding(data)
    if wide:
        return Trouble("not-utf8", path, f"is {wide}, not UTF-8; save it as UTF-8")
    text = data.removeprefix(b"\xef\xbb\xbf")
    shift = len(data) - len(text)
    if b"\0" in text:
        offset = text.index(b"\0")
        return Trouble(
            "binary-file", path, "is not text: it holds a NUL byte", offset + shift, *_position(text, offset)
        )
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        line, column = _position(text, error.start)
        message = (
            f"is not UTF-8: byte 0x{text[error.start]:02x} at offset {error.start + shift} (line {line})"
        )
        return Trouble("not-utf8", path, message, error.start + shift, line, column)
    if not decoded:
        return Trouble("empty-file", path, "is empty")
    if not decoded.strip():
        return Trouble("empty-file", path, "holds nothing but blanks")
    return decoded


def _wide_encoding(data: bytes) -> str | None:
    # UTF-32's little-endian mark starts with UTF-16's
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    head = data[:64]
    if len(data) % 2 or b"\0" not in head:
        return None
    # ASCII in a wide encoding: characters and NUL bytes take turns
    if len(data) % 4 == 0 and not any(head[2::4] + head[1::4]) and bool(any(head[::4])) != any(head[3::4]):
        return "UTF-32"
    even, odd = head[::2], head[1::2]
    if (all(even) and not any(odd)) or (all(odd) and not any(even)):
        return "UTF-16"
    return None


def _position(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a byte; what stands before it may itself be no UTF-8."""
    before = data[:offset].decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def trouble(name: str, path: str, error: OSError | ValueError) -> Trouble:
    code = error.errno if isinstance(error, OSError) else errno.ENOENT
    if code == errno.ELOOP:
        return Trouble("symlink-loop", name, "is a symbolic link that leads back to itself")
    if code in (errno.ENOENT, errno.ENOTDIR):
        return Trouble("missing", name, _absence(path))
    if code == errno.ENXIO:
        return Trouble("not-a-file", name, "is a socket, not a file")
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    return Trouble("unreadable", name, f"cannot be read: {reason[:1].lower()}{reason[1:]}")


def _absence(path: str) -> str:
    if not path:
        return "is an empty path"
    if os.path.islink(path):
        return f"is a symbolic link to {printable(os.readlink(path))}, which does not exist"
    parent, name = os.path.split(path.rstrip(os.sep))
    if parent and not os.path.isdir(parent):
        fault = "is not a folder" if os.path.exists(parent) else "does not exist either"
        return f"does not exist: {printable(parent)} {fault}"
    from asllint.near import hint

    try:
        siblings = sorted(os.listdir(parent or "."))
    except OSError:
        siblings = []
    return "does not exist" + printable(hint(name, siblings))


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def printable(name: str) -> str:
    """A file's name with its control characters and undecodable bytes escaped."""
    if name.isprintable():
        return name
    return "".join(
        c if c.isprintable() or (c.isspace() and c > "\xa0") else c.encode("unicode_escape").decode()
        for c in name
    )
