"""Sentences, notes and lines for drawn papers."""

from random import Random

PLACES = (
    "regional hospital",
    "health centre",
    "legal clinic",
    "border office",
    "mobile brigade",
    "maternal ward",
)
CITIES = ("Lima", "Tumbes", "Tacna", "Puno", "Cusco", "Piura", "Loreto", "Ancash", "Junín", "Ucayali")
VERBS = (
    "registered",
    "treated",
    "interviewed",
    "vaccinated",
    "referred",
    "turned away",
    "insured",
    "examined",
)
PERSONS = (
    "pregnant women",
    "asylum seekers",
    "adolescents",
    "older persons",
    "newborn children",
    "returning workers",
)
TITLES = (
    "Access of migrants to health services",
    "Regional human development report",
    "MINISTRY OF HEALTH — DIRECTORATE FOR PLANNING",
    "Informe de la Comisión de Salud y Población",
    "Health & Migration in the Andes",
    "UNDP Latin America and the Caribbean | Policy Papers",
)
CHAPTERS = (
    "Introduction",
    "Barriers to care",
    "Financing",
    "Prenatal care",
    "Border regions",
    "Vaccination",
    "Outlook",
)
MONTHS_EN = ("March", "April", "May", "June", "July", "September")
MONTHS_ES = ("marzo", "abril", "mayo", "junio", "julio", "setiembre")
NOTES = (
    "Interview with the director of the office of {city}, May {year}.",
    "Law No. {number}, art. {small}.",
    "Ibid., p. {small}.",
    "Ministry of Health ({year}), p. {small}.",
    "See the annual report of the ministry of {city}, table {small}, which excludes persons in transit and all those "
    "whose stay was shorter than a month in the year of the survey.",
    "Household survey {year}, section {small}.2.",
)


def sentence(draw: Random) -> str:
    """Return a sentence that no other page is likely to hold."""
    many, few = f"{draw.randint(800, 9900):,}", f"{draw.randint(300, 9900):,}"
    kind = draw.randrange(4)
    place, city = draw.choice(PLACES), draw.choice(CITIES)
    if kind == 0:
        year = draw.randint(2004, 2022)
        return f"La oficina de {city} atendió a {many} personas en {year}, frente a {few} el año anterior."
    if kind == 1:
        persons = draw.choice(PERSONS)
        return f"Of {many} {persons} in {city}, only {few} were seen by a doctor within ten days of arrival."
    part = draw.choice(("the first half", "the second half", "the whole"))
    return (
        f"The {place} of {city} {draw.choice(VERBS)} {many} {draw.choice(PERSONS)} in {part} of "
        f"{draw.randint(2004, 2022)}, against {few} in the year before."
    )


def paragraph(draw: Random) -> str:
    """Return two to five sentences."""
    return " ".join(sentence(draw) for _ in range(draw.randint(2, 5)))


def note(draw: Random, alike: int | None) -> str:
    """Return the text of a note; `alike` picks one form for all notes of a paper."""
    form = NOTES[alike] if alike is not None else draw.choice(NOTES)
    return form.format(
        city=draw.choice(CITIES),
        year=draw.randint(2008, 2022),
        number=draw.randint(26000, 31000),
        small=draw.randint(2, 80),
    )


def roman(value: int) -> str:
    """Return a lower-case roman numeral (1 to 89)."""
    text = ""
    for worth, sign in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        count, value = divmod(value, worth)
        text += sign * count
    return text
