"""Words for what happened to people: their state and on which side of them the victims stand (CONTRACT rules 2 and 13)."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
import re2

from bot.model.report import Span
from bot.model.summary import State

_KILLED = r"killed|slain|murdered|assassinated|executed|massacred|gunned\s+down|shot\s+(?:dead|to\s+death)|fatally\s+(?:shot|stabbed|wounded|injured|beaten)|slaughtered|hanged|(?:beaten|burned|burnt|stabbed|hacked|crushed|trampled|tortured)\s+to\s+death|put\s+to\s+death|burn(?:ed|t)\s+alive|buried\s+alive|beheaded|decapitated|lynched|martyred|electrocuted|buried|riddled\s+with\s+bullets"
_DIED = (
    r"(?:fro(?:ze|zen)|starved|choked|burn(?:ed|t)|bled|fell|fallen|plunged|swept|dragged)\s+to\s+(?:(?:his|her|their)\s+)?deaths?"
    r"|did\s+not\s+(?:survive|make\s+it(?:\s+out)?)\b|went\s+down\s+with\s+the|made\s+the\s+(?:ultimate|supreme)\s+sacrifice|paid\s+with\s+(?:his|her|their)\s+li(?:fe|ves)"
)
_WOUND = r"(?:leg|thigh|knee|calf|foot|arm|elbow|hand|shoulder|hip)s?"
_HURT = (
    rf"(?:was|were|been)\s+(?:\w+ly\s+)?burn(?:ed|t)(?!\s+(?:to|alive|down|out|by)\b)|(?:was|were|been)\s+(?:hit|shot|struck)\s+in\s+(?:the|his|her|both)\s+{_WOUND}|(?:was|were|been)\s+(?:hit|struck)\s+by\s+(?:an?\s+|the\s+)?(?:[a-z]+\s+)?(?:shrapnel|splinters|stones?|rocks?|debris|glass|bullets?)"
    r"|(?:was|were)\s+(?:shot|stabbed|attacked)\s+(?:[a-z]+\s+){0,3}(?:but|and)\s+survived"
    r"|(?:needs?|needed|needing|requir(?:es?|ed|ing)|receiv(?:ed|es?|ing))\s+(?:urgent\s+|emergency\s+)?(?:medical|hospital)\s+(?:treatment|care|attention)|need(?:s|ed)\s+(?:stitches|surgery)"
    r"|(?:underwent|undergoing)\s+(?:[\w-]+\s+)?surgery|(?:is|are|was|were)\s+recovering\s+(?:in|at)\s+(?:[\w-]+\s+){0,4}?(?:hospitals?|clinics?)"
    r"|(?:is|are|was|were|remains?)\s+(?:[\w-]+\s+)?in\s+(?:a\s+)?(?:critical|serious|grave|stable)\s+condition"
    r"|(?:broke|breaking|fractured)\s+(?:an?|his|her|their|both|one)\s+(?:[\w-]+\s+)?(?:legs?|arms?|hands?|foot|feet|ribs?|skull|wrist|collarbone|hip|pelvis)\b"
    rf"|(?:is|are|was|were|remain|remains|remained)\s+in\s+intensive\s+care|(?:with|suffered)\s+broken\s+(?:bones|legs|arms|ribs|limbs)|lost\s+(?:their|his|her)\s+(?:legs|arms|eyes|sight|hands|feet)"
)
_MISSED = r"(?:(?:are|is|were|was)\s+)?feared\s+(?:to\s+be\s+)?(?:trapped|buried|missing)"
_HOMELESS = (
    r"(?:(?:was|were|been|being|are)\s+)?(?:moved|relocated|taken|brought|bussed)\s+to\s+(?:(?:a|an|the|safe|safer|higher|emergency|temporary|government|nearby)\s+)*(?:shelters?|safety|ground|areas|camps?)\b|(?:was|were|been)\s+resettled"
    r"|left\s+without\s+(?:a\s+roof|roofs|shelter|homes?|a\s+home)|(?:have|had|has)?\s*crossed\s+(?:the\s+border\s+)?into|(?:is|are|were|was)\s+(?:sleeping|living|sheltering)\s+in\s+(?:tents|the\s+open|schools|camps|shelters)"
)
_HARM = r"(?:injur\w+|wounds?|burns|hypothermia|dehydration|exposure|heatstroke|poisoning|fractures?|contusions?|concussions?|cuts|bruises|shock|(?:[\w-]+\s+){1,2}inhalation)"
_FELL_TO = r"fell\s+into\s+the\s+hands\s+of"
_INJURED = (
    r"injured|wounded|hurt|maimed|(?:badly|severely|seriously|brutally|savagely|violently)\s+beaten|stabbed(?!\s+to\s+death)"
    r"|(?:(?:had|has|have)\s+to\s+be\s+)?hospitali[sz]ed"
)
_CAPTURED = (
    r"kidnapped|abducted|captured|snatched|taken\s+(?:prisoner|hostage|captive|away|alive|into\s+captivity)|held\s+(?:hostage|captive)|seized"
    r"|(?:marched|carried|dragged|led|herded)\s+(?:off|away)"
)
_DISPLACED = r"displaced|evacuated|uprooted|made\s+homeless|dr(?:iven|ove)\s+(?:from|out\s+of)\s+their|forced\s+(?:from|out\s+of|to\s+(?:flee|leave))"
_TRANSITIVE = re.compile(
    rf"\b(?:(?P<mixed>(?:killed\s+(?:or|and)|dead\s+or)\s+(?:injured|wounded|maimed)|dead\s+and\s+(?:injured|wounded|maimed)(?!\s+(?:\d|an?\s|another|the\s|some|several|many|dozens|at\s+least|about|more\s+than|over|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b)|(?:injured|wounded|missing)\s+or\s+(?:killed|dead)|(?:killed|dead)\s+or\s+missing|killed\s+or\s+maimed|neutrali[sz]ed|put\s+out\s+of\s+action)"
    rf"|(?P<killed>{_KILLED})|(?P<injured>{_INJURED})|(?P<captured>{_CAPTURED})|(?P<displaced>{_DISPLACED}))\b",
    re.IGNORECASE,
)
_GERUND = re.compile(
    r"\b(?:(?P<killed>(?:blew|blowing|tore)(?=\s[^.;]{1,40}?\sto\s+pieces\b)|(?:swept|sweeping|sent|sending)(?=\s[^.;]{1,40}?\sto\s+(?:his|her|their)\s+deaths?\b)|(?:(?<!\bthe\s)(?<!\bthis\s)(?<!\bthat\s)killing|kills?)(?!\s+of\b|\s+(?:and|or)\s+(?:wound|injur|maim))|murdering|assassinating|massacring|executing|beheading|claiming\s+the\s+lives\s+of|claimed\s+the\s+lives\s+of|t(?:ook|aking)\s+the\s+li(?:fe|ves)\s+of|cost\s+the\s+li(?:fe|ves)\s+of|claimed(?=[^.;,]{0,50}\b(?:lives|life|victims|deaths|dead)\b))"
    rf"|(?P<injured>treat(?:s|ed|ing)?(?=\s[^.;]{{1,50}}?\sfor\s+(?:[\w-]+\s+){{0,2}}?{_HARM}\b)|"
    r"injuring|wounding|injures|wounds(?!\s+(?:by|in|to|from|on|at|of|and|or|but|after|when|during|were|are|was|while|as|for|with|that|which)\b)|hurting|maiming|injure|wound)|(?P<missing>trapp(?:ed|ing)(?!\s+(?:in|under|inside|on|at|by|for|beneath|between)\b))|(?P<captured>kidnapping|abducting|capturing|(?:took|takes?|taking|held|holds?|holding)(?=\s(?:at\s+least\s+|about\s+|some\s+|more\s+than\s+|up\s+to\s+)?[\w,-]+\s+(?:[a-z]+\s+)?(?:hostages|prisoners|captives)\b)|(?:took|takes?|taking|held|holds?|holding)(?=\s[^.;]{1,40}?\s(?:alive|prisoner|hostage|captive|for\s+[\w-]+\s+(?:days|weeks|months|years))\b))|(?P<displaced>(?:leaving|leaves|left)(?=\s[^.;]{1,40}?\shomeless\b)|dr(?:ove|iving)(?=\s[^.;]{1,50}?\s(?:from|out\s+of)\s+(?:their|the)\b)|displacing|forcing|uprooting)"
    r"|(?P<unspecified>(?:kill|kills|killing)\s+(?:and|or)\s+(?:wound(?:ing|s)?|injur(?:e|es|ing)|maim(?:ing|s)?)(?:\s+of)?|put(?=\s[^.;]{1,40}?\sout\s+of\s+action)|lost(?!\s+contact|\s+with\b|\s+(?:an?|his|her|their|both|one)\s+(?:leg|arm|hand|foot|feet|eye|finger|thumb|limb|life|lives|home|house|job)s?\b)|losing|neutrali[sz]ing))\s+",
    re.IGNORECASE,
)
_THOSE = r"(?:the\s+|those\s+(?:who\s+)?)"
_INTRANSITIVE = re.compile(
    rf"\b(?:(?P<killed>{_DIED}|(?:are|is|was|were)\s+among\s+{_THOSE}(?:dead|fatalities|(?:have\s+|had\s+|were\s+|was\s+)?(?:killed|died|lost\s+their\s+lives))|(?:died|dies|die)\b(?!\s+(?:Welt\b|Zeit\b|Presse\b|laughing|down\b|out\b|hard\b))|succumbed\s+to\s+(?:(?:his|her|their|the)\s+)?(?:\w+\s+)?(?:injur\w+|wounds|burns)|passed\s+away|have\s+fallen|fell(?=[.,;”\"]|$|\s+(?:in\s+(?:battle|combat|action|the\s+(?:fighting|clashes|battle|line\s+of\s+duty))|as\s+martyrs))|perished|drowned|suffocated|bled\s+to\s+death|(?:lost|gave|laid\s+down)\s+(?:his|her|their)\s+(?:life|lives)|(?:was|were|been|be|is|are|lay|found)\s+dead"
    r"|(?<!number\sof\s)(?<!of\sthe\s)dead\b(?=[.,;)]|\s+(?:and|after|in|on|at|by|as|so|with|today)\b|$))"
    rf"|(?P<missing>{_MISSED}|"
    r"(?:is|are|was|were|remains?|remained|reported|still|went|gone|listed\s+as|be|been)\s+(?:still\s+|also\s+)?(?:missing|unaccounted\s+for|trapped|under\s+the\s+rubble)|not\s+(?:yet\s+)?accounted\s+for|disappeared|(?:has|have)\s+not\s+been\s+(?:seen|heard\s+(?:of|from))|(?:has|have)\s+not\s+been\s+found|missing\b(?=[.,;)]|\s+(?:and|after|in|on|at|since)\b|$))"
    rf"|(?P<captured>{_FELL_TO}|"
    r"surrendered|(?:remain|remains|remained|still|are|were|is|was)\s+(?:held\s+)?captive|laid\s+down\s+their\s+arms|(?:are|were|is|was)\s+locked\s+in|(?:are|were|is|was|being|been|remain|still)\s+(?:being\s+|still\s+)?held\b(?!\s+(?:talks|a|an|the|in\s+(?:high|contempt)|responsible|accountable|elections?)\b))"
    rf"|(?P<displaced>{_HOMELESS}|"
    r"fled\b|had\s+to\s+(?:leave|flee)\b|(?:has|have|had)\s+taken\s+(?:refuge|shelter)|took\s+(?:refuge|shelter)|(?:have|had)\s+left\s+(?:their\s+homes|since)|left\s+homeless|(?:lost|left)\s+their\s+homes|(?:have|had)\s+sought\s+(?:shelter|refuge)|sought\s+(?:shelter|refuge))"
    rf"|(?P<injured>{_HURT}|(?:are|is|was|were)\s+among\s+{_THOSE}(?:were\s+|was\s+)?(?:injured|wounded|hurt)|(?:is|are|were|was|remain)\s+in\s+(?:the\s+)?hospital|(?:taken|flown|rushed|admitted|brought)\s+to\s+(?:(?:a|the|\w+)\s+)?hospitals?|(?:was|were|been|being|are|is)\s+treated\s+(?:[\w-]+\s+){{0,4}}?for\s+(?:[\w-]+\s+){{0,3}}?{_HARM}"
    r"|(?:has|have|had)\s+(?:(?!died\b)[\w-]+\s+){0,2}?(?:bullet|gunshot|shrapnel|head|stab|serious|severe|minor|slight|grave|leg|chest)\s+(?:[\w-]+\s+)?(?:wounds?|injuries)"
    rf"|(?:suffer|sustain|receiv)(?:ed|ing|s)?\s+(?!no\b|not\b|any\b|only\s+material)[\"“]?(?:[\w-]+\s+){{0,4}}?{_HARM}|lost\s+(?:an?|his|her|both|one)\s+(?:leg|arm|hand|foot|feet|eye|finger|thumb|limb)s?\b"
    r"|(?:(?:has|have|had)\s+)?inhaled\s+(?:smoke|gas|fumes)|survived\s+with\s+(?:[\w-]+\s+){0,2}(?:wounds|injuries|burns)|(?:was|were)\s+trampled(?!\s+to\s+death))"
    r"|(?P<unspecified>(?:are|were|is|was|be)\s+among\s+the\s+(?:casualties|victims)))",
    re.IGNORECASE,
)
_AGAINST = r"(?:murders?|assassinations?|massacres?)\s+(?:perpetrated|committed|carried\s+out)\s+(?:by\s[^.,;:]{1,80}?\s)?against"
_NOMINAL = re.compile(
    rf"\b(?:(?P<killed>{_AGAINST}|"
    r"(?:murders?|assassinations?)(?!\s+(?:attempts?|plots?|bids?|threats?|squads?|sentences?|charges?|plans?)\b)|killings?(?!\s+(?:and|or)\s+(?:wound|injur|maim))|(?<!\bpolitical\s)(?<!\bpossible\s)(?<!\bcivil\s)(?<!\bslow\s)deaths?(?!\s+tolls?\b|\s+(?:with|against)\b|\s+(?:and|or)\s+injur)|massacres?|slayings?|martyrdom|executions?|bod(?:y|ies)|corpses?|remains|loss\s+of\s+the\s+li(?:fe|ves))"
    r"|(?P<captured>kidnappings?|abductions?|capture)|(?P<unspecified>loss|losses)|(?P<injured>wounding|injur(?:y|ies)\s+(?:to|of))|(?P<missing>disappearance|(?:lost\s+contact|contact\s+was\s+lost)\s+with|(?:no|without\s+a)\s+trace|fate(?=\s+of\s[^.;]{1,50}?\s(?:is|are|was|remains?|remained)\s+(?:still\s+)?(?:unknown|unclear|uncertain))))\s+(?:(?:(?:in|on|during|at|near|early|late|yesterday|today|last|this)\s[^.,;:]{1,40}?\s)?of\s+|with\s+|(?<=with\s))?",
    re.IGNORECASE,
)
_POSSESSED = re.compile(
    r"(?:['’]s|(?<=[szx])['’])\s+(?:(?:brutal|cold-blooded|violent|tragic)\s+)?(?P<killed>murder|assassination|death|slaying)\b(?!\s+of\b)",
    re.IGNORECASE,
)
Standing = Literal["either", "right", "left", "of", "owner"]


class Trigger(msgspec.Struct, frozen=True):
    """A word for what happened; `standing` says where its victims stand; its "owner" right before it."""

    span: Span
    state: State
    standing: Standing


_AMONG = re.compile(
    rf"\b(?:are|is|was|were|be)\s+(?:also\s+)?among\s+{_THOSE}(?:have\s+|had\s+|were\s+|was\s+)?(?:(?P<killed>dead|killed|fatalities)|(?P<injured>injured|wounded|hurt)|(?P<missing>missing))\b",
    re.IGNORECASE,
)
_PATTERNS: tuple[tuple[re.Pattern[str], Standing], ...] = (
    (_POSSESSED, "owner"), (_AMONG, "left"), (_TRANSITIVE, "either"), (_GERUND, "right"), (_INTRANSITIVE, "left"), (_NOMINAL, "of"),
)  # fmt: skip


def triggers(text: str, start: int, end: int) -> list[Trigger]:
    """The words for what happened between two offsets, in order, none within another."""
    found: list[Trigger] = []
    for pattern, standing in _PATTERNS:
        for match in pattern.finditer(text, start, end):
            name = match.lastgroup or ""
            if _ALMOST.search(text, max(start, match.start() - 10), match.start()):
                continue
            if name == "killed" and _FEARED.search(text, max(start, match.start() - 40), match.start()):
                continue
            if _IT.match(text, match.end()):
                continue
            state: State = "unspecified" if name == "mixed" else name  # type: ignore[assignment]  # the groups are states
            if not any(t.span[0] < match.end() and match.start() < t.span[1] for t in found):
                found.append(Trigger(match.span(), state, standing))
    for match in _THAT_OF.finditer(text, start, end):
        before = [t for t in found if t.standing == "of" and t.span[1] < match.start()]
        if before and not any(t.span[0] < match.end() and match.start() < t.span[1] for t in found):
            found.append(Trigger(match.span(), before[-1].state, "of"))
    return sorted(found, key=lambda trigger: trigger.span)


_THAT_OF = re.compile(r"\b(?:that|those)\s+of\s+", re.IGNORECASE)
"""After a death another one: "the murders of the nuns and that of Ruiz"."""
_FEARED = re.compile(r"\b(?:feared|presumed)\s+(?:to\s+(?:be|have\s+(?:been\s+)?)\s*)?$", re.IGNORECASE)
_IT = re.compile(r"\s*\bit\b(?!\s+(?:was|is|has|had|said|says))", re.IGNORECASE)
"""After a verb that speaks of no people: "killed it on stage"."""
_ALMOST = re.compile(r"\b(?:almost|nearly)\s+$", re.IGNORECASE)
MAY_HOLD = re2.compile(
    r"(?i)kill|slain|slay|murder|assassinat|execut|massacr|shot|gunned|behead|decapit|lynch|martyr|buried|injur|wound|hurt|maim|hospital|kidnap|abduct|captur"
    r"|hostage|captive|prisoner|seized|displac|evacuat|homeless|uproot|died|dead|death|die|fallen|fell|perish|drown|missing|accounted|trapped|rubble"
    r"|disappear|not been found|surrender|laid down|locked in|held|taken|driven|forced|sought|treated|suffer|sustain|fled|left|leave|drove|driving|refuge|shelter|snatched|marched|carried|dragged|herded|been seen|been heard|inhaled|surviv|casualt|hanged|slaughter|fatally|froze|starved|choked|swept|sacrifice|pieces|shrapnel|stones|bullet|splinters|intensive care|treatment|stitches|surgery|broken|feared|resettled|relocated|moved to|without a|crossed|sleeping|hands of|trace|fate|stabbed|went down|debris|glass|rocks?|victim|loss|lost|losing|toll|bod(?:y|ies)|corpse|remains"
    r"|neutrali|out of action|fatalit|lives|life|contact|bullets|burn|beaten|stabbed|riddled|suffocat|cost|crushed|trampled|electrocut|homicide"
    r"|recovering|fractured|broke (?:his|her|their|an?|one|both) |(?:critical|serious|grave|stable) condition|surgery|medical (?:attention|treatment|care|assistance)"
)
"""Whether a sentence can hold a figure at all: cheaper than to look for one."""
