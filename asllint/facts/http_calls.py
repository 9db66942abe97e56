"""What Step Functions asks of the HTTP requests it sends: endpoints, headers, connections.

https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
"""

import re

HTTP, GATEWAY = "http:invoke", "apigateway:invoke"

_BOTH = "authorization connection expect host max-forwards server te trailer transfer-encoding upgrade via"
_HTTP_ONLY = """
    a-im accept-charset accept-datetime accept-encoding cache-control content-encoding content-md5 date
    forwarded from http2-settings if-match if-modified-since if-none-match if-range if-unmodified-since
    origin pragma proxy-authorization referer warning
"""
FORBIDDEN = {
    HTTP: frozenset(_BOTH.split()) | frozenset(_HTTP_ONLY.split()),
    GATEWAY: frozenset(_BOTH.split()) | {"content-md5", "proxy-authenticate", "www-authenticate"},
}
# Of these, all that starts so.
FORBIDDEN_PREFIXES = {
    HTTP: ("x-forwarded-", "x-amz-", "x-amzn-"),
    GATEWAY: ("x-forwarded", "x-amz", "x-amzn"),
}
FORM = "application/x-www-form-urlencoded"


def is_forbidden(call: str, header: str) -> bool:
    name = header.lower()
    return name in FORBIDDEN[call] or name.startswith(FORBIDDEN_PREFIXES[call])


def endpoint_fault(call: str, text: str) -> tuple[str, str, tuple[int, int]] | None:
    """What is wrong with an endpoint, the way out, and the stretch; a hole may be anything."""
    if call == HTTP:
        if text.startswith(("https://", "${")) or "https://".startswith(text.partition("${")[0]):
            return None
        scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text)
        end = scheme.end() if scheme else len(text)
        found = f"has the scheme `{scheme[0]}`" if scheme else "has none"
        message = f"an HTTP task takes a URL of the scheme `https://`, and this {found}"
        return message, "write a URL that starts with `https://`", (0, end)
    literal = re.sub(r"\$\{[^}]*\}", lambda hole: "_" * len(hole.group()), text)
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", literal)
    if scheme:
        host = text[scheme.end() :].partition("/")[0]
        message = f"`ApiEndpoint` takes a host name, and this has the scheme `{scheme[0]}`"
        return message, f"write `{host}`", (0, scheme.end())
    slash = literal.find("/")
    if slash >= 0:
        help = "put the stage into `Stage` and the path into `Path`"
        message = f"`ApiEndpoint` takes a host name, and this has the path `{text[slash:]}`"
        return message, help, (slash, len(text))
    return None


def is_connection_arn(text: str) -> bool:
    """`arn:aws:events:REGION:ACCOUNT:connection/NAME/ID`, as far as holes leave it open."""
    if "${" in text:
        return True
    return (
        re.fullmatch(r"arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:connection/[\w.-]+/[\w-]+", text) is not None
    )
