"""The languages in which people can be told something: more than the console speaks, since messages are written by people.

The list is ISO 639-1 and some more languages that people of our organisations speak, each by its own name (from CLDR).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from soc.csv_tables import plain
from soc.refusals import Refusal

_NAMES = """
aa Qafar | ab Аԥсшәа | af Afrikaans | ak Akan | am አማርኛ | an aragonés | ar العربية | as অসমীয়া | ast asturianu |
av Avaric | ay Aymara | az azərbaycan | ba башҡорт теле | be беларуская | bg български | bi Bislama |
bm bamanakan | bn বাংলা | bo བོད་སྐད་ | br brezhoneg | bs bosanski | ca català | ce нохчийн | ch Chamoru |
ckb کوردیی ناوەندی | co corsu | cs čeština | cv чӑваш | cy Cymraeg | da dansk | de Deutsch | dv ދިވެހިބަސް |
dz རྫོང་ཁ | ee eʋegbe | el Ελληνικά | en English | eo Esperanto | es español | et eesti | eu euskara | fa فارسی |
ff Pulaar | fi suomi | fil Filipino | fj vosa Vakaviti | fo føroyskt | fr français | fy Frysk | ga Gaeilge |
gcf kréyòl gwadloupéyen | gd Gàidhlig | gl galego | gn avañe’ẽ | gsw Schwiizertüütsch | gu ગુજરાતી | gv Gaelg |
ha Hausa | he עברית | hi हिन्दी | hr hrvatski | hsb hornjoserbšćina | ht Kreyòl Ayisyen | hu magyar | hy հայերեն |
hz Herero | ia interlingua | id Indonesia | ig Igbo | ii ꆈꌠꉙ | ik Iñupiatun | is íslenska | it italiano |
iu ᐃᓄᒃᑎᑐᑦ | ja 日本語 | jv Jawa | ka ქართული | kab Taqbaylit | kg kikongo | ki Gikuyu | kk қазақ тілі |
kl kalaallisut | km ខ្មែរ | kn ಕನ್ನಡ | ko 한국어 | kr Kanuri | ks کٲشُر | ku kurdî (kurmancî) | kv Komi |
kw kernewek | ky кыргызча | la Latina | lb Lëtzebuergesch | lg Luganda | li Limburgs | ln lingála | lo ລາວ |
lt lietuvių | lu Tshiluba | lv latviešu | mg Malagasy | mh Marshallese | mi Māori | mk македонски | ml മലയാളം |
mn монгол | mr मराठी | ms Melayu | mt Malti | my မြန်မာ | nb norsk bokmål | nd isiNdebele | ne नेपाली |
nl Nederlands | nn norsk nynorsk | no norsk | nr isiNdebele | nv Diné Bizaad | ny Chichewa | oc occitan |
oj Ojibwa | om Oromoo | or ଓଡ଼ିଆ | os ирон | pa ਪੰਜਾਬੀ | pl polski | prs دری | ps پښتو | pt português |
pt-br português (Brasil) | qu Runasimi | rcf kréol rényoné | rm rumantsch | rn Ikirundi | ro română |
rom romani čhib | ru русский | rw Ikinyarwanda | sa संस्कृत भाषा | sc sardu | sd سنڌي | se davvisámegiella |
sg Sängö | si සිංහල | sk slovenčina | sl slovenščina | sm gagana Sāmoa | sn chiShona | so Soomaali | sq shqip |
sr српски | sr-latn srpski (latinica) | ss siSwati | st Sesotho | su Basa Sunda | sv svenska | sw Kiswahili |
ta தமிழ் | te తెలుగు | tg тоҷикӣ | th ไทย | ti ትግርኛ | tk türkmen dili | tn Setswana | to lea fakatonga |
tr Türkçe | ts Xitsonga | tt татар | tw Twi | ty reo Tahiti | ug ئۇيغۇرچە | uk українська | ur اردو | uz o‘zbek |
ve Tshivenḓa | vi Tiếng Việt | wa walon | wo Wolof | xh IsiXhosa | yi ייִדיש | yo Èdè Yorùbá | za Vahcuengh |
zgh ⵜⴰⵎⴰⵣⵉⵖⵜ | zh 中文 | zh-hans 简体中文 | zh-hant 繁體中文 | zu isiZulu
"""

LANGUAGES: Mapping[str, str] = {
    code: name for code, _space, name in (one.strip().partition(" ") for one in _NAMES.split("|"))
}
"""Code to the language's own name, by code."""


def known(text: str) -> str | None:
    """The code that we keep for a language tag, or for a name by which somebody calls the language; ``None`` for neither.

    A region that makes no difference here is left away: ``fr-CA`` is ``fr``, ``zh-TW`` is ``zh-hant``.
    """
    tag = text.strip().lower().replace("_", "-")
    tag = _SAME.get(tag, tag)
    if tag in LANGUAGES:
        return tag
    primary, _dash, rest = tag.partition("-")
    if rest.replace("-", "").isalnum() and primary in LANGUAGES:
        return primary
    return _by_name().get(plain(text)) if plain(text) else None


def checked(text: str) -> str:
    """The code that we keep for this language.

    Raises:
        Refusal: there is no such language; the sentence is of the field `language`.
    """
    code = known(text)
    if code is None:
        sentence = _("This is no language that we know. Write its code, such as fr, en or ar.")
        raise Refusal("no_such_language", sentence, fields={"language": sentence})
    return code


_SAME = {
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "tl": "fil",
}


@cache
def _by_name() -> dict[str, str]:
    """Languages by their own names, and by those that the console's languages have for them, as `plain` writes them."""
    found = {plain(name): code for code, name in LANGUAGES.items() if plain(name)}
    for spoken, _name in settings.LANGUAGES:
        with translation.override(spoken):
            for code in LANGUAGES.keys() & LANG_INFO.keys():
                english = LANG_INFO[code].get("name", "")
                if english:
                    found.setdefault(plain(translation.gettext(english)), code)
    return found
