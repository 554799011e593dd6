"""Identifiers of firms that do not exist, with check digits that hold."""

from __future__ import annotations

from stdnum import iban, luhn
from stdnum.gb import vat as british_vat
from stdnum.iso7064 import mod_11_10


def german_vat(stem: str) -> str:
    """stem: eight digits."""
    return f"DE{stem}{mod_11_10.calc_check_digit(stem)}"


def british_vat_number(stem: str) -> str:
    """stem: seven digits; the last two make the weighted sum a multiple of 97."""
    rest = british_vat.checksum(stem + "00")
    digits = f"{stem}{(97 - rest) % 97:02d}"
    return f"GB {digits[:3]} {digits[3:7]} {digits[7:]}"


def french_vat(stem: str) -> str:
    """stem: eight digits of a SIREN; the key is (12 + 3 * (SIREN mod 97)) mod 97."""
    siren = stem + luhn.calc_check_digit(stem)
    key = (12 + 3 * (int(siren) % 97)) % 97
    return f"FR{key:02d}{siren}"


def irish_vat(stem: str) -> str:
    """stem: seven digits; the weights are 8 down to 2, the letter is the sum mod 23."""
    total = sum(
        int(digit) * weight for digit, weight in zip(stem, range(8, 1, -1), strict=True)
    )
    return f"IE{stem}{'WABCDEFGHIJKLMNOPQRSTUV'[total % 23]}"


def account(country: str, bank_and_account: str) -> str:
    """An IBAN in groups of four."""
    digits = iban.calc_check_digits(f"{country}00{bank_and_account}")
    whole = f"{country}{digits}{bank_and_account}"
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))
