"""Values that stores have been seen to change: each must come back byte for byte."""

from __future__ import annotations

PEM = "-----BEGIN PRIVATE KEY-----\n" + "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50\n" * 3 + "-----END PRIVATE KEY-----\n"

AWKWARD_VALUES = {
    "empty": "",
    "one space": " ",
    "leading and trailing spaces": "  both ends  ",
    "tabs": "\tboth ends\t",
    "only a newline": "\n",
    "dollar": "$HOME ${HOME} $(id) `id` $$",
    "quotes": "'single' \"double\" '\\'' \"\\\"\"",
    "backslashes": "C:\\new\\table \\x41 \\u0041 \\",
    "newlines": "one\ntwo\n\nthree",
    "trailing newline": "one\n",
    "two trailing newlines": "one\n\n",
    "crlf": "one\r\ntwo\r\n",
    "lone carriage return": "one\rtwo",
    "mixed line ends": "one\ntwo\r\nthree\rfour",
    "odd line ends": "one\x0btwo\x0cthree\x85four\u2028five\u2029six",
    "byte order mark": "\ufeffvalue",
    "emoji": "key 🔑 family 👩\u200d👩\u200d👧",
    "beyond the basic plane": "\U0001d518 \U0002070e",
    "right to left": "סוד مفتاح \u202ereversed\u202c",
    "not composed": "e\u0301 and \u00e9",
    "compatibility forms": "\ufb01 \u2460 \uff21",
    "pem": PEM,
    "json object": '{"username": "u", "password": null}',
    "json text": '"quoted"',
    "json null": "null",
    "leading zeros": "007",
    "exponent": "1e5",
    "long number": "12345678901234567890123",
    "boolean": "True",
    "yaml": "yes: [no, 2024-01-01] # not a comment",
    "base64": "c2VjcmV0Cg==",
    "percent": "50%25 a%20b+c %s %(name)s {0} {name}",
    "markup": "<b>&amp;</b>",
    "control characters": "\x01\x1b[31mred\x1b[0m\x7f",
}

AWKWARD_NAMES = {
    "Name": "capital",
    "name": "small",
    "with space": "space",
    "smtp.pass": "dot",
    "api-key": "dash",
    "_under": "underscore",
    "path/like": "slash",
    "clé": "accent",
    "0": "digit",
}
