"""What a number in a margin is by the words around it: a page's, a date's, an issue's, a law's."""

import re

_MONTHS = (
    r"jan(?:uary|eiro|vier)?|feb(?:ruary|rero)?|fev(?:ereiro)?|févr(?:ier)?|mar(?:ch|zo|ço|s)?|apr(?:il)?|abr(?:il)?|"
    r"avr(?:il)?|may(?:o)?|mai(?:o)?|june?|jun(?:io|ho)?|juin|july?|jul(?:io|ho)?|juil(?:let)?|aug(?:ust)?|ago(?:sto)?|"
    r"août|sept?(?:ember|iembre|embre)?|set(?:iembre|embro)?|oct(?:ober|ubre|obre)?|out(?:ubro)?|nov(?:ember|iembre|embro|"
    r"embre)?|dec(?:ember)?|dic(?:iembre)?|dez(?:embro)?|déc(?:embre)?|enero"
)
_DAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    r"segunda(?:-feira)?|terça(?:-feira)?|quarta(?:-feira)?|quinta(?:-feira)?|sexta(?:-feira)?|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
# Words that count something else than pages.
_COUNTED = (
    r"n\.?\s?[ºo°]s?\.?|nos?\.|nrs?\.?|num\.?|núm\.?|número|numéro|number|#|№|vol(?:ume|umen|ume)?\.?|tom[oe]|"
    r"bulletin|bolet[íi]n|boletim|newsletter|gazette|gaceta|issue|edition|edición|edição|édition|series?|session|sesión|"
    r"sessão|part|parte|partie|chapter|cap[íi]tulo|chapitre|chap\.?|cap\.?|section|sección|seção|sec\.?|article|art[íi]culo|"
    r"artigo|art\.?|annex|anexo|annexe|appendix|apéndice|table|tabla|cuadro|tabela|quadro|tableau|figure|figura|fig\.?|box|"
    r"recuadro|map|mapa|step|paso|measure|medida|recommendation|recomendación|goal|objetivo|meta|day|día|dia|jour|week|"
    r"semana|semaine|month|mes|mês|mois|year|año|ano|année|quarter|trimestre|question|pregunta|form|formulario|case|caso|"
    r"expediente|exp\.?|file|decree|decreto|law|ley|lei|loi|resolution|resolución|circular|version|versión|v\.?|rev\.?|"
    r"lesson|lección|module|módulo|unit|unidad|level|nivel|phase|fase|ward|district|distrito|region|zone|zona|room|"
    r"sample|line|row|item|clause|cláusula|paragraph|párrafo|para\.?|title|título|book|libro|country|group|grupo|"
    r"stage|etapa|zona|ficha|model|modelo|target|indicator|indicador|principle|principio|action|acción|"
    r"US\$|\$|€|£|S/\.?|R\$"
)
_BEFORE = re.compile(
    rf"(?:(?<!\w)(?:{_COUNTED}|{_DAYS})|\b(?:{_MONTHS})\.?)\W{{0,3}}(?:d[eo]\s)?$", re.IGNORECASE
)
_AFTER = re.compile(
    rf"^(?:\W{{0,3}}(?:d[eiou]\s|of\s)?(?:{_MONTHS})\b|\s?[%°ºª‰]|\s?(?:al?|to|y|and|e|et|au|[-–—])\s\d|"
    rf"(?:st|nd|rd|th|er|ème|a|o)\b|\s?(?:de|of)\s(?:19|20)\d\d\b|\s?[.,:]\d|/\d{1, 2}/\d)",
    re.IGNORECASE,
)
_COMPANY = re.compile(r"\b(?:inc|ltd|ltda|corp|co|etc|cía|s\.a|ed)\.$", re.IGNORECASE)
_NOTE = re.compile(
    r"\b(?:ibid|ibíd|ibidem|id|ídem|idem|op\. ?cit|loc\. ?cit|supra|infra|cf)\b", re.IGNORECASE
)
_LETTER_AND_STOP = re.compile(r"[^\W\d_]{2}[)\]\"”»]?[.!?;,]$|\d[.;]$")
FIRST_YEAR, LAST_YEAR = 1900, 2099
"""A rising number of four digits in this range is a year unless the page says "page"."""


def is_year(value: int) -> bool:
    """Return whether a number may be a year of our time."""
    return FIRST_YEAR <= value <= LAST_YEAR


def counts_something_else(before: str, after: str) -> bool:
    """Return whether the words around a number make it a date, an amount or the number of something."""
    return bool(_BEFORE.search(before) or _AFTER.match(after))


def is_sentence(text: str) -> bool:
    """Return whether a line's words end as a sentence, or as a note to a source, not as a head."""
    if _NOTE.search(text):
        return True
    return bool(_LETTER_AND_STOP.search(text)) and not _COMPANY.search(text)
