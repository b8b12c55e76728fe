"""Names of countries in the languages of the interface and of the papers, from the CLDR (through Babel)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# ISO 3166-1: the alpha-3 codes of the territories that CLDR names, by their alpha-2 codes.
_ISO = """
AF AFG AL ALB DZ DZA AD AND AO AGO AG ATG AR ARG AM ARM AU AUS AT AUT AZ AZE BS BHS BH BHR BD BGD BB
BRB BY BLR BE BEL BZ BLZ BJ BEN BT BTN BO BOL BA BIH BW BWA BR BRA BN BRN BG BGR BF BFA BI BDI CV
CPV KH KHM CM CMR CA CAN CF CAF TD TCD CL CHL CN CHN CO COL KM COM CG COG CD COD CR CRI CI CIV HR
HRV CU CUB CY CYP CZ CZE DK DNK DJ DJI DM DMA DO DOM EC ECU EG EGY SV SLV GQ GNQ ER ERI EE EST SZ
SWZ ET ETH FJ FJI FI FIN FR FRA GA GAB GM GMB GE GEO DE DEU GH GHA GR GRC GD GRD GT GTM GN GIN GW
GNB GY GUY HT HTI HN HND HU HUN IS ISL IN IND ID IDN IR IRN IQ IRQ IE IRL IL ISR IT ITA JM JAM JP
JPN JO JOR KZ KAZ KE KEN KI KIR KP PRK KR KOR KW KWT KG KGZ LA LAO LV LVA LB LBN LS LSO LR LBR LY
LBY LI LIE LT LTU LU LUX MG MDG MW MWI MY MYS MV MDV ML MLI MT MLT MH MHL MR MRT MU MUS MX MEX FM
FSM MD MDA MC MCO MN MNG ME MNE MA MAR MZ MOZ MM MMR NA NAM NR NRU NP NPL NL NLD NZ NZL NI NIC NE
NER NG NGA MK MKD NO NOR OM OMN PK PAK PW PLW PA PAN PG PNG PY PRY PE PER PH PHL PL POL PT PRT QA
QAT RO ROU RU RUS RW RWA KN KNA LC LCA VC VCT WS WSM SM SMR ST STP SA SAU SN SEN RS SRB SC SYC SL
SLE SG SGP SK SVK SI SVN SB SLB SO SOM ZA ZAF SS SSD ES ESP LK LKA SD SDN SR SUR SE SWE CH CHE SY
SYR TJ TJK TZ TZA TH THA TL TLS TG TGO TO TON TT TTO TN TUN TR TUR TM TKM TV TUV UG UGA UA UKR AE
ARE GB GBR US USA UY URY UZ UZB VU VUT VA VAT VE VEN VN VNM YE YEM ZM ZMB ZW ZWE PS PSE TW TWN HK
HKG MO MAC PR PRI GF GUF GP GLP MQ MTQ AW ABW CW CUW BM BMU KY CYM GL GRL XK XKX
""".split()  # noqa: SIM905
ALPHA3 = dict(zip(_ISO[::2], _ISO[1::2], strict=True))
"""ISO 3166-1 alpha-2 -> alpha-3."""
LANGUAGES = ("en", "es", "pt", "fr")
# What people also write and CLDR does not list as the name.
_ALSO = {
    "united states of america": "USA",
    "estados unidos de america": "USA",
    "estados unidos da america": "USA",
    "usa": "USA",
    "u.s.": "USA",
    "u.s.a.": "USA",
    "ee. uu.": "USA",
    "ee.uu.": "USA",
    "uk": "GBR",
    "great britain": "GBR",
    "bolivarian republic of venezuela": "VEN",
    "plurinational state of bolivia": "BOL",
    "south korea": "KOR",
    "republic of korea": "KOR",
    "corea": "KOR",
    "czech republic": "CZE",
    "cote d'ivoire": "CIV",
    "holanda": "NLD",
}
# Names that are words, first names or places elsewhere as well: they name a country only where it is asked for.
_DOUBTFUL = frozenset(
    {"georgia", "jersey", "chad", "guinea", "turkey", "dominica", "salvador", "mali", "oman", "niger"}
)
_NOT_BEFORE = r"(?<!new )(?<!nuevo )(?<!novo )(?<![\w-])"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


@cache
def _codes() -> dict[str, str]:
    """Return names without accents, in small letters -> alpha-3 code."""
    from babel import Locale

    found = dict(_ALSO)
    for language in LANGUAGES:
        territories = Locale(language).territories
        for two, three in ALPHA3.items():
            found.setdefault(_plain(territories[two]), three)
    return found


def country_code(text: str) -> str | None:
    """Return the alpha-3 code that a name ("Perú", "Peru"), an alpha-2 or an alpha-3 code means, None for none."""
    bare = text.strip().upper()
    if bare in ALPHA3:
        return ALPHA3[bare]
    if bare in ALPHA3.values():
        return bare
    return _codes().get(_plain(text))


def country_name(code: str, language: str) -> str:
    """Return what a country (alpha-3) is called in a language; the code itself where it is none."""
    from babel import Locale

    two = next((two for two, three in ALPHA3.items() if three == code), None)
    return str(Locale(language).territories[two]) if two else code


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(set(_codes()) - _DOUBTFUL - {"usa", "uk"}, key=len, reverse=True)
    return re.compile(f"{_NOT_BEFORE}({'|'.join(map(re.escape, names))})(?![\\w-])")


def countries_in(text: str) -> list[str]:
    """Return the alpha-3 codes of the countries that a text names, once each, in order; peoples are no countries."""
    return list(dict.fromkeys(_codes()[match[1]] for match in _pattern().finditer(_plain(text))))
