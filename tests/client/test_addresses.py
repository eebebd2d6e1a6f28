"""Which addresses files are fetched from."""

from __future__ import annotations

import pytest

from suno_lab.client.addresses import check_address, is_public
from suno_lab.errors import DownloadError

OWN = frozenset({"http://127.0.0.1:8123", "http://emulator.localhost"})
PUBLIC = "93.184.216.34"

REFUSED = [
    "http://example.org/a.mp3",
    "ftp://example.org/a.mp3",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:audio/mpeg;base64,AAAA",
    "https://user:secret@example.org/a.mp3",
    "https://user@127.0.0.1:8123/a.mp3",
    "https:///a.mp3",
    "//example.org/a.mp3",
    "",
    "not an address",
    "https://example.org:99999/a.mp3",
    "https://[::1/a.mp3",
    "http://127.0.0.1:8124/a.mp3",
    "http://emulator.localhost:81/a.mp3",
    "http://emulator.localhost.example.org/a.mp3",
    "http://127.0.0.1:8123@example.org/a.mp3",
]


@pytest.mark.parametrize("url", REFUSED)
def test_refused_by_its_form(url) -> None:
    with pytest.raises(DownloadError):
        check_address(url, allowed_origins=OWN, resolve=lambda host, port: [PUBLIC])


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "198.18.0.1",
    "192.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "nonsense",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_refused_by_where_its_name_leads(address) -> None:
    assert not is_public(address)
    with pytest.raises(DownloadError, match="public"):
        check_address("https://example.org/a.mp3", allowed_origins=OWN, resolve=lambda host, port: [PUBLIC, address])


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1:8123"])
def test_odd_spellings_are_judged_by_what_they_resolve_to(host) -> None:
    with pytest.raises(DownloadError):
        check_address(f"https://{host}/a.mp3", allowed_origins=OWN, resolve=lambda h, p: ["127.0.0.1"])


def test_a_name_without_an_address_is_refused() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(DownloadError, match="no address"):
        check_address("https://example.org/a.mp3", allowed_origins=OWN, resolve=nowhere)


def test_public_https_and_the_service_itself_are_fine() -> None:
    check_address("https://example.org/a.mp3", allowed_origins=OWN, resolve=lambda host, port: [PUBLIC])
    check_address("http://127.0.0.1:8123/files/a.mp3", allowed_origins=OWN, resolve=lambda host, port: [])
    check_address("http://EMULATOR.localhost:80/a.mp3", allowed_origins=OWN, resolve=lambda host, port: [])
